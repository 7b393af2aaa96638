"""Run the product and signal it at a chosen point: `killing.py SIGNAL POINT NUMBER ARGUMENT…`.

A point is `module:function:before` or `…:after`.  The function is wrapped, not replaced: it does
its work, and at its NUMBERth call the process dies (SIGKILL: nothing is cleaned up, nothing is
flushed), or stands still until it is told to go on (SIGSTOP).
"""

from __future__ import annotations

import functools
import importlib
import itertools
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any


def strike(blow: signal.Signals) -> None:
    """Send a signal to this thread, which so does not go on before it is there."""
    signal.pthread_kill(threading.get_ident(), blow)


def struck(
    function: Callable[..., Any], when: str, number: int, blow: signal.Signals
) -> Callable[..., Any]:
    """Return the function with a signal at its `number`th call, before or after its work."""
    calls = itertools.count(1)

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        last = next(calls) == number
        if last and when == "before":
            strike(blow)
        result = function(*args, **kwargs)
        if last and when == "after":
            strike(blow)
        return result

    return wrapped


def plant(point: str, number: int, blow: signal.Signals) -> None:
    """Wrap the function or method that a point names."""
    module, path, when = point.split(":")
    place = importlib.import_module(module)
    *parents, name = path.split(".")
    for parent in parents:
        place = getattr(place, parent)
    setattr(place, name, struck(getattr(place, name), when, number, blow))


def main() -> None:
    """Plant the point once Django is ready, then be the product."""
    blow, point, number, *arguments = sys.argv[1:]
    from newsletter import cli
    from newsletter.runtime.startup import open_workspace

    open_workspace()
    plant(point, int(number), signal.Signals[blow])
    sys.argv = ["newsletter", *arguments]
    cli.main()


main()
