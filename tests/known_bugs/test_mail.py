"""What is in a mail, and what becomes of it: scanners, headers, events, two who write at once."""

from __future__ import annotations

import base64
import datetime as dt
import random
import re
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.models import Issue, Publication
from newsletter.sending.models import Send
from newsletter.sending.reporting.totals import count_send
from newsletter.tracking.models import DailyEventCount, Event
from newsletter.transports.maildir.submission import MaildirTransport
from newsletter.transports.memory import MemoryTransport
from newsletter.transports.sendgrid.submission import SendGridTransport
from sendgrid_emulator import Emulator
from sendgrid_emulator.state.messages import Message
from subscribers.models import Subscription, Suppression
from tests import desks, sends
from tests.known_bugs.conftest import submit_mail
from tests.unit.desk.test_composer import form
from tests.unit.sending.conftest import AddPeople
from tests.unit.tracking.conftest import event, tell

Start = Callable[..., Send]
LINK = re.compile(r"https?://[^\s\"'<>)]+")


@pytest.fixture
def mailed(
    start: Start, add_people: AddPeople, sendgrid: Emulator, transport: SendGridTransport
) -> Callable[[], Message]:
    """Send the issue to one person, and return the mail."""

    def send() -> Message:
        add_people(1)
        start()
        submit_mail(transport)
        [mail] = sendgrid.mailbox
        return mail

    return send


@pytest.mark.parametrize("later", [0, 10, 240, 24 * 3600])
def test_usesend_scanner_unsubscribes(
    mailed: Callable[[], Message], client: Client, later: int
) -> None:
    """Whatever fetches every link of a mail, at once or a day later, takes nobody off a list.

    useSend #412, Keila (it guards the first three minutes only), craft-campaign #546.
    """
    mail = mailed()
    found = " ".join([mail.html, mail.text, mail.headers["List-Unsubscribe"]])
    ours = {urlsplit(link).path for link in LINK.findall(found) if "127.0.0.1" in link}
    assert any(path.startswith("/u/") for path in ours)

    with time_machine.travel(timezone.now() + dt.timedelta(seconds=later)):
        for path in ours:
            for method in (client.get, client.head):
                answer = method(path, follow=True)
                assert answer.status_code == 200
                answer.getvalue()  # to its end, so that its file is closed

    assert Subscription.objects.get().state == "active"
    assert not Suppression.objects.exists()


def test_ghost_machines_open_and_click(start: Start, add_people: AddPeople) -> None:
    """Opens by a proxy, and all links clicked within a second, are proof and nothing more.

    Ghost #30388 and listmonk #1025: half of a list "opened" within a minute.  Nothing of what
    readers open or click is kept here, so no figure can be wrong by it.
    """
    add_people(2)
    send = start()
    submit_mail(MemoryTransport())
    first = send.deliveries.order_by("pk")[0]
    before = count_send(send)

    links = [event(first, "click", url=f"https://example.org/{n}") for n in range(20)]
    tell(event(first, "open", sg_machine_open=True), *links)

    assert count_send(send) == before
    assert not Event.objects.exists()
    assert DailyEventCount.objects.get(sort=DailyEventCount.Sort.IGNORED).count == 21


KANA = "カナダの港でさばが泳ぐ、そして海の町の人々が毎朝それを見に来る。" * 2


@pytest.mark.parametrize(
    "subject",
    [
        pytest.param(KANA[:60], id="sixty-kana"),
        pytest.param("Reed beds 葦の浄化力 and ferries 連絡船の話 in one line", id="mixed"),
        *(pytest.param("a" * lead + "🎏🌊👩‍🚀" * 8, id=f"emoji-{lead}") for lead in range(4)),
    ],
)
def test_mail_libraries_cut_characters_in_two(
    issue: Issue, start: Start, add_people: AddPeople, tmp_path: Path, subject: str
) -> None:
    """A long subject is cut between characters, every piece is whole, and so are long links.

    mikel/mail #1288, genkgo/mail #96.
    """
    url = "https://example.org/" + "long-way/" * 40
    issue.subject = subject
    issue.body = [("text", f'<p><a href="{url}">The whole way</a></p>')]
    issue.save_revision()
    add_people(1)
    start()
    submit_mail(MaildirTransport(tmp_path / "maildir"))

    [file] = (tmp_path / "maildir" / "new").iterdir()
    raw = file.read_bytes()
    mail = message_from_bytes(raw, policy=policy.SMTP)
    head = raw.partition(b"\r\n\r\n")[0].replace(b"\r\n", b"\n").decode("ascii")
    words = re.findall(r"=\?utf-8\?b\?([^?]+)\?=", head, re.IGNORECASE)

    assert mail["Subject"] == subject
    assert words
    assert all(base64.b64decode(word).decode() for word in words)
    assert max(map(len, head[head.index("Subject:") :].split("\n")[:3])) <= 78
    text = mail.get_body(("plain",))
    assert text
    assert url in text.get_content()


@pytest.mark.django_db
def test_ghost_events_cost_queries_each() -> None:
    """Ten thousand events at once, shuffled, repeated, some for strangers, cost few queries.

    Ghost #25294: two queries for each event, so 50 in a second.
    """
    send = sends.begin_send(2_490, batch_size=1000)
    submit_mail(MemoryTransport())
    events = [
        event(delivery, name)
        for delivery in send.deliveries.order_by("pk")
        for name in ("processed", "delivered")
    ]
    strangers = [
        {**each, "nl_attempt": "0" * 32, "sg_event_id": f"x{n}"}
        for n, each in enumerate(events[:40])
    ]
    burst = [*events, *events, *strangers]
    random.Random(7).shuffle(burst)

    with CaptureQueriesContext(connection) as asked:
        tell(*burst)

    assert len(burst) == 10_000
    assert len(asked) < 200
    assert count_send(send).deliveries == {"delivered": 2_490}
    assert Event.objects.count() == 2_490


def test_ghost_overwrites_the_other_editor(publication: Publication) -> None:
    """Of two who write at one issue neither loses a word, and what is saved late is not hidden.

    Ghost #9841: one editor was offline for half an hour, then saves.
    """
    issue = desks.draft(publication)
    ann, ben = Client(), Client()
    ann.force_login(desks.member("Writers", "ann"))
    ben.force_login(desks.member("Writers", "ben"))
    url = f"/admin/pages/{issue.pk}/edit/"
    seen = issue.get_latest_revision()
    loaded = {
        "loaded_revision_id": str(seen.pk),
        "loaded_revision_created_at": seen.created_at.isoformat(),
    }

    ben.post(url, form(headline="Written by Ben", **loaded))
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=30)):
        late = ann.post(
            url,
            form(headline="Written by Ann", **loaded),
            headers={"accept": "application/json"},
        )
    assert late.json()["success"] is False
    assert headline(draft_of(Issue.objects.get())) == "Written by Ben"

    ann.post(url, form(headline="Written by Ann", **loaded))
    written = {headline(each.as_object()) for each in issue.revisions.all()}
    assert {"Written by Ann", "Written by Ben"} <= written


def headline(issue: Issue) -> str:
    """Return the first headline of a draft."""
    first: str = issue.body[0].value["items"][0]["headline"]
    return first


@pytest.mark.parametrize("template", ["digest", "letter", "roundup"])
def test_listmonk_composer_forgets_the_unsubscribe_link(
    issue: Issue, publication: Publication, mailed: Callable[[], Message], template: str
) -> None:
    """Whatever is composed, the mail has an unsubscribe link, a text part and a postal address.

    listmonk #2786: none of them in its visual mode.
    """
    publication.template = template
    publication.save()
    issue.body = [desks.digest("Reed beds", "Ferries")]
    issue.save_revision()

    mail = mailed()

    link = mail.headers["List-Unsubscribe"].strip("<>")
    assert f'href="{link}"' in mail.html
    assert link in mail.text
    assert "Ferries" in mail.text
    assert "7 Quay Street" in mail.html
    assert "7 Quay Street" in mail.text
