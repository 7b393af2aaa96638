"""What each check makes of an answer: right, worth a look or wrong, with the fix."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Iterator

import pytest

from newsletter.conf.config import load
from newsletter.doctor import (
    bulk_senders,
    complaints,
    configuration,
    database,
    machine,
    provider,
    site,
    webhook,
)
from newsletter.doctor.clocks import judge_clock
from newsletter.doctor.results import Result, Status, Topic
from newsletter.doctor.runner import Check, run_checks
from newsletter.doctor.surroundings import Sender, Surroundings
from newsletter.errors import ConfigError
from newsletter.transports.account import Credits, PostedWebhook
from newsletter.transports.events import Counted
from newsletter.transports.senders import SenderReason, SenderState, SenderStatus
from newsletter.transports.sendgrid.account import SendGridAccount
from newsletter.transports.sendgrid.client import Limits
from sendgrid_emulator.state.settings import ALL_SCOPES

RIGHT, LOOK, WRONG = Status.RIGHT, Status.LOOK, Status.WRONG
GB = database.GIGABYTE
OUTSIDE = "9.9.9.9"
TOPIC = Topic("clock", "Clock")
READERS = [Sender(publication="Digest", address="desk@tideline.eu", people=500)]
SIGNED = PostedWebhook(enabled=True, public_key="K")


def answered(*addresses: str, status: int = 200, ours: bool = True) -> Result:
    """Return what is said of a site that answers, whose name leads to these addresses."""
    return site.judge_answer("https://t.eu", status, ours=ours, addresses=addresses)


def ahead(seconds: int) -> Result:
    """Return what is said of a clock that is ahead by some seconds."""
    return judge_clock(TOPIC, dt.timedelta(seconds=seconds))


def posted(found: PostedWebhook | None, *known: str) -> Result:
    """Return what is said of a webhook, with the keys that are known here."""
    return webhook.judge_setup(found, [*known], url="https://t.eu/events/sendgrid", variable="KEYS")


def test_a_webhook_without_what_is_counted_is_worth_a_look() -> None:
    """Opens and clicks are only missed where a publication counts them."""
    found = PostedWebhook(enabled=True, public_key="K", counts=frozenset({"open"}))

    def judge(*wanted: Counted) -> Result:
        return webhook.judge_setup(
            found, ["K"], url="https://t.eu", variable="KEYS", wanted=frozenset(wanted)
        )

    assert judge().status is RIGHT
    assert judge(Counted.OPEN).status is RIGHT
    assert judge(Counted.OPEN, Counted.CLICK).status is LOOK
    assert "click" in judge(Counted.CLICK).found


def sender(state: SenderState, reason: SenderReason) -> Result:
    """Return what is said of a sender."""
    return provider.judge_sender("a@b.eu", SenderStatus(state=state, reason=reason))


@pytest.mark.parametrize(
    ("found", "status", "says"),
    [
        (database.judge_disk(50 * GB, "/var"), RIGHT, "50.0 GB at /var"),
        (database.judge_disk(GB, "/var"), LOOK, "1.0 GB"),
        (database.judge_disk(GB // 10, "/var"), WRONG, "0.1 GB"),
        (ahead(1), RIGHT, "agrees"),
        (ahead(9), LOOK, "9 s ahead"),
        (ahead(-300), WRONG, "300 s behind"),
        (machine.judge_zones([], "2026b", 2026), RIGHT, "2026b"),
        (machine.judge_zones([], "2020a", 2026), LOOK, "2020a"),
        (machine.judge_zones(["Europe/Kyiv"], "2020a", 2026), WRONG, "Europe/Kyiv"),
        (machine.judge_fonts([]), RIGHT, "all languages"),
        (machine.judge_fonts(["ta", "th"]), LOOK, "ta, th"),
        (machine.judge_embedded(4, beside=False), RIGHT, "4 senders in newsletter serve"),
        (machine.judge_embedded(4, beside=True), RIGHT, "4 senders in a process"),
        (machine.judge_embedded(0, beside=False), LOOK, "concurrency is 0"),
        (machine.judge_workers(1, beside=0), RIGHT, "1 worker is alive"),
        (machine.judge_workers(0, beside=4), RIGHT, "when something is to be sent"),
        (machine.judge_workers(0, beside=0), WRONG, "nothing is sent"),
        (provider.judge_quota(Credits(remain=900, total=1000), READERS), RIGHT, "900 of 1,000"),
        (
            provider.judge_quota(Credits(remain=9, total=1000), READERS),
            WRONG,
            "one issue needs 500",
        ),
        (sender(SenderState.VERIFIED, SenderReason.DOMAIN), RIGHT, "domain is verified"),
        (sender(SenderState.VERIFIED, SenderReason.ADDRESS), LOOK, "DMARC fails"),
        (sender(SenderState.NOT_VERIFIED, SenderReason.NOT_LISTED), WRONG, "is not verified"),
        (sender(SenderState.UNKNOWN, SenderReason.TOO_MANY), LOOK, "does not say"),
        (posted(SIGNED, "K"), RIGHT, "signed posts"),
        (posted(None, "K"), WRONG, "no events are posted to https://t.eu/events/sendgrid"),
        (posted(PostedWebhook(enabled=False, public_key="K"), "K"), WRONG, "switched off"),
        (posted(PostedWebhook(enabled=True, public_key=""), "K"), WRONG, "not signed"),
        (posted(SIGNED), WRONG, "KEYS is not set here"),
        (posted(SIGNED, "OTHER"), WRONG, "its key is not in KEYS"),
        (
            posted(PostedWebhook(enabled=True, public_key="K", missing=("bounce",)), "K"),
            LOOK,
            "does not post bounce",
        ),
        (webhook.judge_arrival(403, "https://t.eu"), RIGHT, "refuses unsigned ones"),
        (webhook.judge_arrival(404, "https://t.eu"), WRONG, "takes no posts"),
        (webhook.judge_arrival(502, "https://t.eu"), WRONG, "answers 502"),
        (answered(OUTSIDE), RIGHT, "by its public address 9.9.9.9: https://t.eu answers"),
        (answered("127.0.1.1"), LOOK, "leads to 127.0.1.1: https://t.eu answers"),
        (answered(OUTSIDE, "10.0.0.5"), LOOK, "from outside: not known"),
        (answered(OUTSIDE, ours=False), WRONG, "another signing key"),
        (answered(OUTSIDE, status=301, ours=False), WRONG, "answers 301"),
        (site.judge_one_click({}, "https://t.eu/u/", stays_here=False), WRONG, "mail lacks"),
        (complaints.judge_complaints(9, 999), RIGHT, "too few"),
        (complaints.judge_complaints(1, 10_000), RIGHT, "0.01 %"),
        (complaints.judge_complaints(15, 10_000), LOOK, "0.15 %"),
        (complaints.judge_complaints(30, 10_000), WRONG, "0.30 %"),
        (configuration.judge_base_url("https://t.eu", stays_here=False), RIGHT, "https://t.eu"),
        (configuration.judge_base_url("http://t.eu", stays_here=False), WRONG, "not encrypted"),
        (configuration.judge_base_url("http://127.0.0.1", stays_here=False), WRONG, "only"),
        (configuration.judge_base_url("http://127.0.0.1", stays_here=True), LOOK, "only"),
    ],
)
def test_an_answer_is_judged(found: Result, status: Status, says: str) -> None:
    """Whatever is not right comes with a fix."""
    assert found.status is status
    assert says in found.found
    assert bool(found.fix) is (status is not RIGHT)


@pytest.mark.parametrize(
    ("lacking", "prescheduled", "status", "says"),
    [
        ("", False, RIGHT, "all scopes"),
        ("mail.send", False, WRONG, "the key lacks mail.send"),
        ("messages.read", False, LOOK, "looking up answers that were lost it lacks messages.read"),
        ("mail.batch.create", False, LOOK, "pre-scheduled sends it lacks"),
        ("mail.batch.create", True, WRONG, "the key lacks mail.batch.create"),
    ],
)
def test_scopes_are_judged(lacking: str, prescheduled: bool, status: Status, says: str) -> None:
    """A key must send; what it needs besides depends on how publications are delivered."""
    account = SendGridAccount(
        base_url="http://127.0.0.1:9", api_key="SG.x", limits=Limits(connect=1, answer=1)
    )
    scopes = [name for name in ALL_SCOPES if name != lacking]
    [found] = provider.judge_scopes(account, scopes, prescheduled=prescheduled)
    account.close()

    assert found.status is status
    assert says in found.found


@pytest.mark.parametrize(
    ("address", "status", "says"),
    [
        ("newsletter@example.org", WRONG, "which is a placeholder"),
        ("desk@news.test", WRONG, "which is a placeholder"),
        ("digest@gmail.com", WRONG, "belongs to a mailbox provider"),
        ("desk@tideline.eu", RIGHT, "desk@tideline.eu"),
    ],
)
def test_senders_that_nobody_accepts_are_wrong(address: str, status: Status, says: str) -> None:
    """The sender that `init` invents, and those of mailbox providers, where mail really leaves."""
    config = load()
    smtp = config.smtp.model_copy(update={"host": "mail.tideline.eu"})
    sending = config.sending.model_copy(update={"transport": "smtp"})
    around = Surroundings(
        config=config.model_copy(update={"smtp": smtp, "sending": sending}),
        senders=[Sender(publication="Digest", address=address)],
    )

    [found] = configuration.check_senders(around)

    assert found.status is status
    assert says in found.found


def test_encryption_is_judged() -> None:
    """Only a mail server can be spoken to in the clear."""
    config = load()
    plain = config.smtp.model_copy(update={"security": "none"})
    sending = config.sending.model_copy(update={"transport": "smtp"})
    bare = config.model_copy(update={"smtp": plain, "sending": sending})

    assert bulk_senders.judge_tls(config).status is RIGHT
    assert bulk_senders.judge_tls(bare).status is WRONG


def test_no_check_stops_another() -> None:
    """One fails on purpose, one by a fault of ours, one is late: the last one still has its say."""
    late = threading.Event()

    def refused(_around: Surroundings) -> Iterator[Result]:
        raise ConfigError("a setting is wrong", hint="Correct it.")
        yield

    def broken(_around: Surroundings) -> Iterator[Result]:
        raise ZeroDivisionError
        yield

    def slow(_around: Surroundings) -> Iterator[Result]:
        late.wait(10)
        yield TOPIC.right("too late")

    def well(_around: Surroundings) -> Iterator[Result]:
        yield TOPIC.right("well")

    checks = [Check(TOPIC, each, seconds=0.5) for each in (refused, broken, slow, well)]
    began = time.monotonic()
    found = run_checks(checks, Surroundings(config=load()))
    late.set()

    assert time.monotonic() - began < 5
    assert [each.status for each in found] == [WRONG, LOOK, LOOK, RIGHT]
    assert [each.answered for each in found] == [True, False, False, True]
    assert (found[0].found, found[0].fix) == ("a setting is wrong", "Correct it.")
    assert "zero division" in found[1].found
    assert "no answer within 0.5 seconds" in found[2].found
