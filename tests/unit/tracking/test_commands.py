"""The commands that show what became of a send, and resolve what is in doubt."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.utils import timezone
from typer.testing import CliRunner, Result

from newsletter import cli
from newsletter.cli import events
from newsletter.cli.send import app
from newsletter.cli.subscriber import app as people
from newsletter.conf.config import load
from newsletter.errors import InvalidTransition
from newsletter.publishing.models import Publication
from newsletter.sending.models import Attempt, Evidence, Send
from newsletter.sending.reporting.totals import count_send
from newsletter.sending.resolution import proof
from newsletter.sending.resolution.proof import Kind
from newsletter.tracking.models import Post
from sendgrid_emulator import Emulator
from sendgrid_emulator.events.signature import Signer
from tests.unit.tracking.conftest import LOST, SubmitMail, event, tell

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def commands(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command is in its place, and nobody answers where the provider would be."""
    cli.register()
    config = load()
    nowhere = config.sendgrid.model_copy(update={"base_url": "http://127.0.0.1:9"})
    monkeypatch.setattr(
        "newsletter.conf.config.load", lambda: config.model_copy(update={"sendgrid": nowhere})
    )


def run(*words: object, said: str = "", status: int = 0) -> Result:
    """Run `newsletter send` with what a person types."""
    result = CliRunner().invoke(app, [str(word) for word in words], input=said)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == status, result.output
    return result


def run_json(*words: object, status: int = 0) -> Any:
    """Run it for a program."""
    return json.loads(run(*words, "--json", status=status).stdout)


def speak_against() -> None:
    """Make all evidence there can be against the acceptance of what is unknown."""
    now = timezone.now()
    attempt = Attempt.objects.get(state="unknown")
    Attempt.objects.filter(pk=attempt.pk).update(posted_at=now - dt.timedelta(hours=2))
    for minutes in (60, 5):
        proof.add_evidence([attempt.pk], Kind.ABSENT, at=now - dt.timedelta(minutes=minutes))


def test_a_send_shows_what_became_of_it(submit_mail: SubmitMail) -> None:
    """The account says who was accepted, what was told of them, and who is unknown."""
    send = submit_mail(6, answers=[LOST, None], batch_size=2)
    deliveries = list(send.deliveries.order_by("pk"))
    tell(
        event(deliveries[2], "delivered"),
        event(deliveries[3], "bounce", type="bounce"),
        event(deliveries[4], "deferred"),
    )

    shown = run_json("show", send.pk)
    words = " ".join(run("show", send.pk).stdout.split())

    assert shown["accepted"] == 4
    assert shown["deferred"] == 1
    assert shown["deliveries"] == {"accepted": 2, "bounced": 1, "delivered": 1, "unknown": 2}
    assert "accepted by the provider 4 bounced 1 delivered 1 no news yet 2" in words.replace(
        "delivered 1 bounced 1", "bounced 1 delivered 1"
    )
    assert f"newsletter send resolve {send.pk}" in words


def test_resolve_shows_what_is_known(submit_mail: SubmitMail) -> None:
    """Without a decision it changes nothing, and its status says that a person must act."""
    send = submit_mail(3, answers=[LOST])

    shown = run_json("resolve", send.pk, status=1)
    words = run("resolve", send.pk, status=1).stdout

    (doubt,) = shown["unresolved"]
    assert (doubt["batch"], doubt["people"], doubt["answer"]) == (1, 3, "no answer")
    assert not doubt["absent"]
    assert shown["resolved"] is None
    assert "In doubt: 3 people" in words
    assert "could not be asked" in words
    assert count_send(send).deliveries == {"unknown": 3}


def test_what_is_in_flight_says_when_to_look_again(submit_mail: SubmitMail) -> None:
    """Until its lease is over nothing is in doubt; then it is, though no clock has ticked."""
    send = submit_mail(3, answers=[LOST])
    later = timezone.now() + dt.timedelta(minutes=2)
    Attempt.objects.update(state="in_flight", lease_until=later)
    send.batches.update(state="claimed")

    words = " ".join(run("resolve", send.pk, status=1).stdout.split())
    (awaited,) = run_json("resolve", send.pk, status=1)["in_flight"]

    assert "Batch 1: 3 people, in flight. Their answer may come until" in words
    assert f"Then look again: newsletter send resolve {send.pk}" in words
    assert (awaited["batch"], awaited["people"]) == (1, 3)
    Attempt.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    shown = run_json("resolve", send.pk, status=1)
    assert (len(shown["unresolved"]), shown["in_flight"]) == (1, [])


def test_resolve_reads_what_has_come_meanwhile(submit_mail: SubmitMail) -> None:
    """Evidence that waits to be read counts first: then nothing is in doubt."""
    send = submit_mail(3, answers=[LOST])
    tell(event(send.deliveries.all()[0], "processed"))

    assert "Nothing is in doubt" in run("resolve", send.pk).stdout
    send.refresh_from_db()
    assert send.state == Send.State.SENT


@pytest.mark.parametrize("words", [("--accepted", "--yes"), ("--accepted",)])
def test_resolve_as_accepted(submit_mail: SubmitMail, words: tuple[str, ...]) -> None:
    """A person, or a script that does not ask, takes it for accepted; it is kept who."""
    send = submit_mail(3, answers=[LOST])

    run("resolve", send.pk, *words, "--why", "Bo has it", said="y\n")

    send.refresh_from_db()
    assert send.state == Send.State.SENT
    kept = Evidence.objects.get(kind="accepted")
    assert "on the command line" in kept.by
    assert kept.note == "Bo has it"
    shown = run("show", send.pk).stdout
    assert "counted as accepted by" in shown
    assert "batch 1 (3 people): Bo has it" in shown


def test_a_script_cannot_resolve_again_without_evidence(submit_mail: SubmitMail) -> None:
    """`--yes` is no confirmation that people may get it twice."""
    send = submit_mail(3, answers=[LOST])

    with pytest.raises(InvalidTransition, match="up to 3 people"):
        run("resolve", send.pk, "--again", "--yes")

    assert count_send(send).deliveries == {"unknown": 3}


@pytest.mark.parametrize(("typed", "state"), [("3", "planned"), ("yes", "unknown")])
def test_again_without_evidence_takes_the_number(
    submit_mail: SubmitMail, typed: str, state: str
) -> None:
    """Only who types how many people may get it twice has it submitted again."""
    send = submit_mail(3, answers=[LOST])

    try:
        run("resolve", send.pk, "--again", said=f"{typed}\n")
    except InvalidTransition:
        assert state == "unknown"

    assert count_send(send).deliveries == {state: 3}


def test_again_with_evidence(submit_mail: SubmitMail) -> None:
    """Where all speaks against acceptance, a script may have it submitted again."""
    send = submit_mail(4, answers=[LOST, None], batch_size=2)
    speak_against()
    tell(event(send.deliveries.order_by("pk")[3], "delivered"))

    resolved = run_json("resolve", send.pk, "--again", "--yes")["resolved"]

    send.refresh_from_db()
    assert resolved == {"resolution": "again", "people": 2}
    assert send.state == Send.State.SENDING


def test_resolve_some_batches(submit_mail: SubmitMail) -> None:
    """A batch that is not named stays in doubt, and the status says so."""
    send = submit_mail(4, answers=[LOST, LOST], batch_size=2)

    run("resolve", send.pk, "--batch", "2", "--accepted", "--yes", status=1)

    assert count_send(send).deliveries == {"accepted": 2, "unknown": 2}


def test_resolve_takes_one_decision(submit_mail: SubmitMail) -> None:
    """Both at once is wrong use."""
    run("resolve", submit_mail(1).pk, "--accepted", "--again", status=2)


def test_send_shows_what_was_counted(submit_mail: SubmitMail) -> None:
    """Opens and clicks stand in the report, for people and for programs; null where not counted."""
    send = submit_mail(2)
    told = run_json("show", send.pk)
    assert (told["opens"], told["clicks"]) == (None, None)
    assert "counted" not in run("show", send.pk).stdout
    Publication.objects.update(count_opens=True, count_clicks=True)
    Send.objects.update(count_opens=True, count_clicks=True)
    one, two = send.deliveries.order_by("pk")
    link = "https://tideline.example/"
    tell(
        event(one, "open", sg_machine_open=True), event(two, "open"), event(two, "click", url=link)
    )

    told, said = run_json("show", send.pk), run("show", send.pk).stdout

    assert told["opens"] == {"people": 2, "only_machines": 1}
    assert told["clicks"] == {"people": 1, "links": [{"url": link, "people": 1, "clicks": 1}]}
    assert "Opens counted: 2 people (of which 1 only by machines)." in said
    assert f"Clicks counted: 1 person.\n  1  {link}" in said


def test_counting_of_a_person_is_refused_by_command(submit_mail: SubmitMail) -> None:
    """For who writes or calls; only they can allow it again."""
    address = submit_mail(1).deliveries.get().address

    said = CliRunner().invoke(people, ["refuse-counting", address], catch_exceptions=False)
    again = CliRunner().invoke(people, ["refuse-counting", address, "--json"])

    assert f"{address} is not counted any more" in said.stdout
    assert json.loads(again.stdout)["refused"] is False


def run_events(*words: str) -> Result:
    """Run `newsletter events`."""
    result = CliRunner().invoke(events.app, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result


def test_events_show_what_is_missing(
    submit_mail: SubmitMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a key the hint names the command; with one, events that do not come are noticed."""
    submit_mail(2)
    monkeypatch.delenv("SENDGRID_WEBHOOK_KEYS", raising=False)
    assert "newsletter events setup" in run_events("show").stdout

    monkeypatch.setenv("SENDGRID_WEBHOOK_KEYS", Signer().public_key)
    assert json.loads(run_events("show", "--json").stdout)["hints"] == []

    Attempt.objects.update(posted_at=timezone.now() - dt.timedelta(hours=2))
    (hint,) = json.loads(run_events("show", "--json").stdout)["hints"]
    assert "no event of it came" in hint


def test_events_are_counted_by_sort(submit_mail: SubmitMail) -> None:
    """What came is shown in words, and so is what could not be understood."""
    tell(event(submit_mail(1).deliveries.get(), "delivered"), "nonsense")

    shown = json.loads(run_events("show", "--json").stdout)

    assert shown["counts"] == {"unparsed": 1, "new": 1}
    assert shown["unparsed"] == 1
    assert "not understood" in run_events("show").stdout


def test_a_bad_key_is_a_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    """It names the variable and where to look."""
    monkeypatch.setenv("SENDGRID_WEBHOOK_KEYS", "nonsense")

    (hint,) = json.loads(run_events("show", "--json").stdout)["hints"]

    assert "SENDGRID_WEBHOOK_KEYS" in hint
    assert "docs/how-to/events.md" in hint


def test_a_post_that_cannot_be_read_is_a_hint() -> None:
    """Whoever looks is told that something is kept and waits."""
    Post.objects.create(
        provider="sendgrid", body=b"[]", size=2, failures=3, fault="KeyError in reading.py, line 7"
    )

    shown = json.loads(run_events("show", "--json").stdout)

    assert shown["stuck"] == 1
    assert any("KeyError" in hint for hint in shown["hints"])


def test_setup_asks_for_signed_events(monkeypatch: pytest.MonkeyPatch) -> None:
    """One webhook is made, and found again the next time; its key is printed."""
    with Emulator() as sendgrid:
        config = load()
        there = config.sendgrid.model_copy(update={"base_url": sendgrid.url})
        changed = config.model_copy(update={"sendgrid": there})
        monkeypatch.setattr("newsletter.conf.config.load", lambda: changed)

        first = json.loads(run_events("setup", "--json").stdout)
        second = json.loads(run_events("setup", "--json").stdout)

        (webhook,) = sendgrid.account.webhooks.all
    assert first == second
    assert first["key"] == webhook.signer.public_key
    assert webhook.signed
    assert webhook.url == first["url"] == "http://127.0.0.1:8000/events/sendgrid"
    assert "bounce" in webhook.wanted
    assert "open" not in webhook.wanted
