"""Start and kill programs of the product quickly: `fork_server.py`, told what to do by its input.

It has read all of the product and is a copy of it away from any command, so a killed process is
back in a fraction of a second.  Each is a process of its own and dies by SIGKILL.  Lines of input,
each answered by one line: `start NAME WORD…`, `kill NAME`, `wait NAME`, `ended NAME`.  At the end
of the input, whatever still runs is killed.
"""

from __future__ import annotations

import datetime as dt
import importlib
import os
import shlex
import signal
import sys

#: With this in the environment, minutes are seconds for mail that is submitted before its time.
#: It says how many times as long as in `SHORT_SECONDS`: 1 on a machine that does nothing else.
TIME_SCALE = "CHAOS_TIME_SCALE"
#: In seconds: an answer takes at most one and a half, two are lost on clocks that tell whole ones,
#: and what a dead client has posted arrives within three.
SHORT_SECONDS = {
    "newsletter.sending.prescheduled.provider_batches:MIN_LEAD": 10.5,
    "newsletter.sending.prescheduled.provider_batches:MIN_WAIT": 10.0,
    "newsletter.sending.prescheduled.reversals:LATE_ARRIVAL": 3.5,
    "newsletter.sending.prescheduled.leavers:LOOK_WITHIN": 9.5,
    "newsletter.sending.prescheduled.leavers:CANCELLABLE_UNTIL": 6.0,
    "newsletter.sending.prescheduled.leavers:LOOK_BEFORE_RELEASE": 1.5,
    "newsletter.sending.prescheduled.cancellation:MIN_CANCEL_LEAD": 3.0,
}
#: In seconds, too: after these a mail server that asked to wait is asked again.
RETRY_SECONDS = {
    "newsletter.transports.smtp.replies:WAIT_SECONDS": 0.5,
    "newsletter.transports.smtp.decisions:PERSON_RETRY_SECONDS": 1.0,
}
#: The clock ticks as much faster.
TICK = 0.5
MODULES = (
    "newsletter.runtime.service",
    "newsletter.runtime.worker",
    "newsletter.urls",
    "waitress",
    "sendgrid",
)

children: dict[str, int] = {}


def main() -> None:
    """Get ready, say so, and do what is asked for until the input ends."""
    prepare()
    print("ready", flush=True)
    try:
        for line in sys.stdin:
            verb, name, *words = shlex.split(line)
            print(ACTS[verb](name, words), flush=True)
    finally:
        for name in list(children):
            kill(name, [])


def prepare() -> None:
    """Read what a command needs, and leave no connection behind that children would share."""
    from newsletter import cli
    from newsletter.runtime.startup import open_workspace

    cli.register()
    open_workspace()
    from django.db import connections

    connections.close_all()
    for module in MODULES:
        importlib.import_module(module)
    for place, seconds in RETRY_SECONDS.items():
        module, _, name = place.partition(":")
        setattr(importlib.import_module(module), name, seconds)
    if TIME_SCALE in os.environ:
        shorten_times()


def shorten_times() -> None:
    """Let minutes be seconds."""
    pace = float(os.environ[TIME_SCALE])
    for place, seconds in SHORT_SECONDS.items():
        module, _, name = place.partition(":")
        setattr(importlib.import_module(module), name, dt.timedelta(seconds=seconds * pace))
    importlib.import_module("newsletter.scheduling.clock").TICK = TICK  # type: ignore[attr-defined]


def start(name: str, words: list[str]) -> str:
    """Start a command; its words go where ours go to be read by people."""
    children[name] = os.fork()
    if children[name] == 0:
        be(words)
    return str(children[name])


def be(words: list[str]) -> None:
    """Be the command, and end with its status."""
    from newsletter.cli import app

    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    children.clear()
    status = 1
    try:
        app(words)
    except SystemExit as end:
        status = int(end.code or 0)
    except BaseException as error:  # noqa: BLE001  a copy must not go on with our own work
        print(f"{words}: {error!r}", file=sys.stderr, flush=True)
    finally:
        os._exit(status)


def kill(name: str, _: list[str]) -> str:
    """End a process as a power cut would."""
    os.kill(children[name], signal.SIGKILL)
    return wait(name, [])


def wait(name: str, _: list[str]) -> str:
    """Return the exit status of a process once it has ended."""
    return str(os.waitstatus_to_exitcode(os.waitpid(children.pop(name), 0)[1]))


def ended(name: str, _: list[str]) -> str:
    """Return the exit status of a process that has ended, else `running`."""
    pid, status = os.waitpid(children[name], os.WNOHANG)
    if not pid:
        return "running"
    del children[name]
    return str(os.waitstatus_to_exitcode(status))


ACTS = {"start": start, "kill": kill, "wait": wait, "ended": ended}

if __name__ == "__main__":
    main()
