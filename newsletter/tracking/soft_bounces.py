"""Suppress whom mail never reaches: turned away issue after issue, with no delivery in between.

One mail that is turned away says little: the mailbox is full, or a server does not like this issue.
`decide` is the policy of docs/how-to/suppression.md, and reads nothing; `find_failing` asks it
about people.  Hard bounces, invalid addresses and complaints need no policy: see `event_handlers`.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.utils import timezone

from newsletter.conf.schema import SuppressionSettings
from newsletter.tracking.models import Event
from subscribers.addresses import key_of
from subscribers.models import Subscriber, Suppression, SuppressionRemoval
from subscribers.suppressions import suppress_all

BLOCKED, DELIVERED = Event.Kind.BLOCKED, Event.Kind.DELIVERED


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """After how many issues, within what time, spread over how much of it at least."""

    issues: int
    within: dt.timedelta
    spread: dt.timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """What became of one mail in the end, and when that was told."""

    issue: int
    at: dt.datetime
    turned_away: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """Issues that were turned away one after the other, with no delivery in between."""

    issues: int
    first: dt.datetime


def decide(mails: Iterable[Mail], policy: Policy, now: dt.datetime) -> Run | None:
    """Return the run for which the policy suppresses an address, or None.

    `mails` are those of one address, in any order.  An issue counts once, by its first mail that
    was turned away.  Mail of which nothing is known counts neither way.
    """
    if not policy.issues:
        return None
    turned_away: dict[int, dt.datetime] = {}
    for mail in sorted(mails, key=lambda mail: mail.at):
        if not mail.turned_away:
            turned_away.clear()
        elif mail.at >= now - policy.within:
            turned_away.setdefault(mail.issue, mail.at)
    if len(turned_away) < policy.issues:
        return None
    times = list(turned_away.values())
    if times[-1] - times[0] < policy.spread:
        return None
    return Run(issues=len(times), first=times[0])


def policy_of(settings: SuppressionSettings) -> Policy:
    """Return the policy that the configuration states."""
    return Policy(
        issues=settings.soft_bounces,
        within=dt.timedelta(days=settings.soft_bounce_days),
        spread=dt.timedelta(days=settings.soft_bounce_spread_days),
    )


def find_failing(people: Collection[int], policy: Policy) -> dict[str, Run]:
    """Return the runs of those people whom the policy suppresses, by their address of now."""
    if not policy.issues or not people:
        return {}
    now = timezone.now()
    addresses = dict(Subscriber.objects.filter(pk__in=people).values_list("pk", "email"))
    mails = read_mails(addresses, now - policy.within)
    found = {}
    for person, email in addresses.items():
        if run := decide(mails.get(person, ()), policy, now):
            found[email] = run
    return found


def read_mails(addresses: dict[int, str], since: dt.datetime) -> dict[int, list[Mail]]:
    """Return what became of the mails to the present addresses of people since a time.

    What was told before somebody took such a suppression back counts no more.
    """
    keys = {person: key_of(email) for person, email in addresses.items()}
    forgiven = last_removals(keys.values())
    rows = Event.objects.filter(
        delivery__subscriber__in=addresses, kind__in=(BLOCKED, DELIVERED), at__gte=since
    ).order_by("at")
    # Of two events about one mail the stronger counts: a server may accept it first.
    last: dict[int, tuple[int, Mail]] = {}
    for delivery, person, address, issue, kind, at in rows.values_list(
        "delivery",
        "delivery__subscriber",
        "delivery__address",
        "delivery__send__issue",
        "kind",
        "at",
    ):
        key = keys[person]
        if key_of(address) != key or (key in forgiven and at <= forgiven[key]):
            continue
        before = last.get(delivery)
        turned_away = kind == BLOCKED or bool(before and before[1].turned_away)
        last[delivery] = (person, Mail(issue=issue, at=at, turned_away=turned_away))
    mails: defaultdict[int, list[Mail]] = defaultdict(list)
    for person, mail in last.values():
        mails[person].append(mail)
    return mails


def last_removals(keys: Iterable[str]) -> dict[str, dt.datetime]:
    """Return when suppressions of this kind were last taken back, by the key of the address."""
    rows = SuppressionRemoval.objects.filter(
        key__in=list(keys), reason=Suppression.Reason.BLOCKED, list=None
    )
    return dict(rows.order_by("removed_at").values_list("key", "removed_at"))


def suppress_failing(people: Sequence[int], policy: Policy) -> int:
    """Suppress those of the people whom the policy says; return how many."""
    notes = {email: note_of(run) for email, run in sorted(find_failing(people, policy).items())}
    reasons = dict.fromkeys(notes, Suppression.Reason.BLOCKED)
    return suppress_all(reasons, notes, source=Suppression.Source.PROGRAM)


def note_of(run: Run) -> str:
    """Say in a note what is known: how often, and since when."""
    return f"{run.issues} issues turned away since {run.first:%Y-%m-%d}, none delivered"
