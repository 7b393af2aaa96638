"""What came of a chaos run, by what the provider has and what the ledger says of it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from tests.chaos.fork_server import SHORT_SECONDS
from tests.chaos.mail_server import MailServer
from tests.chaos.programs import Provider
from tests.program.workspaces import Workspace

if TYPE_CHECKING:
    from tests.chaos.chaos_run import ChaosRun

#: Mail in one of these reaches nobody.
STOPPED = ("cancelled", "expired")
#: The account says of these that the provider has the mail, and of those that it does not.
CALLED_MAILED = ("accepted", "delivered", "blocked", "bounced", "complained")
CALLED_NOT_MAILED = ("planned", "waiting", "empty", "refused", "excluded", "dropped")
STANDS = (
    "SELECT d.address, COALESCE(d.outcome, b.state)"
    " FROM sending_delivery AS d JOIN sending_batch AS b ON b.id = d.batch_id"
)
#: Who could still be told what until when: when a person's batch was claimed, and under which
#: provider batch it waited, if it did: when its mail left, and when its release was asked for.
CANCEL_DEADLINES = (
    "SELECT d.address, s.delivery_mode, a.created_at, f.at, f.release_asked_at"
    " FROM sending_delivery AS d JOIN sending_send AS s ON s.id = d.send_id"
    " JOIN sending_attempt AS a ON a.batch_id = d.batch_id"
    "  AND a.state IN ('accepted', 'unknown')"
    " LEFT JOIN sending_providerbatch AS f ON f.id = a.provider_batch_id"
)
NAMED = (
    "SELECT d.address FROM sending_lateleaver AS l JOIN sending_delivery AS d"
    " ON d.id = l.delivery_id"
    " WHERE COALESCE(d.outcome, '') NOT IN ('excluded', 'refused', 'dropped') AND EXISTS"
    " (SELECT * FROM sending_attempt AS a WHERE a.batch_id = d.batch_id"
    "  AND a.state IN ('in_flight', 'accepted', 'unknown'))"
)
#: Attempts that were in doubt and no longer are, though nobody was asked; and their people.
RESOLVED = (
    "SELECT COALESCE(SUM(size), 0) FROM sending_attempt WHERE state = 'cancelled' OR id IN"
    " (SELECT attempt_id FROM sending_evidence WHERE kind IN ('event', 'answer', 'found'))"
)
#: How often steps of submitting before the scheduled time were reached, by their names.
STEPS = {
    "provider_batches": "SELECT COUNT(*) FROM sending_providerbatch WHERE provider_id <> ''",
    "cancelled": "SELECT COUNT(*) FROM sending_providerbatch WHERE state = 'cancelled'",
    "released": (
        "SELECT COUNT(*) FROM sending_providerbatch AS f JOIN sending_send AS s ON s.id = f.send_id"
        " WHERE s.delivery_mode = 'on_hold' AND f.state = 'released'"
        " AND f.release_asked_at IS NOT NULL"
    ),
}
#: Everybody whom no mail should reach any more.
LEFT_OR_SUPPRESSED = (
    "SELECT email FROM subscribers_subscriber"
    " WHERE key IN (SELECT key FROM subscribers_suppression) OR id IN"
    " (SELECT subscriber_id FROM subscribers_subscription WHERE state = 'unsubscribed')"
)
#: Too many open requests are those of killed processes; the product cannot help it.  Who was
#: mailed after leaving is counted here, by what could still be done.
NOT_OURS = ("R7", "R8")
#: A look at who left, or a claim, is in progress for so long; and the clock ticks so seldom.
LOOK = dt.timedelta(seconds=0.3)
TICK = dt.timedelta(seconds=1.0)


#: What a chaos run was to try and did not come to, on a machine that has much else to do.
NOTHING_AHEAD = "nothing was submitted before its time"
NOTHING_RELEASED = "nothing on hold was released"
NOTHING_KILLED = "nothing was killed while mail on hold was being released"
NOT_REACHED = {NOTHING_AHEAD, NOTHING_RELEASED, NOTHING_KILLED}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How many people, but for what its name says; `broken` says which promises were broken."""

    seed: str
    mode: str
    database: str
    tls: str
    planned: int
    mailed: int
    twice: int
    skipped: int
    left_yet_mailed: int
    falsely_called: int
    left_to_a_person: int
    left_before: int
    named_too_late: int
    resolved: int
    provider_batches: int
    cancelled: int
    released: int
    kills: int
    kills_in_release: int
    seconds: float
    broken: Sequence[str] = ()

    @property
    def holds(self) -> bool:
        """Whether all that is promised was kept."""
        wrong = (self.twice, self.skipped, self.left_yet_mailed, self.falsely_called)
        return not (any(wrong) or self.broken)

    @property
    def keeps_rules(self) -> bool:
        """Whether the same is so, though a slow machine may not have come to everything."""
        wrong = (self.twice, self.skipped, self.left_yet_mailed, self.falsely_called)
        return not (any(wrong) or set(self.broken) - NOT_REACHED)

    @staticmethod
    def of(run: ChaosRun, seconds: float) -> Outcome:
        """Look into ledger and mailbox."""
        place, provider = run.place, run.provider
        stands, got = dict(place.ask(STANDS)), mailed(provider)
        gone, named = one_column(place, LEFT_OR_SUPPRESSED), one_column(place, NAMED)
        unknown = {who for who, state in stands.items() if state == "unknown"}
        left = {who for who, state in stands.items() if state == "excluded" and who in gone}
        refused = {who for who, state in stands.items() if state == "refused"} & provider.refused()
        missed = stands.keys() - got.keys() - unknown - left - refused
        skipped = Counter(stands[who] for who in missed)
        in_time, too_late = leavers(run, got)
        false = called_falsely(stands, got)
        false += [f"{who} left too late, and is not named" for who in too_late - named]
        false += [f"{who} is named, and was not mailed" for who in named - got.keys()]
        [(planned,)], [(resolved,)] = (
            place.ask("SELECT planned FROM sending_send"),
            place.ask(RESOLVED),
        )
        steps = {name: int(place.ask(question)[0][0]) for name, question in STEPS.items()}
        return Outcome(
            seed=str(run.plan.seed),
            mode=run.plan.mode,
            database="postgresql" if run.snapshot.server else "sqlite",
            tls="yes" if run.plan.tls else "no",
            planned=planned,
            mailed=len(got),
            twice=sum(times - 1 for times in got.values()),
            skipped=skipped.total() + planned - len(stands),
            left_yet_mailed=len(in_time),
            falsely_called=len(false),
            left_to_a_person=len(unknown),
            left_before=len(left - got.keys()),
            named_too_late=len(named),
            resolved=int(resolved),
            **steps,
            kills=run.killed,
            kills_in_release=run.killed_in_release,
            seconds=seconds,
            broken=(
                *run.trouble,
                *(f"{count} are skipped, and shown as {state}" for state, count in skipped.items()),
                *(f"{who} left in time, and was mailed" for who in sorted(in_time)),
                *false[:5],
                *violations(provider),
                *forgotten(run, gone),
                *not_reached(run, steps),
            ),
        )

    def row(self) -> list[str]:
        """Return it as cells of a table."""
        cells = [getattr(self, field.name) for field in fields(self)[:-1]]
        return [f"{cell:,.0f}" if isinstance(cell, int | float) else cell for cell in cells]


def head() -> list[str]:
    """Return the head of the table."""
    return [field.name.replace("_", " ") for field in fields(Outcome)[:-1]]


def total(outcomes: Sequence[Outcome], mode: str = "") -> Outcome:
    """Return the sum of all, or of those of a mode."""
    chosen = [each for each in outcomes if mode in ("", each.mode)]
    numbers: dict[str, Any] = {
        field.name: sum(getattr(each, field.name) for each in chosen)
        for field in fields(Outcome)
        if field.name not in ("seed", "mode", "database", "tls", "broken")
    }
    broken = [words for each in chosen for words in each.broken]
    seed = f"{len(chosen)} chaos runs"
    return Outcome(seed=seed, mode=mode or "all", database="", tls="", broken=broken, **numbers)


def one_column(place: Workspace, question: str) -> set[str]:
    """Return the answers to a question, each of one value."""
    return {value for (value,) in place.ask(question)}


def mailed(provider: Provider | MailServer) -> Counter[str]:
    """Return whom mail has reached or is going to reach, as often as it does."""
    return Counter(mail["to"] for mail in provider.mails() if mail["phase"] not in STOPPED)


def unknown_but_mailed(place: Workspace, provider: Provider | MailServer) -> set[str]:
    """Return the people of whom events are still to tell."""
    unknown = {address for address, state in place.ask(STANDS) if state == "unknown"}
    return unknown & mailed(provider).keys()


def called_falsely(stands: dict[str, str], got: Counter[str]) -> list[str]:
    """Return where the account says of somebody what the provider's mailbox contradicts."""
    return [
        *(f"{who} is called {stands[who]}, and was not mailed" for who, state in stands.items()
          if state in CALLED_MAILED and who not in got),
        *(f"{who} is called {stands[who]}, and was mailed" for who, state in stands.items()
          if state in CALLED_NOT_MAILED and who in got),
    ]  # fmt: skip


def leavers(run: ChaosRun, got: Counter[str]) -> tuple[set[str], set[str]]:
    """Return who was mailed though they left in time, and who left while their mail waited.

    In time is before the last time at which it could be stopped, which docs/contributing/chaos.md
    defines.
    """
    in_time, too_late = set(), set()
    for who, way, claimed, leaves, asked in run.place.ask(CANCEL_DEADLINES):
        left = run.left.get(who)
        if left is None or who not in got:
            continue
        last, out = to_time(claimed), None
        if leaves is not None and way == "prescheduled":
            last = to_time(leaves) - last_call(run) - TICK
            out = to_time(leaves)
        elif leaves is not None and asked is not None:
            last = to_time(asked)
        if left < last - LOOK:
            in_time.add(who)
        elif out is not None and left < out - LOOK:
            too_late.add(who)
    return in_time, too_late


def last_call(run: ChaosRun) -> dt.timedelta:
    """Return how long before mail leaves cancelling is begun for the last time, in a chaos run."""
    seconds = SHORT_SECONDS["newsletter.sending.prescheduled.leavers:CANCELLABLE_UNTIL"]
    return dt.timedelta(seconds=seconds * run.plan.pace)


def to_time(value: Any) -> dt.datetime:
    """Return a time as the databases tell it."""
    at = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
    return at if at.tzinfo else at.replace(tzinfo=dt.UTC)


def violations(provider: Provider | MailServer) -> list[str]:
    """Return the promises that were broken, in words."""
    found = provider.violations()
    return [f"{each['rule']} {each['message']}" for each in found if each["rule"] not in NOT_OURS]


def forgotten(run: ChaosRun, gone: set[str]) -> list[str]:
    """Return the promises to readers that a kill made us forget."""
    return [
        f"{reader} was told to be unsubscribed, and is not" for reader in run.left.keys() - gone
    ]


def not_reached(run: ChaosRun, steps: dict[str, int]) -> list[str]:
    """Return what a chaos run was to try and did not come to."""
    mode = run.plan.mode
    if not run.plan.is_immediate and not steps["provider_batches"]:
        return [NOTHING_AHEAD]
    if mode == "on_hold" and not steps["released"]:
        return [NOTHING_RELEASED]
    if mode == "on_hold" and not run.killed_in_release:
        return [NOTHING_KILLED]
    return []
