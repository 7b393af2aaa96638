"""Run the product and kill it with SIGKILL at a chosen point: `killing.py POINT NUMBER ARGUMENT…`.

A point is `module:function:before` or `…:after`.  The function is wrapped, not replaced: it does
its work, and the process dies at its NUMBERth call.
"""

from __future__ import annotations

import functools
import importlib
import itertools
import os
import signal
import sys
from collections.abc import Callable
from typing import Any


def die() -> None:
    """End this process as a power cut would: nothing is cleaned up, nothing is flushed."""
    os.kill(os.getpid(), signal.SIGKILL)


def deadly(function: Callable[..., Any], moment: str, number: int) -> Callable[..., Any]:
    """Return the function with death at its `number`th call, before or after its work."""
    calls = itertools.count(1)

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        last = next(calls) == number
        if last and moment == "before":
            die()
        result = function(*args, **kwargs)
        if last:
            die()
        return result

    return wrapped


def plant(point: str, number: int) -> None:
    """Wrap the function or method that a point names."""
    module, path, moment = point.split(":")
    place = importlib.import_module(module)
    *parents, name = path.split(".")
    for parent in parents:
        place = getattr(place, parent)
    setattr(place, name, deadly(getattr(place, name), moment, number))


def main() -> None:
    """Plant the point once Django is ready, then be the product."""
    point, number, *arguments = sys.argv[1:]
    from newsletter import cli
    from newsletter.cli.workspace import open_workspace

    open_workspace()
    plant(point, int(number))
    sys.argv = ["newsletter", *arguments]
    cli.main()


main()
