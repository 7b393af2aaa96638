"""What only the sender's side can tell: R9, R12 and R15."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest

from sendgrid_emulator.account import Account
from sendgrid_emulator.checks.accounting import check_announced
from sendgrid_emulator.checks.invariants import check_invariants
from sendgrid_emulator.state.batches import Status
from sendgrid_emulator.state.ledger_oracle import Sums
from tests.unit.sendgrid_emulator.conftest import Trial
from tests.unit.sendgrid_emulator.samples import letter

LABELS = {"nl_send": "7", "nl_attempt": "a1"}


@dataclass
class Scripted:
    """An oracle that says what it was given to say."""

    known: set[str] = field(default_factory=set)
    counted: list[Sums] = field(default_factory=list)
    words: str = ""

    def committed(self, keys: Collection[str]) -> Collection[str]:
        """Return those it knows."""
        return self.known & set(keys)

    def sums(self) -> Iterable[Sums]:
        """Return its sums."""
        return self.counted

    def log_text(self) -> str:
        """Return its log."""
        return self.words


def broken(account: Account) -> list[str]:
    """Return the rules that bite, each as often as it does."""
    return [violation.rule for violation in check_invariants(account)]


def arrive(account: Account, **changes: Any) -> None:
    """Let a request arrive."""
    check_announced(account.checks, orjson.dumps(letter(people=2, **changes)))


def test_what_is_committed_may_be_posted(account: Account) -> None:
    """R9: a request under an attempt that the ledger has breaks nothing."""
    account.checks.oracle = Scripted(known={"a1"})

    arrive(account, custom_args=LABELS)

    assert broken(account) == []


@pytest.mark.parametrize(
    "labels",
    [
        pytest.param(LABELS, id="not-committed"),
        pytest.param({"nl_send": "7"}, id="under-no-attempt"),
    ],
)
def test_what_is_not_committed_must_not_be_posted(account: Account, labels: dict[str, str]) -> None:
    """R9: what the ledger knows only after the request has arrived is found."""
    account.checks.oracle = oracle = Scripted()
    arrive(account, custom_args=labels)
    oracle.known.add("a1")

    assert broken(account) == ["R9"]
    account.reset()
    assert broken(account) == []


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"custom_args": {"nl_i": "1"}}, id="belongs-to-no-send"),
        pytest.param(
            {"custom_args": LABELS, "mail_settings": {"sandbox_mode": {"enable": True}}},
            id="only-a-dry-run",
        ),
        pytest.param({"custom_args": "nothing"}, id="will-be-refused"),
        pytest.param({"personalizations": [None]}, id="will-be-refused-too"),
        pytest.param({"mail_settings": []}, id="and-this"),
    ],
)
def test_what_sends_nothing_needs_no_attempt(account: Account, changes: dict[str, Any]) -> None:
    """R9: proofs, dry runs and what is refused anyway need no row in the ledger."""
    account.checks.oracle = Scripted()

    arrive(account, **changes)
    check_announced(account.checks, b"\xff no JSON")

    assert broken(account) == []


def test_no_key_in_the_log(account: Account) -> None:
    """R12: a key that was used, even in vain, is looked for in the log, and not repeated."""
    account.checks.oracle = oracle = Scripted(words="Authorization: Bearer SG.secret")
    account.takes_key("Bearer SG.other")
    assert broken(account) == []

    account.takes_key("Bearer SG.secret")
    [violation] = check_invariants(account)

    assert (violation.rule, "SG." in str(violation)) == ("R12", False)
    oracle.words = "all is well"
    assert broken(account) == []


@pytest.mark.parametrize(
    ("sums", "rules"),
    [
        pytest.param({"planned": 2, "accepted": 2}, [], id="all-have-it"),
        pytest.param({"planned": 5, "accepted": 2, "refused": 2, "excluded": 1}, [], id="not-all"),
        pytest.param({"planned": 2, "unknown": 2}, [], id="unknown-and-had"),
        pytest.param({"planned": 3, "accepted": 1, "unknown": 2}, [], id="unknown-and-lost"),
        pytest.param({"planned": 3, "accepted": 1, "waiting": 2}, [], id="not-over"),
        pytest.param({"planned": 3, "accepted": 2}, ["R15"], id="one-is-lost"),
        pytest.param({"planned": 1, "accepted": 2}, ["R15"], id="one-too-many"),
        pytest.param({"planned": 3, "accepted": 3}, ["R15"], id="accepted-but-never-came"),
        pytest.param({"planned": 2, "accepted": 1, "refused": 1}, ["R15"], id="refused-but-came"),
        pytest.param({"planned": 4, "accepted": 3}, ["R15", "R15"], id="both"),
    ],
)
def test_everybody_is_accounted_for(trial: Trial, sums: dict[str, int], rules: list[str]) -> None:
    """R15: the sums must agree with each other, and with who has the mail."""
    trial.accept(people=2, custom_args=LABELS)
    trial.account.checks.oracle = Scripted(counted=[Sums(send="7", **sums)])

    assert broken(trial.account) == rules


def test_what_was_cancelled_was_not_had(trial: Trial) -> None:
    """R15: mail that was cancelled before it left counts for nobody."""
    batch_id = trial.account.create_batch_id()
    trial.account.set_batch_status(batch_id, Status.CANCEL)
    trial.accept(people=2, custom_args=LABELS, batch_id=batch_id)
    trial.wait()
    trial.account.checks.oracle = Scripted(counted=[Sums(send="7", planned=2, refused=2)])

    assert broken(trial.account) == []


def test_a_tooth_can_be_left_out(trial: Trial) -> None:
    """What is waived is not found; all the others are."""
    trial.account.checks.oracle = Scripted(counted=[Sums(send="7", planned=9)])
    trial.accept("a@e.org", subject="{{ x }}")
    trial.account.checks.waived.add("R15")

    assert broken(trial.account) == ["R3"]
