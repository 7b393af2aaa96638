"""What came of a storm, by what the provider has and what the ledger says of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from tests.program.workspaces import Workspace
from tests.storms.programs import Provider

if TYPE_CHECKING:
    from tests.storms.storm import Storm

#: Mail in one of these reaches nobody.
STOPPED = ("cancelled", "expired")
STANDS = (
    "SELECT d.address, COALESCE(d.outcome, b.state)"
    " FROM sending_delivery AS d JOIN sending_batch AS b ON b.id = d.batch_id"
)
#: Attempts that were in doubt and no longer are, though nobody was asked; and their people.
SETTLED = (
    "SELECT COALESCE(SUM(size), 0) FROM sending_attempt WHERE state = 'voided' OR id IN"
    " (SELECT attempt_id FROM sending_evidence WHERE kind IN ('event', 'answer', 'found'))"
)
#: Everybody whom no mail should reach any more.
GONE = (
    "SELECT email FROM subscribers_subscriber"
    " WHERE key IN (SELECT key FROM subscribers_suppression) OR id IN"
    " (SELECT subscriber_id FROM subscribers_subscription WHERE state = 'unsubscribed')"
)
#: Too many open requests are those of killed processes; the product cannot help it.
NOT_OURS = ("T8",)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How many people, but for kills and seconds; `broken` says which promises were broken."""

    seed: str
    way: str
    planned: int
    mailed: int
    left_before: int
    unknown: int
    settled: int
    twice: int
    lost: int
    kills: int
    seconds: float
    broken: Sequence[str] = ()

    @property
    def holds(self) -> bool:
        """Whether all that is promised was kept."""
        return not (self.twice or self.lost or self.broken)

    @staticmethod
    def of(storm: Storm, seconds: float) -> Outcome:
        """Look into ledger and mailbox."""
        place, provider = storm.place, storm.provider
        stands, got = dict(place.ask(STANDS)), mailed(provider)
        gone = {address for (address,) in place.ask(GONE)}
        unknown = {address for address, state in stands.items() if state == "unknown"}
        left = {who for who, state in stands.items() if state == "excluded" and who in gone}
        lost = Counter(stands[who] for who in stands.keys() - got.keys() - unknown - left)
        [(planned,)], [(settled,)] = (
            place.ask("SELECT planned FROM sending_send"),
            place.ask(SETTLED),
        )
        return Outcome(
            seed=str(storm.seed),
            way=storm.way,
            planned=planned,
            mailed=len(got),
            left_before=len(left - got.keys()),
            unknown=len(unknown),
            settled=int(settled),
            twice=sum(times - 1 for times in got.values()),
            lost=lost.total() + planned - len(stands),
            kills=storm.killed,
            seconds=seconds,
            broken=(
                *storm.trouble,
                *(f"{count} are lost, and shown as {state}" for state, count in lost.items()),
                *violations(provider),
                *forgotten(storm, gone),
            ),
        )

    def row(self) -> list[str]:
        """Return it as cells of a table."""
        cells = [getattr(self, field.name) for field in fields(self)[:-1]]
        return [f"{cell:,.0f}" if isinstance(cell, int | float) else cell for cell in cells]


def head() -> list[str]:
    """Return the head of the table."""
    return [field.name.replace("_", " ") for field in fields(Outcome)[:-1]]


def total(outcomes: Sequence[Outcome]) -> Outcome:
    """Return the sum of all."""
    numbers: dict[str, Any] = {
        field.name: sum(getattr(each, field.name) for each in outcomes)
        for field in fields(Outcome)
        if field.name not in ("seed", "way", "broken")
    }
    broken = [words for each in outcomes for words in each.broken]
    return Outcome(seed="all", way="", broken=broken, **numbers)


def mailed(provider: Provider) -> Counter[str]:
    """Return whom mail has reached or is going to reach, as often as it does."""
    return Counter(mail["to"] for mail in provider.mails() if mail["phase"] not in STOPPED)


def unknown_but_mailed(place: Workspace, provider: Provider) -> set[str]:
    """Return the people of whom events are still to tell."""
    unknown = {address for address, state in place.ask(STANDS) if state == "unknown"}
    return unknown & mailed(provider).keys()


def violations(provider: Provider) -> list[str]:
    """Return the promises that were broken, in words."""
    found = provider.get("invariants")["violations"]
    return [f"{each['tooth']} {each['message']}" for each in found if each["tooth"] not in NOT_OURS]


def forgotten(storm: Storm, gone: set[str]) -> list[str]:
    """Return the promises to readers that a kill made us forget."""
    return [f"{reader} was told to be unsubscribed, and is not" for reader in storm.left - gone]
