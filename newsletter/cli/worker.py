"""`newsletter worker`: more senders, on this machine or another."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Annotated

import typer

from newsletter.cli.output import Json, print_result
from newsletter.cli.programs import stop_program
from newsletter.runtime.availability import when_available
from newsletter.runtime.startup import open_when_available

#: Batches at a time where `[sending] concurrency` is 0, as it is for `serve`.
CONCURRENCY = 4


def worker(
    concurrency: Annotated[
        int | None,
        typer.Option(
            "--concurrency", min=1, max=32, help="How many batches to send at the same time."
        ),
    ] = None,
    *,
    until_input_ends: Annotated[bool, typer.Option("--until-input-ends", hidden=True)] = False,
    json: Json = False,
) -> None:
    """Run only senders, until SIGTERM. Any number of workers may run."""
    service = ServiceWatch()
    if until_input_ends:
        service.start()
    config = open_when_available()
    from newsletter.runtime.worker import Worker

    count = concurrency or config.sender_count or CONCURRENCY
    program = when_available(lambda: Worker(config, senders=count))
    program.handle_signals()
    if until_input_ends:
        service.follow(program.tell)
    program.start()
    what = "1 sender takes" if count == 1 else f"{count} senders take"
    print_result(
        {"concurrency": count, "transport": config.sending.transport},
        as_json=json,
        text=f"{what} batches as they come, by {config.sending.transport}. SIGTERM lets them"
        " finish what they have begun.",
    )
    sys.stdout.flush()
    program.wait()
    stop_program(program)
    if not json:
        print("Everything that was in progress is finished and written down.")


class ServiceWatch:
    """Notices that the service that started this worker has let it go, or is gone.

    Either closes this worker's standard input.  Before anything is claimed that ends the process at
    once.  Ctrl-C in a terminal comes to both; what it means the service says.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._act: Callable[[], object] = lambda: os._exit(0)

    def start(self) -> None:
        """Begin to watch."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        threading.Thread(target=self._wait, name="service-watch", daemon=True).start()

    def follow(self, act: Callable[[], object]) -> None:
        """From now on do this instead of ending at once."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        with self._lock:
            self._act = act

    def _wait(self) -> None:
        while os.read(0, 1):
            pass
        with self._lock:
            self._act()
