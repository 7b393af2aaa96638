"""Fork programs from a process that has read the settings of their workspace.

To read settings, models and pages is most of what a short command takes.  Programs that are
started one after the other in a workspace begin behind that; what they find in its database, its
folders and its environment each of them looks at by itself.  Other settings have another stem.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import multiprocessing
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

#: What is read before the second program of a workspace: the first may be the only one.
MODULES = ("newsletter.runtime.service", "newsletter.runtime.worker", "newsletter.urls")

_fork = multiprocessing.get_context("fork")
_stems: dict[tuple[object, ...], Stem] = {}


@dataclass
class Stem:
    """A process that forks programs as it is told to, and tells how they ended."""

    connection: Connection
    process: Any
    ended: dict[int, int] = field(default_factory=dict)

    def fork(self, act: Callable[..., None], *arguments: object) -> Forked:
        """Have a process act."""
        self.connection.send((act, arguments))
        while (pid := self.hear()) is None:
            pass
        return Forked(self, pid)

    def hear(self) -> int | None:
        """Take one message in: the number of a process that has begun, or how one ended."""
        pid, status = self.connection.recv()
        if status is None:
            self.ended.pop(pid, None)  # numbers come again
            return int(pid)
        self.ended[pid] = status
        return None

    def end(self) -> None:
        """End it, and whatever still runs of its programs."""
        self.connection.close()
        self.process.join()


@dataclass(frozen=True)
class Forked:
    """A process that a stem has forked: what `multiprocessing` offers of it."""

    stem: Stem
    pid: int

    @property
    def exitcode(self) -> int | None:
        """How it ended; None while it runs."""
        while self.pid not in self.stem.ended and self.stem.connection.poll():
            self.stem.hear()
        return self.stem.ended.get(self.pid)

    def join(self, timeout: float | None = None) -> None:
        """Wait until it has ended, or this many seconds."""
        end = None if timeout is None else time.monotonic() + timeout
        while self.pid not in self.stem.ended:
            left = None if end is None else max(0.0, end - time.monotonic())
            if not self.stem.connection.poll(left):
                return
            self.stem.hear()


def find_stem(context: ForkServerContext, folder: Path, environment: Mapping[str, str]) -> Stem:
    """Return the stem of a workspace, as its settings are now."""
    settings = (folder / "config.toml").read_bytes()
    key = (folder, settings, *sorted(environment.items()))
    if key not in _stems:
        ours, theirs = context.Pipe()
        process = context.Process(target=grow, args=(theirs, folder, dict(environment)))
        process.start()
        theirs.close()
        _stems[key] = Stem(ours, process)
    return _stems[key]


@atexit.register
def end_stems() -> None:
    """End all stems, and what still runs of their programs."""
    while _stems:
        _stems.popitem()[1].end()


def grow(connection: Connection, folder: Path, environment: dict[str, str]) -> None:
    """Be a stem: read the settings, then fork what is asked for until nobody is left to ask."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    read_settings()
    running: list[Any] = []
    begun = 0
    while True:
        ready = wait([connection, *(each.sentinel for each in running)])
        for each in [each for each in running if each.sentinel in ready]:
            each.join()
            running.remove(each)
            connection.send((each.pid, each.exitcode))
        if connection not in ready:
            continue
        try:
            act, arguments = connection.recv()
        except EOFError:
            break
        begun += 1
        if begun == 2:
            read_modules()
        program = _fork.Process(target=act, args=arguments, daemon=True)
        program.start()
        running.append(program)
        connection.send((program.pid, None))
    for each in running:
        each.kill()


def read_settings() -> None:
    """Have Django be ready; where settings are wrong each program is to say so itself."""
    from newsletter.errors import NewsletterError
    from newsletter.runtime.startup import set_up_django

    with contextlib.suppress(NewsletterError):
        set_up_django()
    keep_for_good()


def read_modules() -> None:
    """Read what programs read on their way, and compile the patterns of all addresses."""
    from django.apps import apps
    from django.urls import get_resolver

    if apps.ready:
        for module in MODULES:
            importlib.import_module(module)
        get_resolver()._populate()
    keep_for_good()


def keep_for_good() -> None:
    """Have no program look through what was read: none of it is garbage."""
    gc.collect()
    gc.freeze()
