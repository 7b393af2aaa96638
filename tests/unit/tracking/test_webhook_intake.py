"""Posts are taken at once, believed only when signed, and read once."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from newsletter.sending.models import Send
from newsletter.tracking import event_handlers, webhook_intake
from newsletter.tracking.models import DailyEventCount, Event, Post
from newsletter.tracking.views import MAX_POST_BYTES
from sendgrid_emulator.events.signature import Signer
from tests.unit.tracking.conftest import SubmitMail, event

PATH = "/events/sendgrid"


@pytest.fixture
def signer(monkeypatch: pytest.MonkeyPatch) -> Signer:
    """A key pair whose public key is accepted."""
    signer = Signer()
    monkeypatch.setenv("SENDGRID_WEBHOOK_KEYS", signer.public_key)
    return signer


def body_of(*events: object) -> bytes:
    """Return the body of a post."""
    return json.dumps(events).encode() + b"\r\n"


def post(body: bytes, signer: Signer, when: float | None = None) -> int:
    """Post a body signed by a key, and return the status of the answer."""
    headers = signer.headers(body, int(when or time.time()))
    answer = Client(enforce_csrf_checks=True).post(
        PATH, data=body, content_type="application/json", headers=headers
    )
    return answer.status_code


@pytest.mark.django_db
def test_a_signed_post_is_kept_byte_for_byte(signer: Signer) -> None:
    """It is answered with 204 before anything of it is read."""
    body = b'[{"event":"delivered", "odd" : "\xc3\xa9"}]\r\n'

    assert post(body, signer) == 204
    assert bytes(Post.objects.get().body) == body
    assert not DailyEventCount.objects.exists()


@pytest.mark.django_db
def test_nothing_of_an_unsigned_post_is_kept(
    signer: Signer, caplog: pytest.LogCaptureFixture
) -> None:
    """Another key, an old timestamp and missing headers are refused alike, and logged in words."""
    body = body_of({"email": "reader@example.org"})

    assert post(body, Signer()) == 403
    assert post(body, signer, time.time() - 26 * 3600) == 403
    assert Client().post(PATH, data=body, content_type="application/json").status_code == 403

    assert not Post.objects.exists()
    assert "no key of ours" in caplog.text
    assert "reader" not in caplog.text


@pytest.mark.django_db
def test_without_a_key_nothing_is_taken(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The log names the variable to set."""
    monkeypatch.delenv("SENDGRID_WEBHOOK_KEYS", raising=False)

    assert post(b"[]", Signer()) == 404
    assert not caplog.text, "the system check posts nothing, and nothing is lost"
    assert post(body_of(), Signer()) == 404
    assert "SENDGRID_WEBHOOK_KEYS" in caplog.text
    assert not Post.objects.exists()


@pytest.mark.django_db
def test_a_bad_key_of_ours_loses_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """SendGrid is told to come again, and the log says which key is wrong."""
    monkeypatch.setenv("SENDGRID_WEBHOOK_KEYS", "nonsense")

    assert post(body_of(), Signer()) == 503
    assert "key 1 is not a public key" in caplog.text


@pytest.mark.django_db
def test_what_is_too_large_is_not_read(signer: Signer) -> None:
    """A post of more than two megabytes is refused, signed or not."""
    assert post(b"[" + b" " * MAX_POST_BYTES + b"]", signer) == 413
    assert not Post.objects.exists()


@pytest.mark.django_db
def test_only_posts_are_taken(signer: Signer) -> None:
    """Looking at the address does nothing."""
    assert Client().get(PATH).status_code == 405


@pytest.mark.django_db
def test_a_replayed_post_changes_nothing(signer: Signer, submit_mail: SubmitMail) -> None:
    """The same bytes with the same signature, taken again, count as told before."""
    delivery = submit_mail(1).deliveries.get()
    body = body_of(event(delivery, "delivered"))
    for _ in range(3):
        assert post(body, signer) == 204
        webhook_intake.read_all()

    assert Event.objects.count() == 1
    assert dict(DailyEventCount.objects.values_list("sort", "count")) == {"new": 1, "repeated": 2}
    assert not Post.objects.exists()


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the reading of one word fail as nobody foresaw."""
    handle_events = webhook_intake.handle_events

    def fail(facts: Any) -> Any:
        if any(fact.key == "poison" for fact in facts):
            raise ZeroDivisionError("reader@example.org")
        return handle_events(facts)

    monkeypatch.setattr(webhook_intake, "handle_events", fail)


def keep(*events: object) -> Post:
    """Have a post wait to be read."""
    body = body_of(*events)
    return Post.objects.create(provider="sendgrid", body=body, size=len(body))


@pytest.mark.django_db
@pytest.mark.usefixtures("poison")
def test_a_post_that_cannot_be_read_stops_no_other(
    submit_mail: SubmitMail, caplog: pytest.LogCaptureFixture
) -> None:
    """It waits, longer each time, says why without what is in it, and is not lost."""
    one, two = submit_mail(2).deliveries.all()
    keep(event(one, "delivered"))
    bad = keep(event(one, "delivered", sg_event_id="poison"))
    keep(event(two, "delivered"))

    webhook_intake.read_all()

    assert Event.objects.count() == 2
    bad.refresh_from_db()
    assert bad.failures == 1
    assert "ZeroDivisionError in test_webhook_intake.py" in bad.fault
    assert bad.not_before
    assert bad.not_before > timezone.now()
    assert "reader@example.org" not in caplog.text + bad.fault


@pytest.mark.django_db
def test_a_post_is_read_whole_or_not_at_all(
    submit_mail: SubmitMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that dies over the last step leaves the post, and nothing half done."""
    send = submit_mail(1)
    keep(event(send.deliveries.get(), "spamreport"))

    class Killed(BaseException):
        """Stands for the end of the process."""

    def die(_counts: object) -> None:
        raise Killed

    monkeypatch.setattr(webhook_intake, "add_counts", die)
    with pytest.raises(Killed):
        webhook_intake.read_next()
    monkeypatch.undo()
    assert (Post.objects.count(), Event.objects.count()) == (1, 0)
    assert send.deliveries.get().outcome is None

    webhook_intake.read_all()
    assert send.deliveries.get().outcome == "complained"


@pytest.mark.django_db
def test_large_posts_are_read_one_by_one() -> None:
    """The write lock is given back between them; small ones are read together."""
    for size in (300_000, 300_000, 10, 10):
        Post.objects.create(provider="sendgrid", body=b"[]", size=size)

    steps = 0
    while webhook_intake.read_next():
        steps += 1

    assert steps == 2


@pytest.fixture
def sent(submit_mail: SubmitMail) -> Send:
    """A send of which everybody can see, also other threads."""
    return submit_mail(20)


@pytest.mark.django_db(transaction=True)
def test_two_readers_share_the_posts(sent: Send) -> None:
    """Every event is counted once, however many threads read."""
    for delivery in sent.deliveries.all():
        keep(event(delivery, "processed"), event(delivery, "delivered"))

    def read(_reader: int) -> None:
        try:
            while Post.objects.exists():
                webhook_intake.read_next()
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as readers:
        list(readers.map(read, range(3)))

    assert dict(DailyEventCount.objects.values_list("sort", "count")) == {
        "new": 20,
        "proof_only": 20,
    }
    assert sent.deliveries.filter(outcome="delivered").count() == 20


def test_the_reader_and_the_table_of_acts_agree() -> None:
    """The database refuses a second act of a reader for the same kinds as the reader does."""
    (constraint,) = Event._meta.constraints

    assert set(constraint.condition.children[0][1]) == set(event_handlers.READER_ACTIONS)  # type: ignore[attr-defined]


@pytest.mark.django_db
@pytest.mark.parametrize("provider", ["nobody", "maildir", "sendgrid"])
def test_who_posts_no_events_has_no_address(provider: str) -> None:
    """A provider that we do not know, that posts none, or without keys: there is no such page."""
    answer = Client().post(f"/events/{provider}", data=b"[]", content_type="application/json")

    assert answer.status_code == 404
    assert not Post.objects.exists()
