"""The command `newsletter`: one module per noun; only here is printed, only here is left.

Exit status: 0 done, 1 a person must act, 2 wrong use.  `failures` says what went wrong.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Annotated

import typer

from newsletter.cli.failures import run
from newsletter.cli.help_pages import Group, add_help, epilog
from newsletter.conf.file_modes import restrict

app = typer.Typer(
    name="newsletter",
    help="Compose a newsletter, and send each issue on schedule."
    " Nobody is mailed twice and nobody is skipped. What is not known is shown as unknown.",
    no_args_is_help=True,
    cls=Group,
    epilog=epilog("newsletter"),
    pretty_exceptions_enable=False,
    # With it, help would import half of Rich and take three times as long.
    rich_markup_mode=None,
)


def show_version(wanted: bool) -> None:
    """Print which release this is, and leave."""
    if wanted:
        from importlib.metadata import version

        print(f"Fortnight {version('fortnight')}")
        raise typer.Exit


@app.callback()
def configure(
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            help="The config.toml to use. Default: NEWSLETTER_CONFIG, else the one in this folder.",
        ),
    ] = None,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=show_version, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Remember which configuration the command works with."""
    if config is not None:
        os.environ["NEWSLETTER_CONFIG"] = str(config)


@cache
def register() -> None:
    """Hang every command into the tree, once; the modules import nothing heavy until they run."""
    from newsletter.cli import (
        accepting,
        alarms,
        backup,
        cadence,
        checking,
        compacting,
        demo,
        doctor,
        dry_run,
        events,
        forms,
        held_slots,
        imports,
        init,
        issue,
        key,
        lists,
        management,
        moving,
        privacy,
        programs,
        publication,
        queueing,
        resolving,
        schedule,
        segment,
        send,
        simulate,
        steering,
        subscriber,
        suppression,
        template,
        user,
        worker,
    )

    whole = (init.init, programs.serve, moving.move, compacting.compact, programs.emulator)
    for command in (demo.demo, *whole, worker.worker, doctor.doctor, backup.restore):
        app.command()(command)
    app.command("django", context_settings=management.CONTEXT)(management.run_django)
    for look in (checking.check, accepting.accept, accepting.unaccept):
        issue.app.command()(look)
    for step in (queueing.approve, queueing.queue, queueing.unqueue):
        issue.app.command()(step)
    issue.app.command("put-on-web")(queueing.put_on_web)
    issue.app.command("dry-run")(dry_run.dry_run)
    # The name it had first.
    send.app.command()(resolving.resolve)
    for act in (
        steering.pause,
        steering.resume,
        steering.release,
        steering.cancel,
        steering.resend,
    ):
        send.app.command()(act)
    app.add_typer(backup.app, name="backup")
    app.add_typer(issue.app, name="issue")
    app.add_typer(publication.app, name="publication")
    for rhythm in (cadence.cadence, held_slots.send, simulate.simulate):
        schedule.app.command()(rhythm)
    app.add_typer(schedule.app, name="schedule")
    app.add_typer(send.app, name="send")
    app.add_typer(events.app, name="events")
    app.add_typer(alarms.app, name="alarm")
    app.add_typer(lists.app, name="list")
    app.add_typer(forms.app, name="form")
    app.add_typer(imports.app, name="import")
    app.add_typer(segment.app, name="segment")
    app.add_typer(key.app, name="key")
    app.add_typer(subscriber.app, name="subscriber")
    app.add_typer(privacy.app, name="privacy")
    app.add_typer(suppression.app, name="suppression")
    app.add_typer(template.app, name="template")
    app.add_typer(user.app, name="user")
    add_help(app, "newsletter")


def main() -> None:
    """Run the command line."""
    restrict()
    register()
    run(app)
