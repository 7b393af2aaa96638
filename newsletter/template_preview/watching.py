"""Notice that files have changed, by looking at them several times a second."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

#: Seconds between two looks; editors want an answer within a second.
PAUSE = 0.2

Snapshot = frozenset[tuple[str, int, int]]


def snapshot(folders: Sequence[Path]) -> Snapshot:
    """Return path, time of change (ns) and size (bytes) of every file below the folders."""
    return frozenset(_files(folders))


def _files(folders: Sequence[Path]) -> Iterator[tuple[str, int, int]]:
    for folder in folders:
        for path in folder.rglob("*"):
            try:
                stat = path.stat()
            except OSError:
                # Editors put a new file in the place of the old one: it will be seen next time.
                continue
            yield str(path), stat.st_mtime_ns, stat.st_size


class Watch:
    """Counts the changes below some folders, in a thread of its own.

    with Watch([folder]) as watch:
        seen = watch.wait_beyond(seen, seconds=15)
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = folders
        self._changes = 0
        self._changed = threading.Condition()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    @property
    def changes(self) -> int:
        """How many changes there have been."""
        return self._changes

    @property
    def ended(self) -> bool:
        """Whether nobody looks any more."""
        return self._ended.is_set()

    def wait_beyond(self, seen: int, *, seconds: float) -> int:
        """Return the number of changes once it is not `seen`, or after so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._changes != seen or self.ended, seconds)
            return self._changes

    def __enter__(self) -> Self:
        """Begin to look."""
        self._before = snapshot(self._folders)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Look no more, and let go whoever waits."""
        self._ended.set()
        with self._changed:
            self._changed.notify_all()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(PAUSE):
            now = snapshot(self._folders)
            if now != self._before:
                self._before = now
                with self._changed:
                    self._changes += 1
                    self._changed.notify_all()
