"""`newsletter demo`: the whole job end to end in a fresh folder, with an account at the end."""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli.output import Json, print_result, print_table
from newsletter.dates import format_time
from newsletter.runtime.startup import create_database

if TYPE_CHECKING:
    from newsletter.conf.config import Config
    from newsletter.demo.story import Outcome, Stopwatch
    from newsletter.publishing.models import Publication
    from newsletter.runtime.service import Service
    from newsletter.sending.models import Send

NAME = "Tideline Digest"


def demo(
    people: Annotated[
        int, typer.Option("--people", min=50, max=1_000_000, help="How many rows to import.")
    ] = 1000,
    folder: Annotated[
        Path | None, typer.Option("--dir", help="A new folder. Default: a temporary one.")
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Leave all programs running.")] = False,
    *,
    json: Json = False,
) -> None:
    """Show a whole send with invented people and a local SendGrid, and report the result."""
    place = (folder or Path(tempfile.mkdtemp(prefix="fortnight-demo-")) / "workspace").absolute()
    with ExitStack() as running:
        stage = Stage(place, running, quiet=json)
        stage.build()
        outcome = stage.play(people)
        stage.tell(outcome, as_json=json, keep=keep)
        if keep:
            stage.service.handle_signals()
            stage.service.wait()
    raise typer.Exit(1 if outcome.doubts else 0)


#: Variables of a real site that hold for a demonstration, too.
KEPT = frozenset({"NEWSLETTER_DATABASE_URL", "NEWSLETTER_WEB_HOST", "NEWSLETTER_WEB_PORT"})


def forget_variables() -> None:
    """Drop the settings of a real site from the environment: nothing may leave this machine."""
    for name in [each for each in os.environ if each.startswith("NEWSLETTER_")]:
        if name not in KEPT:
            del os.environ[name]


def make_own_database() -> Config:
    """Return the settings with a new database, and the publication of the demonstration in it.

    Raises `BadInput` for a database that holds a newsletter: invented people do not belong there.
    """
    from newsletter.conf.config import load
    from newsletter.errors import BadInput
    from newsletter.runtime.startup import has_tables, name_database, set_up_django

    set_up_django()
    if has_tables(load()):
        raise BadInput(
            f"{load().place('database', 'url')}: {name_database()} holds a newsletter already",
            hint="Unset the variable for the demonstration, or name an empty database.",
        )
    return create_database(NAME)


class Stage:
    """The workspace, the emulator and the service of one demonstration."""

    def __init__(self, place: Path, running: ExitStack, *, quiet: bool) -> None:
        from newsletter.runtime.listening import find_free_port

        self.place, self.quiet = place, quiet
        self._running = running
        self._emulator_port = find_free_port(8026)
        self.emulator = f"http://127.0.0.1:{self._emulator_port}"

    def say(self, text: str) -> None:
        """Tell a person what happens; programs get it all at the end."""
        if not self.quiet:
            print(text, flush=True)

    def build(self) -> None:
        """Lay out the workspace, start the emulator, open the database, start the service."""
        from newsletter.conf.config import load, use_config
        from newsletter.conf.workspace import lay_out
        from newsletter.demo import processes
        from newsletter.runtime.listening import bind_web

        self.say(f"Workspace   {self.place}")
        path = lay_out(self.place, site_name=NAME)
        forget_variables()
        os.environ |= {
            "NEWSLETTER_CONFIG": str(path),
            "NEWSLETTER_SENDGRID_BASE_URL": self.emulator,
            # The story tells what happens.
            "NEWSLETTER_LOGGING_LEVEL": "warning",
        }
        config, sockets = bind_web(load())
        use_config(config)
        process = processes.start_emulator(self.place / "emulator", self._emulator_port)
        self._running.callback(processes.stop_process, process)
        self.say(f"Emulator    {self.emulator}  (a local SendGrid)")
        self.config: Config = make_own_database()
        from newsletter.runtime.service import Service

        self.service: Service = Service(self.config, sockets=sockets)
        self.service.start()
        self._running.callback(self.service.stop)
        self.say(f"Service     {self.service.address}  (web, clock, senders)")

    def play(self, size: int) -> Outcome:
        """Import, render, queue, and watch the schedule send."""
        from newsletter.demo import story
        from newsletter.publishing.models import Publication

        self.watch: Stopwatch = story.Stopwatch()
        publication = Publication.objects.get()
        story.complete_publication(publication)
        with self.watch.stage("import the issue"):
            issue = story.import_sample(publication)
        self.say(f"Issue       {issue.title}")
        with self.watch.stage("render mail, text and .eml"):
            self.files = story.render(issue, self.place / "rendered")
        with self.watch.stage("import the people"):
            people, report = story.import_crowd(publication, self.place, size)
        self.say(
            f"People      {report.added} imported, {len(report.folded)} folded into others, "
            f"{len(report.bad)} refused as malformed"
        )
        self.send: Send = story.queue_for_slot(issue, self.config)
        self.say(f"Slot        {format_time(self.send.at, publication.time_zone)}")
        self.follow(publication)
        with self.watch.stage("check every sum"):
            return story.take_stock(self.send, people, self.emulator)

    def follow(self, publication: Publication) -> None:
        """Show a progress bar while the schedule does its work."""
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        from newsletter.demo import story

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=Console(quiet=self.quiet)) as progress:
            bar = progress.add_task(f"{publication.name}: waiting for the slot", total=None)
            for accepted in story.watch_send(self.send):
                progress.update(
                    bar,
                    completed=accepted,
                    total=self.send.planned or None,
                    description=self.send.get_state_display(),
                )
        started, finished = self.send.started_at, self.send.finished_at
        if started and finished:
            self.watch.seconds["plan and submit"] = (finished - started).total_seconds()

    def tell(self, outcome: Outcome, *, as_json: bool, keep: bool) -> None:
        """Print the account, the places to look, and the times."""
        if as_json:
            print_result(self.summary(outcome), as_json=True, text="")
            return
        counted = outcome.account
        rows: list[tuple[str, object]] = [
            ("candidates", counted.candidates),
            *((f"  left out: {reason}", n) for reason, n in counted.excluded.items()),
            ("planned", counted.planned),
            *((f"  {state}", n) for state, n in counted.deliveries.items()),
            ("mails in the emulator", outcome.arrived),
        ]
        print_table((f"Send {self.send.pk}: {self.send.get_state_display()}", "People"), rows)
        print_table(("Stage", "Seconds"), [(k, f"{v:.2f}") for k, v in self.watch.seconds.items()])
        print(f"Rendered    {self.place / 'rendered'}  ({', '.join(p.suffix for p in self.files)})")
        for words in outcome.doubts:
            print(f"DOES NOT AGREE: {words}")
        if not outcome.doubts:
            print("Every sum agrees: each person once, nobody who left.")
        self.show_the_way(keep=keep)

    def show_the_way(self, *, keep: bool) -> None:
        """Say where to read the mails, now or later."""
        if not keep:
            print("Emulator and service stop now: the addresses above lead nowhere any more.")
            print(f"Mails       newsletter emulator --dir {self.place / 'emulator'}")
            print("            (or run it all again and leave it on: newsletter demo --keep)")
            return
        from newsletter.desk.accounts.links import welcome_link

        print(f"Mails       {self.emulator}")
        print(f"Web page    {self.service.address}")
        print(f"Desk        {welcome_link() or self.service.address + '/admin/'}")
        print("Everything runs until Ctrl-C.")

    def summary(self, outcome: Outcome) -> dict[str, Any]:
        """Return all of it for programs."""
        counted = outcome.account
        return {
            "folder": str(self.place),
            "emulator": self.emulator,
            "web": self.service.address,
            "send": self.send.pk,
            "state": self.send.state,
            "candidates": counted.candidates,
            "excluded": dict(counted.excluded),
            "planned": counted.planned,
            "deliveries": dict(counted.deliveries),
            "arrived": outcome.arrived,
            "seconds": self.watch.seconds,
            "files": [str(path) for path in self.files],
            "agrees": not outcome.doubts,
            "doubts": list(outcome.doubts),
        }
