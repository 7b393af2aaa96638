"""The submission log: a file beside the database that says what left this machine.

Before the first byte of a request leaves, one line is appended and forced to the disk: a counter,
the send, the batch, the attempt and the people.  A database that does not know an attempt of its
log is older than what was submitted: a backup was restored, or this is a copy.

The file is in the state folder of the machine that submits (`var/submissions/`), and has the
database's identity in its name.  Its first line says in which file it was begun: a log that was
copied or restored with the rest of the folder shows that by its inode and its times.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import itertools
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, TypeVar

import orjson

from newsletter.errors import BadInput, NotSubmitted
from newsletter.phrases import phrase

log = logging.getLogger(__name__)

#: How long entries are kept; a provider's own log keeps thirty days.
KEEP_SECONDS = 40 * 86_400
#: From this size on, old entries are removed from a file.
ROTATE_BYTES = 16_000_000
#: Waiting for another process that appends, in seconds.
LOCK_TIMEOUT_SECONDS = 10.0
LOCK_POLL_SECONDS = 0.005
#: How much the last line and the file's change time may differ; both are from one clock.
CHANGE_TIME_SECONDS = 5.0
#: The end of a file is read in pieces of this size.
CHUNK_BYTES = 65_536
#: The number of last lines that show the position of a log, and whether lines are missing.
POSITION_LINES = 200
#: What a person must do if a log cannot be written.
TO_WRITE = phrase("Make room on the disk, or make the folder writable for the account that sends.")
#: What identifies the machine on Linux (machine-id(5)); containers often have none.
MACHINE_IDS = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One attempt that may have left: `people` are subscribers, as `to_ranges` writes them."""

    attempt: str
    send: int
    batch: int
    at: float  #: Unix time
    size: int
    people: str
    issue: str  #: the issue's translation key, the same in every copy of a database
    publication: int
    volume: int
    issue_number: int
    title: str
    count: int = 0  #: the number of the line in this log


@dataclass(frozen=True, kw_only=True, slots=True)
class Header:
    """The first line of a file: which log it is, and where it was begun."""

    database: str
    log: str
    host: str
    path: str
    inode: int
    begun: float  #: Unix time


@dataclass(frozen=True, kw_only=True, slots=True)
class Position:
    """The position of a log: its name, its last counter, and whether it is where it was begun.

    `in_place` is False for a file that was copied, restored or edited.  `complete` is False where
    lines are missing or unreadable: what they named, nobody knows.
    """

    log: str = ""
    count: int = 0
    in_place: bool = False
    complete: bool = True


#: What is read from a line.
Line = TypeVar("Line", Entry, Header)
TYPES: Mapping[str, type | tuple[type, ...]] = {"str": str, "int": int, "float": (int, float)}


class SubmissionLog:
    """The log of one database on this machine; any number of processes may append.

    `append` raises `NotSubmitted` where the line cannot be forced to the disk: then nothing may
    leave.
    """

    def __init__(self, folder: Path, database: str) -> None:
        self.path = folder / f"{database}.log"
        self._database = database
        self._lock = threading.Lock()
        self._known = (0, 0)  # size after our last line, and its counter
        #: The last attempt that this process wrote; empty before the first.
        self.previous = ""

    def append(self, entry: Entry) -> None:
        """Write one line, and return once it is on the disk."""
        try:
            with self._lock, self._opened() as handle:
                self._write(handle, entry)
        except OSError as error:
            # What was kept in mind of the file may be wrong now: half a line may be in it.
            self._known = (0, 0)
            raise NotSubmitted(
                phrase(
                    "{path} cannot be written, so nothing is submitted: {strerror}. {fix}",
                    path=self.path,
                    strerror=error.strerror,
                    fix=TO_WRITE,
                )
            ) from None

    def entries(self) -> list[Entry]:
        """Return what left, the oldest first; nothing if there is no log.

        Raises `BadInput` for a file that may not be read.
        """
        with self._readable():
            return [entry for entry in map(read_entry, self._lines()) if entry]

    def latest(self, number: int) -> list[Entry]:
        """Return the last entries, at most `count`, the oldest first; see `entries`."""
        with self._readable():
            return [entry for entry in map(read_entry, read_tail(self.path, number)) if entry]

    def position(self) -> Position:
        """Return the position of the log, and whether it is still the file in which it was begun.

        Its name is empty if there is no log.  Raises `BadInput` for a file that may not be read.
        """
        with self._readable():
            try:
                state = self.path.stat()
            except FileNotFoundError:
                return Position()
            return self._position(state)

    def _position(self, state: os.stat_result) -> Position:
        lines = read_tail(self.path, POSITION_LINES)
        found = [entry for entry in map(read_entry, lines) if entry] or self.entries()
        with self.path.open("rb") as file:
            header = read_header(file.readline())
        if header is None:
            return Position(complete=False)
        changed = max(header.begun, found[-1].at if found else 0.0)
        # A power cut can leave half a line: when that was written, it does not say.
        torn = bool(lines) and not lines[-1].endswith(b"\n")
        soon = torn or abs(state.st_ctime - changed) <= CHANGE_TIME_SECONDS
        return Position(
            log=header.log,
            count=found[-1].count if found else 0,
            in_place=header.inode == state.st_ino and soon,
            complete=are_consecutive(found),
        )

    @contextlib.contextmanager
    def _readable(self) -> Iterator[None]:
        """Say in words what keeps the file from being read."""
        try:
            yield
        except FileNotFoundError:
            raise
        except OSError as error:
            raise BadInput(
                phrase(
                    "{path} cannot be read: {strerror}."
                    " It says what was submitted from this machine.",
                    path=self.path,
                    strerror=error.strerror,
                ),
                hint=phrase(
                    "Run this as the account that sends, or give the file back to it (chown)."
                ),
            ) from None

    def _lines(self) -> Iterator[bytes]:
        try:
            with self.path.open("rb") as file:
                yield from file
        except FileNotFoundError:
            return

    @contextlib.contextmanager
    def _opened(self) -> Iterator[int]:
        """Open the file for one line, with a lock; create it if it is missing."""
        while True:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
            handle = os.open(self.path, flags, 0o600)
            try:
                lock(handle)
                if not self._is_current(handle):
                    continue
                if self._has_header(handle):
                    yield handle
                    return
                self._rewrite(self.entries())
            finally:
                os.close(handle)

    def _is_current(self, handle: int) -> bool:
        """Return whether an opened file is still the log: another process may have replaced it."""
        try:
            return os.fstat(handle).st_ino == self.path.stat().st_ino
        except FileNotFoundError:
            return False

    def _has_header(self, handle: int) -> bool:
        """Say whether a file can be gone on with: it is empty, or its first line is whole."""
        if self._known != (0, 0) or not os.fstat(handle).st_size:
            return True
        line, end, _ = os.pread(handle, CHUNK_BYTES, 0).partition(b"\n")
        return read_header(line + end) is not None

    def _write(self, handle: int, entry: Entry) -> None:
        size = os.fstat(handle).st_size
        if size == 0:
            self._begin(handle)
            count = 1
        else:
            count = self._last_count(size) + 1
            end_line(handle, size)
        line = orjson.dumps(asdict(entry) | {"count": count, "at": time.time()}) + b"\n"
        write_all(handle, line)
        force(handle)
        self._known = (os.fstat(handle).st_size, count)
        self.previous = entry.attempt
        if self._known[0] > ROTATE_BYTES:
            self._rotate()

    def _begin(self, handle: int, log: str = "") -> None:
        """Write the first line, and have the file's name on the disk."""
        header = Header(
            database=self._database,
            log=log or secrets.token_hex(8),
            host=machine_id(),
            path=str(self.path.resolve()),
            inode=os.fstat(handle).st_ino,
            begun=time.time(),
        )
        write_all(handle, orjson.dumps(asdict(header)) + b"\n")
        force_folder(self.path.parent)

    def _last_count(self, size: int) -> int:
        if size == self._known[0]:
            return self._known[1]
        # What stands at the end may be no entry, or half of one.
        found = self.latest(POSITION_LINES) or self.entries()
        return max((entry.count for entry in found), default=0)

    def adopt(self) -> None:
        """Accept a log that was copied, restored or damaged as begun in its current place.

        Call it when the log is known to be complete: it agrees with the ledger, or was resolved.
        """
        with contextlib.suppress(OSError):
            if not self.path.exists():
                return
            position = self.position()
            if not (position.in_place and self.is_complete()):
                with self._lock, self._opened():
                    self._rewrite(renumber_entries(self.entries()))

    def is_complete(self) -> bool:
        """Say whether no line of the whole log is missing or unreadable."""
        return self.position().complete and are_consecutive(self.entries())

    def _rotate(self) -> None:
        """Remove entries older than `KEEP_SECONDS`, if it is worth it."""
        oldest = time.time() - KEEP_SECONDS
        entries = self.entries()
        kept = [entry for entry in entries if entry.at > oldest]
        if len(kept) * 2 <= len(entries):
            self._rewrite(kept)

    def _rewrite(self, kept: Sequence[Entry]) -> None:
        """Replace the log by a new file with these entries, under the lock."""
        with self.path.open("rb") as file:
            header = read_header(file.readline())
        draft = self.path.with_suffix(".draft")
        draft.unlink(missing_ok=True)
        new = os.open(draft, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            self._begin(new, header.log if header else "")
            for entry in kept:
                write_all(new, orjson.dumps(asdict(entry)) + b"\n")
            force(new)
            draft.replace(self.path)
            force_folder(self.path.parent)
        finally:
            os.close(new)
        self._known = (0, 0)


def lock(handle: int) -> None:
    """Have the file for this process alone, or raise `OSError` when another does not let go."""
    deadline = time.monotonic() + LOCK_TIMEOUT_SECONDS
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                raise OSError(error.errno, "another process keeps it locked") from None
            time.sleep(LOCK_POLL_SECONDS)
        else:
            return


def end_line(handle: int, size: int) -> None:
    """End a line that a process left half written: nothing left for it, for it was not forced."""
    if os.pread(handle, 1, size - 1) != b"\n":
        write_all(handle, b"\n")


def write_all(handle: int, line: bytes) -> None:
    """Write a complete line: a full disk takes a part first, then fails."""
    view = memoryview(line)
    while view:
        view = view[os.write(handle, view) :]


def force_folder(folder: Path) -> None:
    """Force the file names in a folder to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        force(handle)
    finally:
        os.close(handle)


def force(handle: int) -> None:
    """Return once the disk has what was written."""
    os.fsync(handle)


def read_tail(path: Path, number: int) -> list[bytes]:
    """Return the last whole lines of a file, up to a limit."""
    try:
        with path.open("rb") as file:
            position = file.seek(0, os.SEEK_END)
            found = b""
            while position and found.count(b"\n") <= number:
                step = min(CHUNK_BYTES, position)
                position = file.seek(position - step)
                found = file.read(step) + found
    except FileNotFoundError:
        return []
    return found.splitlines(keepends=True)[-number:] if found else []


def renumber_entries(entries: Sequence[Entry]) -> list[Entry]:
    """Return the same entries, each one more than the one before; the last keeps its number."""
    first = entries[-1].count - len(entries) + 1 if entries else 0
    return [replace(entry, count=first + place) for place, entry in enumerate(entries)]


def are_consecutive(entries: Sequence[Entry]) -> bool:
    """Say whether no entry is missing between the first of these and the last."""
    counts = [entry.count for entry in entries]
    return all(after == before + 1 for before, after in itertools.pairwise(counts))


def read_entry(line: bytes) -> Entry | None:
    """Return an entry; nothing for the first line, or for one that is half written.

    What a later version adds to an entry is left alone: it names an attempt all the same.
    """
    found = read_object(line)
    return build(Entry, found) if "attempt" in found else None


def read_header(line: bytes) -> Header | None:
    """Return the first line of a file, if it is one."""
    return build(Header, read_object(line))


def build(kind: type[Line], found: Mapping[str, Any]) -> Line | None:
    """Return what a line says as an object; nothing where a part is missing or of another type."""
    values: dict[str, Any] = {}
    for each in fields(kind):
        value = found.get(each.name, each.default)
        if not isinstance(value, TYPES[str(each.type)]) or isinstance(value, bool):
            return None
        values[each.name] = value
    return kind(**values)


def read_object(line: bytes) -> dict[str, Any]:
    """Return what a line holds; nothing where it is not whole."""
    try:
        found = orjson.loads(line) if line.endswith(b"\n") else {}
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def to_ranges(numbers: Iterable[int]) -> str:
    """Return numbers as text, short where they follow each other: each run by its distance.

    >>> to_ranges([5, 6, 7, 10])
    '5+2,3'
    >>> list(from_ranges("5+2,3"))
    [5, 6, 7, 10]
    """
    parts: list[str] = []
    last = 0
    for first, end in find_runs(sorted(set(numbers))):
        length = f"+{end - first}" if end > first else ""
        parts.append(f"{first - last}{length}")
        last = end
    return ",".join(parts)


def find_runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last of each run of sorted numbers."""
    first = last = None
    for number in numbers:
        if first is None or last is None:
            first = number
        elif number != last + 1:
            yield first, last
            first = number
        last = number
    if first is not None and last is not None:
        yield first, last


def from_ranges(text: str) -> Iterator[int]:
    """Yield the numbers that `to_ranges` was given."""
    last = 0
    for part in filter(None, text.split(",")):
        distance, _, length = part.partition("+")
        first = last + int(distance)
        last = first + int(length or 0)
        yield from range(first, last + 1)


def machine_id() -> str:
    """Return a hash that identifies this machine; empty if nothing identifies it.

    Not its host name: a container has another one each time it is made.
    """
    for path in MACHINE_IDS:
        with contextlib.suppress(OSError):
            if text := path.read_text(encoding="ascii", errors="replace").strip():
                return hashlib.sha256(f"fortnight {text}".encode()).hexdigest()[:16]
    return ""


def machine_name() -> str:
    """Return the name of this machine for people."""
    return socket.gethostname()[:80]
