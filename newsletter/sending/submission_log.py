"""The submission log: a file beside the database that says what left this machine.

Before the first byte of a request leaves, one line is appended and forced to the disk: a counter,
the send, the batch, the attempt and the people.  A database that does not know an attempt of its
log is older than what was submitted: a backup was restored, or this is a copy.

The file lies in the state folder of the machine that submits (`var/submissions/`), and carries the
database's identity in its name.  Its first line says in which file it was begun: a log that was
copied or restored with the rest of the folder shows that by its inode and its times.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from newsletter.errors import NotHandedOver

log = logging.getLogger(__name__)

#: Entries are kept so long; a provider's own log keeps thirty days.
KEEP_SECONDS = 40 * 86_400
#: A file that has grown so large is looked at for entries to forget.
ROTATE_BYTES = 16_000_000
#: Waiting for another process that appends, in seconds.
LOCK_TIMEOUT_SECONDS = 10.0
LOCK_POLL_SECONDS = 0.005
#: The last line and the file's change time may differ by so much; both are from one clock.
CHANGE_TIME_SECONDS = 5.0
#: The end of a file is read in pieces of this size.
CHUNK_BYTES = 65_536
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
    """How far a log has come: its name, its last counter, and whether it lies where it was begun.

    `in_place` is False for a file that was copied, restored or edited.
    """

    log: str = ""
    count: int = 0
    in_place: bool = False


class SubmissionLog:
    """The log of one database on this machine; any number of processes may append.

    `append` raises `NotHandedOver` where the line cannot be forced to the disk: then nothing may
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
            raise NotHandedOver(
                f"{self.path} cannot be written, so nothing is submitted: {error.strerror}",
                hint="Make room on the disk, or make the folder writable.",
            ) from None

    def entries(self) -> list[Entry]:
        """Return what left, the oldest first; nothing where there is no log."""
        return [entry for entry in map(read_entry, self._lines()) if entry]

    def latest(self, number: int) -> list[Entry]:
        """Return the last entries, at most so many, the oldest first."""
        return [entry for entry in map(read_entry, tail(self.path, number)) if entry]

    def position(self) -> Position:
        """Return how far the log has come, and whether it is still the file it was begun in."""
        try:
            state = self.path.stat()
            with self.path.open("rb") as file:
                header = read_header(file.readline())
        except OSError:
            return Position()
        if header is None:
            return Position()
        last = next(iter(self.latest(1)), None)
        return Position(
            log=header.log,
            count=last.count if last else 0,
            in_place=(
                header.inode == state.st_ino
                and abs(state.st_ctime - max(header.begun, last.at if last else 0.0))
                <= CHANGE_TIME_SECONDS
            ),
        )

    def _lines(self) -> Iterator[bytes]:
        try:
            with self.path.open("rb") as file:
                yield from file
        except FileNotFoundError:
            return

    @contextlib.contextmanager
    def _opened(self) -> Iterator[int]:
        """Open the file for one line, alone; it is made where it is missing."""
        while True:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
            handle = os.open(self.path, flags, 0o600)
            try:
                lock(handle)
                if self._is_current(handle):
                    yield handle
                    return
            finally:
                os.close(handle)

    def _is_current(self, handle: int) -> bool:
        """Say whether an opened file is still the log: another process may have replaced it."""
        try:
            return os.fstat(handle).st_ino == self.path.stat().st_ino
        except FileNotFoundError:
            return False

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
            host=machine(),
            path=str(self.path.resolve()),
            inode=os.fstat(handle).st_ino,
            begun=time.time(),
        )
        write_all(handle, orjson.dumps(asdict(header)) + b"\n")
        force_folder(self.path.parent)

    def _last_count(self, size: int) -> int:
        if size == self._known[0]:
            return self._known[1]
        return max((entry.count for entry in self.latest(2)), default=0)

    def adopt(self) -> None:
        """Have a log that was copied or restored count as begun where it lies now.

        To be called once it is known to be whole: it agrees with the ledger, or was resolved.
        """
        with contextlib.suppress(OSError):
            if self.path.exists() and not self.position().in_place:
                with self._lock, self._opened():
                    self._rewrite(self.entries())

    def _rotate(self) -> None:
        """Forget what is older than `KEEP_SECONDS`, if that is worth while."""
        oldest = time.time() - KEEP_SECONDS
        entries = self.entries()
        kept = [entry for entry in entries if entry.at > oldest]
        if len(kept) * 2 <= len(entries):
            self._rewrite(kept)

    def _rewrite(self, kept: Sequence[Entry]) -> None:
        """Put a new file in the place of the log, with these entries; under the lock."""
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
    """Write a line whole: a disk that is full takes a part first, then says no."""
    view = memoryview(line)
    while view:
        view = view[os.write(handle, view) :]


def force_folder(folder: Path) -> None:
    """Have the names in a folder on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        force(handle)
    finally:
        os.close(handle)


def force(handle: int) -> None:
    """Return once the disk has what was written."""
    os.fsync(handle)


def tail(path: Path, number: int) -> list[bytes]:
    """Return the last whole lines of a file, at most so many."""
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


def read_entry(line: bytes) -> Entry | None:
    """Return an entry; nothing for the first line, or for one that is half written."""
    found = read_object(line)
    try:
        return Entry(**found) if "attempt" in found else None
    except TypeError:
        return None


def read_header(line: bytes) -> Header | None:
    """Return the first line of a file, if it is one."""
    try:
        return Header(**read_object(line))
    except TypeError:
        return None


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
    for first, end in runs(sorted(set(numbers))):
        length = f"+{end - first}" if end > first else ""
        parts.append(f"{first - last}{length}")
        last = end
    return ",".join(parts)


def runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
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


def machine() -> str:
    """Return what names this machine and no other, without telling it; empty where nothing does.

    Not its host name: a container has another one each time it is made.
    """
    for path in MACHINE_IDS:
        with contextlib.suppress(OSError):
            if text := path.read_text(encoding="ascii", errors="replace").strip():
                return hashlib.sha256(f"fortnight {text}".encode()).hexdigest()[:16]
    return ""


def machine_name() -> str:
    """Return what people call this machine."""
    return socket.gethostname()[:80]
