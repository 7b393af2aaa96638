#!/usr/bin/env python3
"""Write what a release is to those who upgrade from it, into tests/releases/VERSION/.

`make release-data` before a release is tagged, from the code of the release.  It plays a few days
of a small newsletter in a workspace of its own, against an emulator of SendGrid: writing,
approving, sending, events, what goes wrong.  Then it writes down the rows of the database, with
the migrations that made its tables.  `tests/program/test_upgrades.py` upgrades from there.

A release that is out is never written again.  Until then `ARGS=--renew` does.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import sqlite3
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsletter.conf.workspace import lay_out
from newsletter.runtime.startup import create_database
from sendgrid_emulator import Emulator
from tests.releases.release import (
    OUR_APPS,
    Release,
    hash_migrations,
    read_tables,
    write_tables,
)

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from newsletter.publishing.models import Issue, Publication
    from newsletter.runtime.service import Service
    from newsletter.sending.models import Send

ROOT = Path(__file__).resolve().parent.parent
NAME = "Tideline Digest"
ADDRESS = "Tideline, 7 Quay Street, Harbour Town"
#: It signs links in mails to invented people, and nothing else.
SIGNING_KEY = "a-key-of-test-data-that-signs-nothing-else-than-links-to-nobody"
#: Seconds that a step of the story may take.
STEP_TIMEOUT_SECONDS = 120.0
#: Of some the emulator reports what their name says.
PEOPLE = """\
email,name,city
aiko@tideline.example,Aiko Abe,Osaka
bjorn@tideline.example,Björn Eriksson,Bergen
carmen@tideline.example,Carmen García,Valparaíso
haruto@tideline.example,春人 木村,大阪
noor@tideline.example,Noor Haddad,
left@tideline.example,Lena Fischer,Lisbon
erased@tideline.example,Olu Okafor,Lagos
suppressed@tideline.example,Tariq Ahmadi,Halifax
bounce@tideline.example,,
block@tideline.example,,
spam@tideline.example,,
defer2@tideline.example,,
"""
TEXT = """\
---
title: Tideline Digest Vol 1.{number}
volume: 1
number: {number}
date: 2026-12-{number:02}
subject: {subject}
---

Good morning, [first_name|reader].

## {subject}

What **Vol 1.{number}** says of it, with [all figures](https://example.org/tideline/{number}).
"""


def main() -> None:
    """Live a few days, and write down what came of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--renew", action="store_true", help="write a release again")
    renew = parser.parse_args().renew
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    release = Release(project["version"])
    if release.folder.exists() and not renew:
        sys.exit(f"{release.folder.relative_to(ROOT)} is there: is {release.version} out already?")
    with tempfile.TemporaryDirectory(prefix="fortnight-release-") as folder:
        database = live(Path(folder) / "workspace")
        with closing(sqlite3.connect(database)) as rows:
            write(release, rows)
    print(f"wrote {release.folder.relative_to(ROOT)}/, to be committed with the release")


def live(folder: Path) -> Path:
    """Play the story in a new workspace; return its database."""
    config = lay_out(folder, site_name=NAME)
    database = folder / "var" / "newsletter.sqlite3"
    (folder / "var").mkdir(mode=0o700)
    (folder / "var" / "signing.key").write_text(SIGNING_KEY, encoding="ascii")
    (folder / "var" / "signing.key").chmod(0o600)
    with Emulator() as sendgrid:
        webhook = sendgrid.post_events_to("http://127.0.0.1:9/")
        os.environ |= {
            "NEWSLETTER_CONFIG": str(config),
            "NEWSLETTER_DATABASE_URL": f"sqlite:///{database}",
            "NEWSLETTER_SENDGRID_BASE_URL": sendgrid.url,
            "NEWSLETTER_SENDING_BATCH_SIZE": "3",
            "NEWSLETTER_SENDING_UNDO_SECONDS": "0",
            "NEWSLETTER_WEB_PORT": "0",
            "SENDGRID_WEBHOOK_KEYS": webhook.signer.public_key,
        }
        settings = create_database(NAME, ADDRESS)
        from django.db import connection

        from newsletter.runtime.service import Service
        from subscribers.keys import check_keys

        check_keys()
        service = Service(settings)
        service.start()
        try:
            webhook.url = f"{service.address}/events/sendgrid"
            Story(folder, sendgrid, service).play()
        finally:
            service.stop()
        connection.close()
    return database


class Story:
    """What happens, in order.  The service sends meanwhile."""

    def __init__(self, folder: Path, sendgrid: Emulator, service: Service) -> None:
        from newsletter.publishing.models import Publication

        self.folder, self.sendgrid, self.service = folder, sendgrid, service
        self.publication: Publication = Publication.objects.get()

    def play(self) -> None:
        """Play it."""
        self.add_people()
        self.writer, self.approver = self.add_user("wanda", "Writers"), self.add_user("ines", "")
        self.send_first_issue()
        self.send_with_lost_answer()
        self.change_people()
        self.preschedule()
        self.plan_ahead()
        self.add_rare_rows()

    def add_people(self) -> None:
        """Import a file, and have some on a second list."""
        from subscribers.importing.applying import import_file
        from subscribers.models import List
        from subscribers.people import by_address
        from subscribers.subscriptions import subscribe, unsubscribe
        from subscribers.suppressions import Reason, suppress

        file = self.folder / "people.csv"
        file.write_text(PEOPLE, encoding="utf-8")
        import_file(file, self.publication.lists.get())
        harbour = List.objects.create(name="Harbour news", slug="harbour", description="Monthly.")
        subscribe(by_address("aiko@tideline.example"), harbour, source="preferences")
        unsubscribe(by_address("left@tideline.example").pk)
        suppress("suppressed@tideline.example", Reason.BOUNCED, note="a list of 2019")
        suppress("stranger@elsewhere.example", Reason.MANUAL)

    def add_user(self, name: str, group: str) -> User:
        """Return a new account of the desk; without a group, one that may do everything."""
        from django.contrib.auth.models import Group, User

        user = User.objects.create_user(name, f"{name}@tideline.example", is_superuser=not group)
        user.groups.set(Group.objects.filter(name=group))
        return user

    def write_issue(self, number: int, subject: str) -> Issue:
        """Return a draft of some text, with one revision by the writer."""
        from newsletter.publishing.importing.saving import import_issue

        file = self.folder / f"issue-{number}.md"
        file.write_text(TEXT.format(number=number, subject=subject), encoding="utf-8")
        issue = import_issue(file, self.publication).issue
        issue.save_revision(user=self.writer, log_action=True)
        return issue

    def send_first_issue(self) -> None:
        """Write, check, test, approve, queue for a slot, and send, with a dry run before."""
        from django.conf import settings
        from django.utils import timezone

        from newsletter.demo.story import import_sample, set_rhythm
        from newsletter.scheduling.booking import book_next_slot
        from newsletter.sending.operations import background_dry_run, mail_tests
        from newsletter.sending.planning import approvals
        from newsletter.transports.factory import open_transport

        self.publication.needs_approval = True
        self.publication.save()
        issue = import_sample(self.publication)
        issue.save_revision(user=self.writer, log_action=True)
        transport = open_transport(settings.CONFIG)
        mail_tests.send_test(issue, transport, to=["ines@tideline.example"], by=self.writer)
        self.accept_a_finding(issue)
        approvals.ask_for_approval(issue, by=self.writer, note="The map is new.")
        approvals.send_back(issue, by=self.approver, note="Who made the map?")
        issue.save_revision(user=self.writer, log_action=True)
        approvals.ask_for_approval(issue, by=self.writer, note="Volunteers; it says so now.")
        approvals.approve(issue, by=self.approver, note="Good.")
        set_rhythm(self.publication, timezone.now() + dt.timedelta(seconds=4))
        _, send = book_next_slot(issue, now=timezone.now(), batch_size=3, by=self.approver)
        while background_dry_run.check_next_chunk(send, transport):
            pass
        transport.close()
        self.wait_for_end(send)
        self.wait(lambda: send.deliveries.filter(outcome=None).count() == 0)
        issue.get_latest_revision().publish()

    def accept_a_finding(self, issue: Issue) -> None:
        """Have an acceptance on record, of an issue that has nothing to accept."""
        from newsletter.publishing.checks.known_links import keep_answers
        from newsletter.publishing.models import Acceptance
        from newsletter.rendering.preflight.addresses import Answer

        keep_answers({"https://example.org/gone": Answer(status=404)})
        Acceptance.objects.create(
            issue=issue,
            fingerprint="0" * 64,
            code="link-dead",
            place="A harbour that cleans itself",
            message="https://example.org/gone answers 404",
            reason="It comes back on Thursday.",
            by=self.approver.username,
        )

    def send_with_lost_answer(self) -> None:
        """Lose an answer, pause and resume; an event resolves it."""
        from django.utils import timezone

        from newsletter.sending.models import Evidence
        from newsletter.sending.operations import control
        from newsletter.sending.planning.queue import queue

        self.publication.needs_approval = False
        self.publication.save()
        issue = self.write_issue(2, "Night trains")
        send = queue(issue, at=timezone.now() + dt.timedelta(seconds=3), batch_size=3)
        self.sendgrid.faults.add("accept_then_reset")
        self.wait_for_end(send)
        self.wait(Evidence.objects.exists)
        later = queue(
            self.write_issue(3, "Ferries"), at=timezone.now() + dt.timedelta(days=1), batch_size=3
        )
        control.cancel(later, by="ines")

    def change_people(self) -> None:
        """Take back a suppression, and erase somebody who was mailed."""
        from subscribers.people import by_address
        from subscribers.privacy.erasure import erase_person
        from subscribers.suppressions import remove

        remove("suppressed@tideline.example", why="The mailbox works.", by="ines", confirmed=True)
        erase_person(by_address("erased@tideline.example"))

    def preschedule(self) -> None:
        """Have mail wait at the provider, and somebody leave meanwhile."""
        from django.utils import timezone

        from newsletter.publishing.models import Publication
        from newsletter.sending.models import LateLeaver
        from newsletter.sending.planning.queue import queue

        self.publication.delivery_mode = Publication.DeliveryMode.PRESCHEDULED
        self.publication.preschedule_minutes = 60
        self.publication.save()
        issue = self.write_issue(4, "Cranes")
        send = queue(issue, at=timezone.now() + dt.timedelta(minutes=30), batch_size=3)
        self.wait(lambda: send.batches.count() and not send.batches.exclude(state="accepted"))
        delivery = send.deliveries.earliest("pk")
        LateLeaver.objects.create(send=send, delivery=delivery, left_at=timezone.now())

    def plan_ahead(self) -> None:
        """Queue an issue for a slot to come, skip the one after, leave a draft and a question."""
        from django.conf import settings
        from django.utils import timezone

        from newsletter.scheduling.booking import book_next_slot
        from newsletter.scheduling.slot_changes import skip_slot
        from newsletter.scheduling.slots import next_open
        from newsletter.sending.planning import approvals

        now = timezone.now()
        book_next_slot(
            self.write_issue(5, "Reeds"), now=now, batch_size=settings.CONFIG.sending.batch_size
        )
        skip_slot(next_open(self.publication, now), "Holidays")
        approvals.ask_for_approval(
            self.write_issue(6, "Tides"), by=self.writer, note="For January."
        )

    def add_rare_rows(self) -> None:
        """Add what only comes of trouble: a restore, a limit, news that nobody understood."""
        from django.utils import timezone

        from newsletter.sending.models import (
            AlreadyMailed,
            AuditEntry,
            MissingAttempt,
            Rate,
            Send,
            Submitter,
        )
        from newsletter.throttling.models import Counter
        from newsletter.tracking.models import Post, UnparsedEvent
        from subscribers.people import by_address

        issue = Send.objects.earliest("pk").issue
        missing = MissingAttempt.objects.create(
            key="f" * 32, source="event", state="left-out", send=99, size=1, title=issue.title
        )
        AlreadyMailed.objects.create(
            issue=issue, subscriber=by_address("noor@tideline.example"), attempt=missing
        )
        send = Send.objects.latest("pk")
        AuditEntry.objects.create(send=send, kind="auto_paused", auto_pause="bounces", note="8 %")
        Submitter.objects.create(log="c" * 32, machine="quay", count=7, seen_at=timezone.now())
        Rate.objects.create(key="account", due=time.time() + 0.125)
        Counter.objects.create(key="a" * 64, account="b" * 64, count=2, ends_at=2_000_000_000)
        # Nobody reads it before the next start.
        body, later = b'[{"event": "odd"}]', timezone.now() + dt.timedelta(days=1)
        Post.objects.create(provider="sendgrid", body=body, size=len(body), not_before=later)
        UnparsedEvent.objects.create(why="no such kind", text='{"event": "odd"}')

    def wait_for_end(self, send: Send) -> None:
        """Wait until a send has nothing left to do."""
        self.wait(lambda: type(send).objects.filter(pk=send.pk, state="sent").exists())

    def wait(self, condition: Callable[[], Any]) -> None:
        """Wait for the service to do its work."""
        deadline = time.monotonic() + STEP_TIMEOUT_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                sys.exit(f"after {STEP_TIMEOUT_SECONDS:.0f} s the story does not go on")
            time.sleep(0.1)


def write(release: Release, database: sqlite3.Connection) -> None:
    """Write both files of a release."""
    names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    tables = dict(read_tables(database.cursor(), [name for (name,) in names]))
    applied = database.execute("SELECT app, max(name) FROM django_migrations GROUP BY app")
    facts = {
        "migrations": {app: hash_migrations(app) for app in OUR_APPS},
        "frameworks": {app: name for app, name in applied if app not in OUR_APPS},
        "signing_key": SIGNING_KEY,
    }
    release.folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(facts, indent=2) + "\n"
    (release.folder / "release.json").write_text(text, encoding="utf-8")
    (release.folder / "rows.json").write_text(write_tables(tables), encoding="utf-8")


if __name__ == "__main__":
    main()
