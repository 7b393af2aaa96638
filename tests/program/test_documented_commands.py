"""Each command that the documents show does what it is shown for, in a workspace that has it all.

Commands run in this process.  Each one of the reference begins in the workspace as it was; those of
another block do one after the other, and the next block begins as the first did.  A command that
starts a program, waits for somebody or asks the world is only parsed (`PARSED`): its own tests are
named there.  The parser is asked about every line in `tests/repository/test_code_blocks.py`.
"""

from __future__ import annotations

import datetime as dt
import io
import os
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from pytest_django.fixtures import Settings

from newsletter import cli
from newsletter.cli.failures import run
from newsletter.conf.config import load
from newsletter.errors import OutcomeUnknown
from newsletter.publishing.models import Publication
from newsletter.sending.delivery import claims, dispatch
from newsletter.sending.models import Send
from newsletter.sending.planning.queue import queue
from newsletter.transports.memory import MemoryTransport
from sendgrid_emulator import Emulator
from subscribers.addresses import key_of
from subscribers.bulk.models import BulkRun
from subscribers.importing.models import ImportRun
from subscribers.models import List, SigningKey, Subscriber, Subscription
from subscribers.segments.saved import create_segment
from tests import desks
from tests.document_blocks import BLOCKS, words_of
from tests.environment import ROOT
from tests.program.workspaces import ISSUE
from tests.publications import create_publication
from tests.spreadsheet_files import xlsx

#: The Monday before the first slot.
NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
#: Pages on which each command stands for itself.
EACH_ALONE = ("reference/commands.md", "how-to/events.md")

#: Commands that are only parsed: why, and which tests run them.
PARSED = {
    "demo": "starts programs: test_main_job.py",
    "init": "makes a database of its own: test_init.py",
    "serve": "stays: test_serve.py",
    "worker": "stays: test_fleet.py",
    "emulator": "stays: test_readme.py",
    "restore": "replaces the database: test_restore.py",
    "move": "needs another database: test_move_postgres.py",
    "backup": "reads the files of a whole workspace: test_backup.py",
    "compact": "nobody may have the database open: test_compacting_sqlite.py",
    "doctor": "asks the world: test_tutorials.py",
    "django": "waits for somebody who types: Django's own",
    "template preview": "stays: unit/template_preview/test_server.py",
    "issue accept": "needs a link that is broken: unit/publishing/test_acceptances.py",
    "issue unaccept": "needs one that was accepted: unit/publishing/test_acceptances.py",
    "schedule send": "needs a slot that is held: unit/scheduling/test_holds.py",
    "send release": "needs a canary: unit/sending/test_steering.py",
    "alarm test": "somebody is told: unit/monitoring/test_alarms.py",
    "issue check 3.11 --links --browser": "opens a browser: browser/test_checks.py",
    "events setup --url": "the emulator reaches no such site: test_events.py",
}
#: What must be done first, where the workspace as it is does not have what the command is for.
BEFORE = {
    "issue unqueue": "issue queue 3.11 --next-slot",
    "issue dry-run": "issue queue 3.11 --next-slot",
    "schedule reopen": "schedule skip 2026-12-24 --reason closed",
    "import show": "list import readers.csv --list harbour --basis consent",
    "import undo": "list import readers.csv --list harbour --basis consent",
    "segment create": "segment delete new-readers",
    "send resend": "send cancel {send}",
    "send resume": "send pause {send}",
    "list restore": "list archive harbour",
    "template check harbour": "template new harbour --from letter",
    **dict.fromkeys(
        [f"user {act}" for act in ("disable", "enable", "log-out", "reset", "unlock")],
        "user add ada --email ada@example.org --role writers",
    ),
    "user reset-second-step": "user add ada --email ada@example.org --role writers",
    "suppression remove": "suppression add {2}",
    "subscriber bulk-undo": "subscriber bulk set --segment japan --attribute asia=yes --yes",
}
#: They end with status 1: a person must act still.
UNRESOLVED = ("send resolve 12", "send resolve 12 --again")
#: Pages that are done from beginning to end: test_readme.py and test_tutorials.py.
DONE_WHOLE = ("README.md", "tutorials/")
PAGES = sorted(
    {
        block.page
        for block in BLOCKS
        if any(map(words_of, block.lines)) and not block.page.startswith(DONE_WHOLE)
    }
)
EMAILS = ("ada@example.org", "jane@example.org", "hanako.tanaka@example.jp", "old@old.example")


@pytest.fixture
def workspace(
    db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> Iterator[Path]:
    """A workspace with what the documents name, on the Monday before its first slot."""
    before = os.environ["NEWSLETTER_CONFIG"]
    cli.register()
    (tmp_path / "config.toml").write_bytes((ROOT / "config.toml").read_bytes())
    with Emulator() as sendgrid, time_machine.travel(NOW):
        for name, value in {
            "NEWSLETTER_CONFIG": str(tmp_path / "config.toml"),
            "NEWSLETTER_SENDGRID_BASE_URL": sendgrid.url,
            "SENDGRID_API_KEY": "SG.documented",
        }.items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr("sys.stdin", io.StringIO("y\n" * 10))
        load.cache_clear()
        settings.CONFIG = load()
        make_files(tmp_path)
        make_things()
        yield tmp_path
    monkeypatch.undo()
    os.environ["NEWSLETTER_CONFIG"] = before
    load.cache_clear()


def make_files(folder: Path) -> None:
    """Write the files that the documents name."""
    people = "email,name\nnew@example.org,Ann Abe\n"
    for name in ("readers.csv", "left.csv", "blocked.csv", "bounces.csv"):
        (folder / name).write_text(people, encoding="utf-8")
    (folder / "socios.csv").write_text(people.replace("email", "Correo"), encoding="utf-8")
    (folder / "members.xlsx").write_bytes(xlsx({"Members": [["email"], ["new@example.org"]]}))
    (folder / "password.txt").write_text("a-harbour-at-dusk\n", encoding="utf-8")
    for name, number in (("issue.md", "1.9"), ("posts/12.md", "1.12"), ("old/vol-2-18.md", "2.17")):
        (folder / name).parent.mkdir(exist_ok=True)
        volume, _, numbered = number.partition(".")
        text = ISSUE.replace("volume: 1", f"volume: {volume}")
        (folder / name).write_text(text.replace("number: 1", f"number: {numbered}"))


def make_things() -> None:
    """Store what the documents name."""
    publication = create_publication(
        "Tideline", postal_address="7 Quay Street", starts_on=dt.date(2026, 11, 26)
    )
    readers = publication.lists.get()
    lists = {
        slug: List.objects.create(name=slug.title(), slug=slug)
        for slug in ("harbour", "weekly", "weekly-digest", "events", "friends")
    }
    publication.lists.add(lists["weekly"], lists["weekly-digest"])
    for email in EMAILS:
        person = Subscriber.objects.create(email=email, key=key_of(email), name="Ada")
        for each in (readers, *lists.values()):
            Subscription.objects.create(subscriber=person, list=each, state="active")
    for volume, number in ((2, 18), (2, 19), (3, 11), (3, 12)):
        desks.draft(publication, number, volume=volume, slug=f"vol-{volume}-{number}")
    create_segment("Japan", "email contains .jp", "japan")
    create_segment("New readers", "joined within 90 days", "new-readers")
    SigningKey.objects.create(fingerprint="4f0c9a21")
    make_send(publication)


def make_send(publication: Publication) -> Send:
    """Return a send with one batch whose answer was lost, and one that waits."""
    sent = desks.draft(publication, 10, volume=3, slug="vol-3-10")
    send = queue(sent, at=timezone.now(), batch_size=2)
    dispatch.start_due(timezone.now(), late=dt.timedelta(hours=6))
    batch = claims.next_batch()
    assert batch is not None
    transport = MemoryTransport([OutcomeUnknown("no answer")])
    dispatch.send_batch(batch, transport, lease=dt.timedelta(seconds=120))
    return send


@pytest.mark.parametrize("page", PAGES)
def test_commands_do_what_they_are_shown_for(
    page: str, workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each command ends with status 0."""
    failed: list[str] = []
    made = workspace / "templates"
    for block in BLOCKS:
        if block.page == page:
            lines = [words for line in block.lines if (words := words_of(line))]
            for group in [[words] for words in lines] if page in EACH_ALONE else [lines]:
                with transaction.atomic():
                    failed += [wrong for words in group if (wrong := try_out(words, capsys))]
                    transaction.set_rollback(True)
                shutil.rmtree(made, ignore_errors=True)
    assert not failed, "\n".join(failed)


def try_out(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Run a command as it is shown, after what it presupposes; return what went wrong."""
    line = " ".join(words)
    if any(line == known or line.startswith(f"{known} ") for known in PARSED):
        return ""
    needed = [given for first, given in BEFORE.items() if f"{line} ".startswith(f"{first} ")]
    before = [shlex.split(given.format(*words, send=send_id())) for given in needed]
    for each in map(in_this_workspace, [*before, words]):
        status = execute(each)
        said = capsys.readouterr()
        if status != (1 if line in UNRESOLVED else 0):
            return f"newsletter {shlex.join(each)}: {status}: {said.out}{said.err}"
    return ""


def in_this_workspace(words: list[str]) -> list[str]:
    """Return a command with the numbers that things have here, and without what a shell does."""
    words = words[: words.index(">")] if ">" in words else words
    if words[:2] == ["list", "import"] and "--list" not in words:
        return [*words, "--list", "tideline"]  # a workspace with one list needs no such option
    numbers = {
        "send": Send,
        "import": ImportRun,
        "subscriber": BulkRun,
    }
    if "--batch" in words:
        words[words.index("--batch") + 1] = "1"
    if (model := numbers.get(words[0])) and words[2:] and words[2].isdecimal():
        words[2] = str(model.objects.latest("pk").pk)
    return words


def execute(words: list[str]) -> int:
    """Run a command, and return its exit status."""
    with pytest.raises(SystemExit) as left:
        run(cli.app, words)
    assert isinstance(left.value.code, int)
    return left.value.code


def send_id() -> int:
    """Return the number of the one send."""
    return Send.objects.latest("pk").pk
