"""Threads for senders that an event loop hands its work to."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from typing import Any, ParamSpec, TypeVar

from django.db import connection

from newsletter.sqlite.base import keep_connection

P = ParamSpec("P")
T = TypeVar("T")


class SenderPool(Executor):
    """A fixed number of daemon threads.

    Python waits at its end for the threads of its own executors, however long a provider keeps
    one waiting.  A process that got a second signal, or whose time is over, must not wait.
    """

    def __init__(self, senders: int, *, name: str = "sender") -> None:
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._run, name=f"{name}-{number}", daemon=True)
            for number in range(1, senders + 1)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have a thread call the function; return the future of its result."""
        future: Future[T] = Future()
        self._work.put(partial(fulfil, future, partial(fn, *args, **kwargs)))
        return future

    def close(self) -> None:
        """Return when every thread has finished its work."""
        for _ in self._threads:
            self._work.put(None)
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        keep_connection()
        try:
            for work in iter(self._work.get, None):
                work()
        finally:
            connection.close()


def fulfil(future: Future[Any], call: Callable[[], Any]) -> None:
    """Call the function, and set the result of the future."""
    try:
        result = call()
    except BaseException as error:  # noqa: BLE001  it is raised where the future is waited for
        future.set_exception(error)
    else:
        future.set_result(result)
