"""The rules: what a good sender never does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sendgrid_emulator.checks.invariants import SENDER_RULES, check_invariants
from sendgrid_emulator.state.batches import Status
from tests.unit.sendgrid_emulator.conftest import Trial
from tests.unit.sendgrid_emulator.samples import HTML, LINK_TAG, NAME_TAG, letter


def broken(trial: Trial) -> set[str]:
    """Return the rules that bite."""
    return {violation.rule for violation in check_invariants(trial.account)}


def test_a_good_sender_is_not_bitten(trial: Trial) -> None:
    """Two issues to the same 50 people break nothing."""
    for issue in ("issue-1", "issue-2"):
        trial.accept(people=50, custom_args={"nl_i": issue})

    assert check_invariants(trial.account) == []


def test_nobody_gets_an_issue_twice(trial: Trial) -> None:
    """R1: the same address in two requests of an issue is a double, whatever the case."""
    trial.accept("a@e.org", "b@e.org")
    trial.accept("A@e.org")

    [violation] = check_invariants(trial.account)

    assert (violation.rule, violation.message) == ("R1", "A@e.org gets issue-1 again")


@pytest.mark.parametrize(
    ("arguments", "doubles"),
    [
        ([{"nl_send": "1"}, {"nl_send": "2"}], 0),
        ([{"nl_send": "1"}, {"nl_send": "1"}], 1),
        ([{"nl_i": "1"}, {"nl_i": "1"}], 1),
        ([None, None], 1),
    ],
)
def test_arguments_tell_issues_apart(
    trial: Trial, arguments: list[dict[str, str] | None], doubles: int
) -> None:
    """R1: two sendings are told apart by their arguments, and without any by their subject."""
    for each in arguments:
        trial.accept("a@e.org", custom_args=each)

    assert len(check_invariants(trial.account)) == doubles


def test_who_got_nothing_may_be_mailed_again(trial: Trial) -> None:
    """R1: a cancelled request reached nobody, so a second one is no double."""
    batch_id = trial.account.create_batch_id()
    trial.account.set_batch_status(batch_id, Status.CANCEL)
    trial.accept("a@e.org", batch_id=batch_id)
    trial.wait()
    trial.accept("a@e.org")

    assert check_invariants(trial.account) == []


Change = Callable[[dict[str, Any]], object]


def headers(**values: str) -> Change:
    """Return a change to the headers of the first recipient."""

    def change(payload: dict[str, Any]) -> None:
        own = payload["personalizations"][0]["headers"]
        own |= {key.replace("_", "-"): value for key, value in values.items()}

    return change


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        pytest.param("R2", headers(List_Unsubscribe=""), id="no link"),
        pytest.param("R2", headers(List_Unsubscribe_Post="yes"), id="no one-click"),
        pytest.param(
            "R2", headers(List_Unsubscribe="<http://news.example.org/u/token000000x>"), id="http"
        ),
        pytest.param(
            "R2",
            headers(List_Unsubscribe="<https://a.org/u/token000000x>, <https://b.org/u/x>"),
            id="two links",
        ),
        pytest.param(
            "R2", headers(List_Unsubscribe="<https://news.example.org/u/another>"), id="other token"
        ),
        pytest.param(
            "R2", headers(List_Unsubscribe="<https://news.example.org/u/token000001x>"), id="stolen"
        ),
        pytest.param(
            "R3",
            lambda p: p["personalizations"][0]["substitutions"].pop(NAME_TAG),
            id="a tag is missing",
        ),
        pytest.param(
            "R3",
            lambda p: p["personalizations"][0]["substitutions"].update({NAME_TAG: LINK_TAG}),
            id="a value holds a tag",
        ),
        pytest.param("R3", lambda p: p.update(subject="Dear {{ name }}"), id="template left over"),
        pytest.param(
            "R3",
            lambda p: p["personalizations"][0]["substitutions"].update(
                {NAME_TAG: "reader1@example.org"}
            ),
            id="the neighbour's address",
        ),
        pytest.param("R4", lambda p: p["content"].pop(0), id="no text"),
        pytest.param("R4", lambda p: p["content"][1].update(value="  "), id="blank HTML"),
        pytest.param(
            "R5", lambda p: p["content"][1].update(value=HTML + " " * 102_400), id="too long"
        ),
        pytest.param(
            "R6",
            lambda p: p["personalizations"][0].update(cc=[{"email": "c@example.org"}]),
            id="a copy",
        ),
        pytest.param(
            "R10", lambda p: p["custom_args"].update(who="a@example.org"), id="an address"
        ),
        pytest.param("R10", lambda p: p["custom_args"].update(who="Ada Lovelace"), id="a name"),
        pytest.param("R11", lambda p: p["tracking_settings"].pop("open_tracking"), id="unsaid"),
        pytest.param("R11", lambda p: p.update(tracking_settings=None), id="all unsaid"),
    ],
)
def test_each_tooth_bites(trial: Trial, rule: str, change: Change) -> None:
    """Breaking one promise is found under its number."""
    payload = letter(people=3)
    change(payload)
    trial.accept(**payload)

    assert rule in broken(trial)


def test_the_forbidden_are_left_alone(trial: Trial) -> None:
    """R7: a request counts from when somebody became forbidden, not before."""
    trial.accept("a@e.org")
    trial.wait(1)
    trial.account.forbid("A@e.org")
    assert "R7" not in broken(trial)

    trial.accept("a@e.org", custom_args={"nl_i": "issue-2"})

    assert broken(trial) == {"R7"}


def test_too_many_open_requests(trial: Trial) -> None:
    """R8: more than eight requests open at once, or eleven batches stopped, are too many."""
    trial.account.request_log.peak = 9
    for _ in range(11):
        trial.account.set_batch_status(trial.account.create_batch_id(), Status.PAUSE)

    assert [violation.rule for violation in check_invariants(trial.account)] == ["R8", "R8"]


def test_nothing_stays_stopped_for_ever(trial: Trial) -> None:
    """R8: when all mail of a batch is gone or discarded for days, its status must be removed."""
    batch_id = trial.account.create_batch_id()
    trial.accept(batch_id=batch_id, send_at=int(trial.now) + 3600)
    trial.account.set_batch_status(batch_id, Status.CANCEL)
    trial.wait(3600 + 95 * 3600)
    assert broken(trial) == set()

    trial.wait(3600)

    assert broken(trial) == {"R8"}
    trial.account.clear_batch_status(batch_id)
    assert broken(trial) == set()


def test_a_link_on_loopback_will_do(trial: Trial) -> None:
    """R2: in a trial the unsubscribe link may be plain http, to this machine only."""
    payload = letter()
    link = "http://127.0.0.1:8000/u/token000000x"
    payload["personalizations"][0]["headers"]["List-Unsubscribe"] = f"<{link}>, <mailto:l@e.org>"
    trial.accept(**payload)

    assert check_invariants(trial.account) == []


def test_every_tooth_has_a_sentence(trial: Trial) -> None:
    """A violation reads as a line for people, and its number is explained."""
    trial.accept("a@e.org", subject="{{ x }}")

    [violation] = check_invariants(trial.account)

    assert str(violation).startswith(f"R3 {violation.where}: ")
    assert violation.rule in SENDER_RULES
