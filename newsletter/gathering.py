"""What several threads ask for at the same time, done together: one transaction, one wait for disk.

Whoever asks first acts; what others ask for meanwhile waits, and the next of them acts for all.
So work that is asked for faster than a disk can write it down takes as many at once as it needs,
and a single one waits for nobody.  Each returns only when what it asked for is done.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(kw_only=True, slots=True)
class Wish(Generic[T]):
    """What one thread asks for, and what became of it."""

    what: T
    done: bool = False
    error: BaseException | None = None


def of_one(_error: Exception) -> bool:
    """Say that any error may be about a single wish."""
    return False


class Gathering(Generic[T]):
    """Threads that ask for the same kind of work; `act` does some of it, all or nothing.

    `of_all` says of an error that each by itself would meet it as well, such as a lock that was
    waited for in vain: then nobody waits as long again for each of them.
    """

    def __init__(
        self,
        act: Callable[[Sequence[T]], object],
        *,
        most: int = 100,
        of_all: Callable[[Exception], bool] = of_one,
    ) -> None:
        self._act, self._most, self._of_all = act, most, of_all
        self._waiting: list[Wish[T]] = []
        #: Of the list of those who wait, and of the one who acts.
        self._lock, self._turn = threading.Lock(), threading.Lock()

    def ask(self, what: T) -> None:
        """Have it done, with what others ask for; raises what comes of it alone."""
        wish = Wish(what=what)
        with self._lock:
            self._waiting.append(wish)
        with self._turn:
            while not wish.done:
                self._act_on(self._take())
        if wish.error is not None:
            raise wish.error

    def _take(self) -> list[Wish[T]]:
        with self._lock:
            taken, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
        return taken

    def _act_on(self, wishes: list[Wish[T]]) -> None:
        """Do some; whatever ends this thread meanwhile, no other is told that it was done."""
        try:
            self._try(wishes)
        except BaseException as error:
            for each in wishes:
                if not each.done:
                    each.error, each.done = error, True
            raise

    def _try(self, wishes: list[Wish[T]]) -> None:
        """Do some together; where that fails, each by itself: one spoils it for no other."""
        try:
            self._act([each.what for each in wishes])
        except Exception as error:  # noqa: BLE001  it is raised where it was asked for
            if len(wishes) > 1 and not self._of_all(error):
                for each in wishes:
                    self._try([each])
            else:
                for each in wishes:
                    each.error = error
        for each in wishes:
            each.done = True
