"""Looking mail up: the language of queries, and what is told."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sendgrid_emulator.events.email_log import (
    KEPT_FOR,
    BadQuery,
    find_mail,
    parse_query,
    search_mails,
)
from sendgrid_emulator.events.event import sg_message_id
from sendgrid_emulator.state.batches import Status
from tests.unit.sendgrid_emulator.conftest import Trial


def found(trial: Trial, query: str) -> list[str]:
    """Return the addresses of the mails that meet a query."""
    return [mail.message.address for mail in search_mails(trial.account.mailbox, query, trial.now)]


def iso(at: float) -> str:
    """Return a time as queries write it."""
    return datetime.fromtimestamp(at, UTC).isoformat()


@pytest.mark.parametrize(
    ("query", "addresses"),
    [
        ("", ["bounce@e.org", "b@e.org", "a@e.org"]),
        ("to_email = 'a@e.org'", ["a@e.org"]),
        ('to_email="A@e.org"', []),
        ("status IN ('bounced')", ["bounce@e.org"]),
        ("status in ('bounced', 'delivered')", ["bounce@e.org", "b@e.org", "a@e.org"]),
        ("categories IN ('first') AND subject = 'The river is high'", ["b@e.org", "a@e.org"]),
        ("reason='250 2.0.0 OK' and to_email='b@e.org'", ["b@e.org"]),
        (
            'sg_message_id_created_at > TIMESTAMP "2001-01-01T00:00:00Z" AND to_email = "b@e.org"',
            ["b@e.org"],
        ),
        ('sg_message_id_created_at < TIMESTAMP "2001-01-01T00:00:00Z"', []),
    ],
)
def test_queries(trial: Trial, query: str, addresses: list[str]) -> None:
    """Each field is compared as documented; conditions are joined by AND."""
    trial.accept("b@e.org", "a@e.org", categories=["first"])
    trial.accept("bounce@e.org")
    trial.wait(5)

    assert sorted(found(trial, query)) == sorted(addresses)


def test_a_mail_is_found_by_its_id(trial: Trial) -> None:
    """The sg_message_id of the events finds the mail, in a query and by itself."""
    trial.accept("a@e.org", "b@e.org")
    trial.wait(5)
    name = sg_message_id(list(trial.account.mailbox)[1])

    assert found(trial, f"sg_message_id = '{name}'") == ["b@e.org"]
    logged = find_mail(trial.account.mailbox, name, trial.now)
    assert logged is not None
    assert logged.message.address == "b@e.org"
    assert find_mail(trial.account.mailbox, "unknown", trial.now) is None


def test_details_prove_the_attempt(trial: Trial) -> None:
    """A mail looked up tells its custom arguments, and its events since it was received."""
    trial.accept("click@e.org")
    trial.wait(60)
    [logged] = search_mails(trial.account.mailbox, "", trial.now)

    details = logged.details()

    assert details["custom_args"] == {"nl_i": "issue-1", "nl_d": "d0", "nl_a": "a1"}
    names = [event["event"] for event in details["events"]]
    assert names == ["received", "processed", "delivered", "open", "click"]
    assert details["events"][0]["recv_msgid"] == logged.message.request.id
    assert details["status"] == "delivered"


def test_cancelled_mail_says_so(trial: Trial) -> None:
    """Mail of a cancelled batch is dropped, by an event of its own name."""
    batch_id = trial.account.create_batch_id()
    trial.account.set_batch_status(batch_id, Status.CANCEL)
    trial.accept("a@e.org", batch_id=batch_id)
    trial.wait()

    [logged] = search_mails(trial.account.mailbox, "status IN ('dropped')", trial.now)

    assert [event["event"] for event in logged.details()["events"]] == ["received", "cancel_drop"]


def test_old_mail_is_forgotten(trial: Trial) -> None:
    """After thirty days a mail can no longer be looked up."""
    trial.accept("a@e.org")
    name = sg_message_id(next(iter(trial.account.mailbox)))
    trial.wait(KEPT_FOR + 1)

    assert found(trial, "") == []
    assert find_mail(trial.account.mailbox, name, trial.now) is None


@pytest.mark.parametrize(
    "query",
    [
        "to_email",
        "to_email = a@e.org",
        "to_email != 'a@e.org'",
        "to_email IN ('a@e.org')",
        "status = 'delivered'",
        "custom_args = 'x'",
        "to_email = 'a' OR to_email = 'b'",
        "(to_email = 'a')",
        "to_email = 'a' AND",
        "sg_message_id_created_at > TIMESTAMP 'yesterday'",
    ],
)
def test_other_queries_are_refused(query: str) -> None:
    """What is not in the language is refused, not guessed at."""
    with pytest.raises(BadQuery):
        parse_query(query)


def test_times_compare_to_the_second(trial: Trial) -> None:
    """A window around the acceptance finds the mail, one beside it does not."""
    request = trial.accept("a@e.org")
    field = "sg_message_id_created_at"
    start, end = iso(request.at - 1), iso(request.at + 1)

    assert found(trial, f'{field} >= TIMESTAMP "{start}" AND {field} <= TIMESTAMP "{end}"')
    assert not found(trial, f'{field} > TIMESTAMP "{end}"')
