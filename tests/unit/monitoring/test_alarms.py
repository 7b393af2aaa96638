"""Alarms: raised once, told by mail and webhook, over once, and nothing is lost on the way."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from django.core import mail
from django.utils import timezone, translation
from pytest_django.fixtures import Settings

from newsletter import cli
from newsletter.cli.failures import run
from newsletter.monitoring.alarms import conditions, messages, rows
from newsletter.monitoring.alarms.conditions import Condition, Look, find_conditions
from newsletter.monitoring.models import Alarm, AlarmMessage
from newsletter.phrases import phrase
from newsletter.publishing.models import Publication
from newsletter.scheduling.models import Slot
from newsletter.scheduling.slots import NOTHING_QUEUED, TAKEN_BACK
from newsletter.sending.models import Attempt, DatabaseIdentity, Send
from newsletter.sending.restores.identity import ROW
from newsletter.tracking.models import Post
from tests.receiver import Receiver
from tests.unit.tracking.conftest import LOST, SubmitMail

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
DISK = Condition(kind=Alarm.Kind.DISK_LOW, words=phrase("Only 2.0 % of the disk is free: /srv"))
FULL = Look(found=[DISK])


@pytest.fixture
def told(settings: Settings, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Receiver:
    """Two people are mailed, and a webhook is posted to."""
    monitoring = settings.CONFIG.monitoring.model_copy(
        update={"alarm_mail": ("ops@example.org", "night@example.org")}
    )
    settings.CONFIG = settings.CONFIG.model_copy(update={"monitoring": monitoring})
    monkeypatch.setenv("NEWSLETTER_ALARM_WEBHOOK", receiver.url)
    return receiver


def kinds(now: dt.datetime) -> dict[str, str]:
    """Return the conditions found, by kind, in words."""
    return {str(found.kind): str(found.words) for found in find_conditions(now).found}


# What is found


@pytest.mark.django_db
def test_all_is_well(publication: Publication) -> None:
    """Nothing is found where nothing needs a person."""
    assert kinds(timezone.now()) == {}


@pytest.mark.django_db
def test_a_held_send(start: Callable[..., Send], add_people: Callable[..., Any]) -> None:
    """A send that is held says why; one that was paused automatically is of another kind."""
    add_people(1)
    send = start()
    Send.objects.filter(pk=send.pk).update(state="held", note="Nothing was approved in time.")

    [found] = find_conditions(timezone.now()).found

    assert (found.kind, found.key) == ("send-held", f"send:{send.pk}")
    assert str(found.words).endswith("is held. Nothing was approved in time.")
    assert found.path == f"/admin/sends/{send.pk}/"
    Send.objects.filter(pk=send.pk).update(held_by="bounces")
    assert list(kinds(timezone.now())) == ["auto-paused"]


@pytest.mark.django_db
def test_an_unknown_answer(submit_mail: SubmitMail) -> None:
    """A person is told once events and the provider's log had their time."""
    submit_mail(2, answers=[LOST])
    posted = Attempt.objects.get().posted_at
    assert posted

    assert kinds(posted + 59 * MINUTE) == {}
    assert list(kinds(posted + 61 * MINUTE)) == ["unresolved"]


@pytest.mark.django_db
def test_a_database_that_must_not_send() -> None:
    """While nothing is sent, the reason and the way out are said."""
    DatabaseIdentity.objects.update_or_create(
        pk=ROW, defaults={"key": "a", "suspended_at": timezone.now(), "suspended_for": "behind"}
    )

    [found] = find_conditions(timezone.now()).found

    assert str(found.words).startswith("Nothing is sent. This database is older")
    assert "newsletter send resolve" in str(found.fix)


@pytest.mark.django_db
def test_slots(publication: Publication) -> None:
    """A slot that is held, and one that nobody took in ten minutes."""
    now = timezone.now().replace(microsecond=0)
    Slot.objects.all().delete()
    slot = Slot.objects.create(publication=publication, date=now.date(), at=now - 9 * MINUTE)

    assert kinds(now) == {}
    assert "was missed" in kinds(now + 2 * MINUTE)["slot-missed"]
    slot.state, slot.note = Slot.State.HELD, NOTHING_QUEUED
    slot.save()
    assert kinds(now)["slot-held"].endswith("is held. Nothing was queued for it.")
    Slot.objects.update(note=TAKEN_BACK)
    assert "was taken back" in kinds(now)["slot-held"]
    assert kinds(now + dt.timedelta(days=15)) == {}


@pytest.mark.django_db
def test_events_that_nobody_reads() -> None:
    """A post that waits for more than a quarter of an hour."""
    post = Post.objects.create(provider="sendgrid", body=b"[]", size=2)

    assert kinds(post.received_at + 14 * MINUTE) == {}
    assert list(kinds(post.received_at + 16 * MINUTE)) == ["events-wait"]


@pytest.mark.django_db
def test_a_silent_webhook(
    submit_mail: SubmitMail, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mail was accepted by a real provider, and no event of it came for hours."""
    submit_mail(1)
    posted = Attempt.objects.get().posted_at
    assert posted
    sendgrid = settings.CONFIG.sendgrid.model_copy(update={"base_url": "https://api.sendgrid.com"})
    settings.CONFIG = settings.CONFIG.model_copy(update={"sendgrid": sendgrid})

    assert kinds(posted + 2 * HOUR) == {}
    assert list(kinds(posted + 4 * HOUR)) == ["webhook-silent"]
    Attempt.objects.update(heard_at=posted + MINUTE)
    assert kinds(posted + 4 * HOUR) == {}


@pytest.mark.django_db
def test_a_full_disk(settings: Settings) -> None:
    """Less is free than the settings ask for."""
    monitoring = settings.CONFIG.monitoring.model_copy(update={"disk_free_percent": 100.0})
    settings.CONFIG = settings.CONFIG.model_copy(update={"monitoring": monitoring})

    assert "of the disk is free" in kinds(timezone.now())["disk-low"]


# What is kept


@pytest.mark.django_db
def test_raised_once_and_over_once(told: Receiver) -> None:
    """An alarm is told once by each way, and once when it is over for five minutes."""
    now = timezone.now()
    for minute in range(3):
        rows.record(FULL, now + minute * MINUTE)
        messages.send_due(now + minute * MINUTE)
    assert [each.to for each in mail.outbox] == [["ops@example.org"], ["night@example.org"]]
    assert mail.outbox[0].subject == "Fortnight: Alarm: Only 2.0 % of the disk is free: /srv"

    rows.record(Look(found=[]), now + 3 * MINUTE)
    rows.record(FULL, now + 4 * MINUTE)
    rows.record(Look(found=[]), now + 5 * MINUTE)
    messages.send_due(now + 5 * MINUTE)
    assert len(mail.outbox) == 2, "it was away for a minute only"
    rows.record(Look(found=[]), now + 10 * MINUTE)
    messages.send_due(now + 10 * MINUTE)

    assert [each.subject.split(": ")[1] for each in mail.outbox[2:]] == ["Over", "Over"]
    posts = [orjson.loads(body) for _, body in told.posts]
    assert [(each["event"], each["kind"]) for each in posts] == [
        ("raised", "disk-low"),
        ("over", "disk-low"),
    ]
    assert posts[0]["text"].startswith("Fortnight: Alarm: Only 2.0 %")
    assert list(rows.list_open()) == []


@pytest.mark.django_db
def test_two_processes(told: Receiver) -> None:
    """Two that look at the same time raise one alarm, and each message goes once."""
    now = timezone.now()

    assert rows.raise_alarm(DISK, now) is not None
    assert rows.raise_alarm(DISK, now) is None
    due = list(AlarmMessage.objects.select_related("alarm"))
    assert [messages.send(each, now) for each in due] == [True, True, True]
    assert [messages.send(each, now) for each in due] == [None, None, None]


@pytest.mark.django_db
def test_a_webhook_that_does_not_answer(told: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    """It is tried again later, longer each time, then given up; mails go all the same."""
    told.usual = 500
    now = timezone.now()
    rows.record(FULL, now)

    assert messages.send_due(now) == 2
    assert messages.send_due(now + MINUTE / 2) == 0
    for _ in range(12):
        now += dt.timedelta(days=1)
        messages.send_due(now)

    assert len(told.posts) == messages.MAX_TRIES
    assert AlarmMessage.objects.get(way="webhook").state == "given_up"
    assert "the webhook answers 500" in caplog.text
    assert told.url not in caplog.text


@pytest.mark.django_db
def test_over_before_it_was_told(told: Receiver) -> None:
    """Where nothing could be told, nothing is said of the end either."""
    told.usual = 500
    now = timezone.now()
    rows.record(FULL, now)
    messages.send_due(now)
    rows.record(Look(found=[]), now + MINUTE)
    rows.record(Look(found=[]), now + 7 * MINUTE)
    told.usual = 204
    messages.send_due(now + 8 * MINUTE)

    assert len(told.posts) == 1
    assert len(mail.outbox) == 4


@pytest.mark.django_db
def test_a_look_that_fails(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The other looks raise their alarms; one of its kind that is open stays so."""

    def fail(_now: dt.datetime) -> Iterator[Condition]:
        raise ValueError("a row that nobody can read")

    now = timezone.now()
    held = Condition(kind=Alarm.Kind.SEND_HELD, key="send:1", words=phrase("{issue}", issue="x"))
    rows.record(Look(found=[held]), now - HOUR)
    monkeypatch.setattr(
        conditions,
        "SOURCES",
        {fail: frozenset({Alarm.Kind.SEND_HELD}), lambda _now: iter([DISK]): frozenset()},
    )

    for minute in (0, 10):
        rows.record(find_conditions(now + minute * MINUTE), now + minute * MINUTE)

    assert {alarm.kind for alarm in rows.list_open()} == {"send-held", "disk-low"}
    assert "it is not known whether there is an alarm: send-held" in caplog.text


@pytest.mark.django_db
def test_an_error_that_nobody_expected(
    told: Receiver, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A message that cannot be made stops no other, and is given up as any that is not taken."""
    secret = f"{told.url}/secret"

    def fail(*_: object, **__: object) -> None:
        raise KeyError(secret)

    monkeypatch.setattr(messages, "build_mail", fail)
    now = timezone.now()
    rows.record(FULL, now)

    assert messages.send_due(now) == 1
    for _ in range(12):
        now += dt.timedelta(days=1)
        messages.send_due(now)

    assert not AlarmMessage.objects.filter(way="mail").exclude(state="given_up").exists()
    assert "an alarm could not be mailed: KeyError" in caplog.text
    assert secret not in caplog.text
    rows.record(Look(found=[]), now)
    rows.record(Look(found=[]), now + 10 * MINUTE)
    assert not AlarmMessage.objects.filter(way="mail", over=True).exists()


@pytest.mark.django_db
def test_many_alarms_while_the_webhook_is_away(told: Receiver) -> None:
    """It is asked once in each look, not once for each alarm."""
    told.usual = 500
    now = timezone.now()
    found = [
        Condition(kind=Alarm.Kind.SEND_HELD, key=f"send:{n}", words=phrase("{n}", n=n))
        for n in range(5)
    ]
    rows.record(Look(found=found), now)

    assert messages.send_due(now) == 10
    assert len(told.posts) == 1
    told.usual = 204
    assert messages.send_due(now) == 4


@pytest.mark.django_db
def test_a_message_that_takes_long(told: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """The claim of the next one counts from when it is made; after a minute they wait."""
    passed = [0.0, 0.0, 50.0, 70.0]
    monkeypatch.setattr(messages, "time", SimpleNamespace(monotonic=lambda: passed.pop(0)))
    now = timezone.now()
    rows.record(FULL, now)
    claims: list[dt.datetime] = []
    monkeypatch.setattr(
        messages,
        "deliver",
        lambda message: claims.append(AlarmMessage.objects.get(pk=message.pk).not_before),
    )

    assert messages.send_due(now) == 2
    assert claims == [now + messages.LEASE, now + dt.timedelta(seconds=50) + messages.LEASE]
    assert AlarmMessage.objects.get(state="waiting").way == "webhook"


@pytest.mark.django_db
def test_nobody_is_to_be_told() -> None:
    """Without addresses the alarm is kept for the desk and the metrics, and no message."""
    rows.record(FULL, timezone.now())

    assert [alarm.kind for alarm in rows.list_open()] == ["disk-low"]
    assert not AlarmMessage.objects.exists()


@pytest.mark.django_db
def test_in_japanese(settings: Settings) -> None:
    """A mail is in the language of the site, a post in English."""
    alarm = Alarm(kind=Alarm.Kind.TEST, words=phrase("This is a test. Nothing is wrong."))
    settings.LANGUAGE_CODE = "ja"

    assert "アラート: " in messages.build_mail(alarm, "ops@example.org", over=False).subject
    with translation.override("ja"):
        assert messages.describe(alarm, over=False)["words"].startswith("This is a test")


def test_every_kind_has_a_condition() -> None:
    """Each kind is found by some source; the test is sent by a command."""
    import inspect

    source = inspect.getsource(conditions)
    unused = {kind for kind in Alarm.Kind if f"Kind.{kind.name}" not in source}

    assert unused == {Alarm.Kind.TEST}


# The commands


@pytest.mark.django_db
def test_list(capsys: pytest.CaptureFixture[str]) -> None:
    """The command shows what is open, and its exit status says whether there is something."""
    assert call("alarm", "list") == 0
    assert capsys.readouterr().out == "No alarm is open.\n"
    rows.record(FULL, timezone.now())
    assert call("alarm", "list", "--json") == 1
    [shown] = json.loads(capsys.readouterr().out)
    assert (shown["kind"], shown["event"]) == ("disk-low", "raised")


@pytest.mark.django_db
def test_try(told: Receiver, capsys: pytest.CaptureFixture[str]) -> None:
    """A test goes by every way, and the answer of each is said; nothing is kept."""
    assert call("alarm", "test") == 0
    assert capsys.readouterr().out == (
        "mail ops@example.org: accepted\nmail night@example.org: accepted\nwebhook: accepted\n"
    )
    told.usual = 403
    assert call("alarm", "test") == 1
    assert "webhook: the webhook answers 403" in capsys.readouterr().out
    assert not Alarm.objects.exists()


@pytest.mark.django_db
def test_try_without_a_way(capsys: pytest.CaptureFixture[str]) -> None:
    """Where nobody is told, the error says how to name somebody."""
    assert call("alarm", "test") == 1
    assert "alarm_mail is empty" in capsys.readouterr().err


def call(*words: str) -> int:
    """Run a command; return its exit status."""
    cli.register()
    with pytest.raises(SystemExit) as left:
        run(cli.app, words)
    return int(left.value.code or 0)
