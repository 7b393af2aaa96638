"""A file that keeps accepted requests, so that they are there after a restart.

One JSON document a line, only ever appended to.  A line cut short by a crash is the last one and
is left out (and overwritten); everything before it was answered with 202 or is older.
"""

from __future__ import annotations

import base64
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from sendgrid_emulator.errors import EmulatorError
from sendgrid_emulator.state.messages import Accepted, Phase

FILE = "emulator.jsonl"
Record = dict[str, Any]


class Journal:
    """The file of one emulator; no two programs may use it at the same time.

    Raises EmulatorError if it cannot be written, is in use, or holds something else.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            message = f"{self.path} cannot be written: {error.strerror}"
            raise EmulatorError(message, hint="Give another folder with --dir.") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._file)
            message = f"{self.path} is in use by another emulator"
            raise EmulatorError(message, hint="Stop it, or give another --dir.") from None

    def read(self) -> Iterator[Record]:
        """Yield all records, the oldest first; afterwards new ones can be written."""
        end = 0
        with self.path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if not line.endswith(b"\n"):
                    break
                yield self._decode(line, number)
                end += len(line)
        os.ftruncate(self._file, end)
        os.lseek(self._file, end, os.SEEK_SET)

    def _decode(self, line: bytes, number: int) -> Record:
        try:
            record = orjson.loads(line)
        except orjson.JSONDecodeError:
            record = None
        if not isinstance(record, dict) or "what" not in record:
            message = f"{self.path}:{number}: this is not a record of the emulator"
            raise EmulatorError(message, hint="Move the file away, or give another --dir.")
        return record

    def write(self, what: str, **fields: object) -> None:
        """Append one record; it survives the end of this program as soon as this returns."""
        line = orjson.dumps({"what": what, **fields}) + b"\n"
        while line:
            line = line[os.write(self._file, line) :]

    def clear(self) -> None:
        """Forget everything."""
        os.ftruncate(self._file, 0)
        os.lseek(self._file, 0, os.SEEK_SET)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)


def accepted_fields(request: Accepted) -> Record:
    """Return what is kept of a request when it is accepted."""
    body = base64.b64encode(request.packed).decode()
    return {"id": request.id, "at": request.at, "body": body}


def accepted_from(record: Record) -> Accepted:
    """Return the request that `accepted_fields` was made from."""
    return Accepted.unpacked(record["id"], record["at"], base64.b64decode(record["body"]))


def phase_fields(request: Accepted) -> Record:
    """Return what is kept when a request moves on."""
    dropped = {str(position): why for position, why in request.dropped.items()}
    return {
        "id": request.id,
        "phase": request.phase,
        "at": request.released_at,
        "dropped": dropped,
    }


def restore_phase(request: Accepted, record: Record) -> None:
    """Give a request the phase it had."""
    request.phase = Phase(record["phase"])
    request.released_at = record["at"]
    request.dropped = {int(position): why for position, why in record["dropped"].items()}
