"""Who is mailed: where other systems mail people twice, who have left, or stop half-way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from newsletter.errors import ImportRejected
from newsletter.publishing.models import Issue, Publication
from newsletter.sending.delivery import dispatch, recovery
from newsletter.sending.models import Send
from newsletter.sending.operations import control
from newsletter.sending.planning import audience
from newsletter.sending.planning.queue import queue
from newsletter.sending.reporting.totals import count_send
from newsletter.sending.workers.embedded import EmbeddedEngine
from newsletter.transports.memory import MemoryTransport
from subscribers.importing.applying import import_file
from subscribers.importing.reading import Reading
from subscribers.importing.staging import Line
from subscribers.importing.tables import Row
from subscribers.models import List, Subscriber, Subscription
from subscribers.subscriptions import subscribe, unsubscribe
from tests import desks, sends
from tests.fakes import LEASE
from tests.known_bugs.conftest import submit_mail
from tests.program.workspaces import wait_until
from tests.unit.sending.conftest import MAX_DELAY, AddPeople, Configure
from tests.unit.tracking.conftest import event, tell

TIMEOUT_SECONDS = 60.0
Start = Callable[..., Send]


def mailed(transport: MemoryTransport) -> Counter[str]:
    """Return how often each address was submitted."""
    return Counter(transport.addresses())


def test_ghost_person_on_two_lists_gets_two_mails(
    issue: Issue, publication: Publication, readers: List, start: Start, tmp_path: Path
) -> None:
    """On two lists, imported twice, in other letters: one person, one mail.

    Ghost #12259 (a missing DISTINCT) and listmonk #1962.
    """
    second = List.objects.create(name="Partners", slug="partners")
    publication.lists.add(second)
    file = tmp_path / "people.csv"
    file.write_text("email\nann@tideline.example\nANN@Tideline.Example\nAnn@tideline.example \n")
    for into in (readers, second, readers):
        import_file(file, into)

    send, transport = start(), MemoryTransport()
    submit_mail(transport)

    assert count_send(send).candidates == 1
    assert mailed(transport) == {"ann@tideline.example": 1}


def test_listmonk_page_of_unconfirmed_ends_the_send(
    issue: Issue, start: Start, add_people: AddPeople, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages of people who are not to be mailed, even a batch they all leave, end nothing.

    listmonk #1931: a page of unconfirmed people counts as the end of the list.
    """
    monkeypatch.setattr(audience, "CHUNK", 5)
    add_people(12, state="pending")
    leaving = add_people(2, start=20)
    staying = add_people(3, start=30)

    send, transport = start(batch_size=2), MemoryTransport()
    for person in leaving:
        unsubscribe(person.pk)
    submit_mail(transport)
    recovery.close_finished_sends()

    assert mailed(transport) == {person.email: 1 for person in staying}
    counted = count_send(send)
    assert (counted.candidates, counted.excluded) == (17, {"pending": 12})
    send.refresh_from_db()
    assert send.state == Send.State.SENT


@pytest.mark.parametrize(
    "what", [("bounce", {"type": "bounce"}), ("spamreport", {}), ("unsubscribe", {})]
)
def test_keila_unsubscribed_meanwhile_is_mailed(
    publication: Publication,
    issue: Issue,
    start: Start,
    add_people: AddPeople,
    what: tuple[str, dict[str, str]],
) -> None:
    """Who leaves, bounces or complains between the counting and the claim is not mailed.

    Keila (`delivery_worker.ex` never looks again) and Ghost (a frozen list).
    """
    first, _ = add_people(2)
    transport = MemoryTransport()
    past = start()
    submit_mail(transport)
    send = queue(desks.draft(publication, 2), at=timezone.now(), batch_size=10)
    dispatch.start_due(timezone.now(), late=MAX_DELAY)

    name, fields = what
    tell(event(past.deliveries.get(subscriber=first), name, **fields))
    submit_mail(transport)

    assert count_send(send).planned == 2
    assert count_send(send).deliveries == {"accepted": 1, "excluded": 1}
    assert mailed(transport)[first.email] == 1


@pytest.mark.django_db(transaction=True)
def test_listmonk_resume_mails_some_again_and_others_never(configure: Configure) -> None:
    """Paused, given another rate, restarted and let go on over and over: once each.

    listmonk #2070 and #2313 (resumed, it mails people three to five times), #2168, #2921.
    """
    send, transport = sends.begin_send(90, batch_size=3), MemoryTransport()
    for per_second in (0, 50, 0):
        configure(rates={"per_second": per_second})
        engine = EmbeddedEngine(transport, senders=2, lease=LEASE)
        engine.start()
        for _ in range(5):
            control.pause(send)
            control.resume(send)
        control.pause(send)
        assert engine.stop(TIMEOUT_SECONDS)
        control.resume(send)

    engine = EmbeddedEngine(transport, senders=2, lease=LEASE)
    engine.start()
    wait_until(lambda: count_send(send).deliveries == {"accepted": 90}, TIMEOUT_SECONDS)
    assert engine.stop(TIMEOUT_SECONDS)
    assert len(mailed(transport)) == 90
    assert set(mailed(transport).values()) == {1}


def test_listmonk_import_brings_people_back(readers: List, tmp_path: Path) -> None:
    """A table as spreadsheets write it is taken as it is, and whoever has left stays away.

    listmonk #2008 (an import overwrote who had left) and #65 (a byte order mark).
    """
    gone = Subscriber.objects.create(email="gone@tideline.example")
    Subscription.objects.create(subscriber=gone, list=readers, state="unsubscribed")
    rows = [
        "email;name;attributes",
        'ann@tideline.example;"Abe; Ann";"{""city"": ""Bergen""}"',
        "ben@tideline.example;;",
        "gone@tideline.example;Gone;",
        "not an address;Nobody;",
    ]
    file = tmp_path / "people.csv"
    file.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(rows).encode())

    tried, done = (import_file(file, readers, dry_run=dry) for dry in (True, False))

    assert (done.rows, done.added, done.unsubscribed) == (4, 2, 1)
    assert [bad.line for bad in done.bad] == [5]
    assert (tried.added, tried.kept_out, tried.bad) == (done.added, done.kept_out, done.bad)
    ann = Subscriber.objects.get(key="ann@tideline.example")
    assert ann.name == "Abe; Ann"
    assert Subscription.objects.get(subscriber=gone).state == "unsubscribed"
    assert not subscribe(gone, readers, source="by hand")


def test_listmonk_import_stopped_half_way(readers: List, tmp_path: Path) -> None:
    """However many rows: all come in, or, where the file is broken near its end, none.

    listmonk #1547 and #2008.
    """
    lines = ["email"] + [f"reader{number}@tideline.example" for number in range(100_000)]
    broken, whole = tmp_path / "broken.csv", tmp_path / "whole.csv"
    whole.write_text("\n".join(lines))
    broken.write_bytes(whole.read_bytes() + b'\n"no end')

    with pytest.raises(ImportRejected, match="100002"):
        import_file(broken, readers)
    assert not Subscriber.objects.exists()

    assert import_file(whole, readers).added == 100_000
    if connection.vendor == "postgresql":
        # Else keys may be checked by a plan of an earlier test, made when the table was empty.
        with connection.cursor() as cursor:
            cursor.execute("DISCARD PLANS")


def test_listmonk_import_called_off_half_way(
    readers: List, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Called off in the middle, by whatever ends the process, an import has changed nothing.

    listmonk #2008: a stopped import leaves half of the table on the list.
    """
    file = tmp_path / "people.csv"
    file.write_text("email\n" + "\n".join(f"reader{n}@tideline.example" for n in range(5000)))
    real = Reading.read_line

    def called_off(reading: Reading, row: Row) -> Line:
        if row.line == 2500:
            raise KeyboardInterrupt
        return real(reading, row)

    monkeypatch.setattr(Reading, "read_line", called_off)
    with pytest.raises(KeyboardInterrupt):
        import_file(file, readers)
    monkeypatch.undo()

    assert not Subscriber.objects.exists()
    assert import_file(file, readers).added == 5000


def test_listmonk_import_cannot_be_told_apart(readers: List, tmp_path: Path) -> None:
    """Whom a wrong import brought in can be told from all others, and a dry run says it before.

    listmonk #1547: afterwards nobody knows who came from where, so nothing can be undone.
    """
    for name, numbers in (("right", range(3)), ("wrong", range(2, 5))):
        file = tmp_path / f"{name}.csv"
        file.write_text("email\n" + "\n".join(f"reader{n}@tideline.example" for n in numbers))
        tried = import_file(file, readers, dry_run=True)
        assert tried.added == import_file(file, readers).added

    brought = Subscription.objects.filter(source="import of wrong.csv")
    emails = set(brought.values_list("subscriber__email", flat=True))
    assert emails == {"reader3@tideline.example", "reader4@tideline.example"}


def test_listmonk_blank_name_shows_in_the_mail(readers: List, start: Start, tmp_path: Path) -> None:
    """Somebody without a name, or with one of spaces, is greeted as a reader, not with a gap.

    listmonk #65: what a table leaves blank comes out as it is.
    """
    file = tmp_path / "people.csv"
    file.write_text("email,name\nann@tideline.example,\nben@tideline.example,   \n")
    import_file(file, readers)
    start()
    sent = MemoryTransport()

    submit_mail(sent)

    [(message, people)] = sent.submitted
    [tag] = [tag for tag in people[0].values if f"Good morning, {tag}." in message.text]
    assert [person.values[tag] for person in people] == ["reader", "reader"]
