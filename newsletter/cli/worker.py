"""`newsletter worker`: more senders, on this machine or another."""

from __future__ import annotations

import sys
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
    json: Json = False,
) -> None:
    """Run only senders, until SIGTERM. Any number of workers may run."""
    config = open_when_available()
    from newsletter.runtime.worker import Worker

    count = concurrency or config.sending.concurrency or CONCURRENCY
    program = when_available(lambda: Worker(config, senders=count))
    program.handle_signals()
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
