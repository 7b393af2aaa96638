"""Notice that files have changed, within a fraction of a second."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Self

from watchfiles import watch

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

    from watchfiles.main import FileChange

#: Milliseconds without a change until the thread looks whether it is to end.
PAUSE_MS = 200


class Watch:
    """Counts the changes below some folders, in a thread of its own.

    What editors write for themselves, such as swap files, is none.

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
        """Return the number of changes once it is not `seen`, or after the time limit."""
        with self._changed:
            self._changed.wait_for(lambda: self._changes != seen or self.ended, seconds)
            return self._changes

    def __enter__(self) -> Self:
        """Begin to look."""
        self._found = self._watch()
        # Not before the first answer is the library looking.
        self._count(next(self._found))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Look no more, and let go whoever waits."""
        self._ended.set()
        with self._changed:
            self._changed.notify_all()
        self._thread.join()

    def _watch(self) -> Generator[set[FileChange], None, None]:
        return watch(
            *(folder for folder in self._folders if folder.is_dir()),
            stop_event=self._ended,
            rust_timeout=PAUSE_MS,
            yield_on_timeout=True,
            raise_interrupt=False,
        )

    def _run(self) -> None:
        for found in self._found:
            self._count(found)

    def _count(self, found: set[FileChange]) -> None:
        if not found:
            return
        with self._changed:
            self._changes += 1
            self._changed.notify_all()
