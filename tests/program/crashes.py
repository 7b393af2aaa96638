"""Lives of the product inside this process: every lasting step and every wait has a number.

Lasting are commits, and lines of the submission log.

A life is a thread with a connection of its own.  It may be told to end at a number.  From then on
nothing has any effect: no statement, no commit and no request, whatever `finally` and `except`
still try.  That is what SIGKILL leaves behind, at a hundredth of the price of a process.
"""

from __future__ import annotations

import contextlib
import enum
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import pytest
from django.db import connection, connections

from newsletter.sending.delivery.decisions import Decision
from newsletter.sending.restores.submission_log import Entry, SubmissionLog
from newsletter.transports.sendgrid.client import PooledClient

#: Statements that commit by themselves where no transaction is open.
WRITES = ("INSERT", "UPDATE", "DELETE")
#: Seconds that a life may take.
MAX_SECONDS = 180


class EndsWhen(enum.StrEnum):
    """How a life ends at a point."""

    BEFORE = "before"  #: it was not done
    AFTER = "after"  #: it was done, and nobody heard of it
    ADRIFT = "adrift"  #: a request that was written, and arrives once others are at work


class SimulatedCrash(BaseException):
    """Takes a life down from where it stands."""


@dataclass
class SimulatedProcess:
    """One life, until its work is done or until `end`, the number of a point; 0 for no end."""

    end: int = 0
    when: EndsWhen = EndsWhen.BEFORE
    points: list[str] = field(default_factory=list)
    over: bool = False
    adrift: list[Callable[[], Any]] = field(default_factory=list)
    surprise: Exception | None = None

    def live(self, work: Callable[[], None]) -> None:
        """Work until the end; what goes wrong on the way is raised here."""
        thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        thread.start()
        thread.join(MAX_SECONDS)
        assert not thread.is_alive(), f"stuck behind {self.points[-1:]}"
        if self.surprise:
            raise self.surprise

    def arrive(self) -> None:
        """Let the requests arrive that were in progress when it ended."""
        while self.adrift:
            # Nobody is left to hear the answer.
            with contextlib.suppress(Exception):
                self.adrift.pop()()

    def pass_point(self, name: str, act: Callable[[], Any]) -> Any:
        """Act, unless this is the end."""
        self.breathe()
        self.points.append(name)
        if len(self.points) != self.end:
            return act()
        if self.when is EndsWhen.AFTER:
            with contextlib.suppress(Exception):
                act()
        elif self.when is EndsWhen.ADRIFT:
            self.adrift.append(act)
        self.over = True
        raise SimulatedCrash

    def breathe(self) -> None:
        """Do nothing, unless it is over."""
        if self.over:
            raise SimulatedCrash

    def _run(self, work: Callable[[], None]) -> None:
        try:
            with connection.execute_wrapper(self._watch_statement), self._watched():
                work()
        except SimulatedCrash:
            pass
        except Exception as error:  # noqa: BLE001  it is raised where the life is lived
            # What stumbles over the end itself is part of the end.
            self.surprise = None if self.over else error
        finally:
            connection.close()

    @contextlib.contextmanager
    def _watched(self) -> Iterator[None]:
        """Look at every commit of this thread, every line of the log and every request."""
        mine: Any = connections["default"]
        commit, call, append = mine._commit, PooledClient._call, SubmissionLog.append

        def watch_request(client: PooledClient, method: str, *rest: Any) -> Any:
            name = f"{method} {client._build_url(None).partition('/v3/')[2].partition('/')[0]}"
            return self.pass_point(f"{name}, {doing()}", lambda: call(client, method, *rest))

        def watch_log(journal: SubmissionLog, entry: Entry) -> None:
            self.pass_point(f"append, {doing()}", lambda: append(journal, entry))

        mine._commit = lambda: self.pass_point(f"commit, {doing()}", commit)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(PooledClient, "_call", watch_request)
            patch.setattr(SubmissionLog, "append", watch_log)
            yield

    def _watch_statement(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        self.breathe()
        if connection.in_atomic_block or not sql.startswith(WRITES):
            return execute(sql, params, many, context)
        return self.pass_point(f"commit, {doing()}", lambda: execute(sql, params, many, context))


def doing() -> str:
    """Name what the product is doing: the innermost of its functions, and what called it."""
    names: list[str] = []
    frame: FrameType | None = sys._getframe(1)
    while frame and len(names) < 2:
        name = name_of(frame)
        if name and name not in names:
            names.append(name)
        frame = frame.f_back
    return " in ".join(names)


def name_of(frame: FrameType) -> str:
    """Return module and function of a frame of the product that says something; else nothing."""
    code, module = frame.f_code.co_name, str(frame.f_globals.get("__name__"))
    if code == "inner" and "func" in frame.f_locals:
        # What stands around a function that is a transaction: its own frame is gone by then.
        code, module = frame.f_locals["func"].__name__, frame.f_locals["func"].__module__
        code += "".join(
            f" {each.batch}{' in parts' * bool(each.parts)}"
            for each in frame.f_locals["args"]
            if isinstance(each, Decision)
        )
    package, _, rest = module.partition(".")
    says_nothing = module.endswith((".states", ".client")) or code.startswith("<")
    if package not in ("newsletter", "subscribers") or says_nothing:
        return ""
    return f"{rest.rpartition('.')[2]}.{code}"
