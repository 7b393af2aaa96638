"""What this app knows of a person: changes, consent, lists that came by an import, suppressions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from subscribers.history.models import SubscriptionChange, describe_actor
from subscribers.models import (
    ListSuppression,
    Subscriber,
    Subscription,
    Suppression,
    SuppressionRemoval,
)
from subscribers.preferences.leaving import describe_reason
from subscribers.sign_up.models import Consent, SignUp
from subscribers.sources import describe_source
from subscribers.timeline.entries import Entry, register_source, until

Kind = SubscriptionChange.Kind
#: A suppression and the change that tells of it are written so near to each other.
AT_ONCE = dt.timedelta(seconds=5)
Rows = QuerySet[Any, Any]


def join_words(*parts: str) -> str:
    """Return the parts that are not blank, with a point between them."""
    return " · ".join(part for part in parts if part)


def ask_changes(person: Subscriber, last: dt.datetime | None, limit: int) -> tuple[Rows]:
    """Name what was changed."""
    return (until(person.changes.select_related("list"), "at", last, limit),)


def list_changes(_person: Subscriber, changes: Iterable[SubscriptionChange]) -> Iterator[Entry]:
    """Yield what was changed, by whom and why."""
    for each in changes:
        name = f"{each.list.name}: " if each.list else ""
        values = (
            "{} → {}".format(each.detail.get("from") or "–", each.detail.get("to") or "–")
            if {"from", "to"} <= each.detail.keys()
            else describe_source(str(each.detail.get("source", "")))
        )
        yield Entry(
            at=each.at,
            text=capfirst(f"{name}{each.get_kind_display()}"),
            detail=join_words(values, describe_reason(each.reason), each.get_by_display()),
            kind=kind_of(each),
            order=each.pk,
        )


def kind_of(change: SubscriptionChange) -> str:
    """Return of which kind a change is."""
    if change.kind in (Kind.SUPPRESSED, Kind.LIFTED):
        return "stop"
    return "list" if change.list_id else "person"


def ask_consents(person: Subscriber, last: dt.datetime | None, limit: int) -> tuple[Rows]:
    """Name what the person agreed to."""
    rows = Consent.objects.filter(subscriber=person).select_related("list")
    return (until(rows, "given_at", last, limit),)


def list_consents(_person: Subscriber, consents: Iterable[Consent]) -> Iterator[Entry]:
    """Yield what the person agreed to, in which words."""
    for each in consents:
        text = f"“{each.text}”" if each.text else ""
        yield Entry(
            at=each.given_at,
            text=_("{list}: consent, {how}").format(
                list=each.list.name, how=each.get_kind_display()
            ),
            detail=join_words(text, each.source, each.site, each.note, each.by),
            kind="consent",
            order=each.pk,
        )


def ask_unrecorded(person: Subscriber, _last: dt.datetime | None, _limit: int) -> tuple[Rows, Rows]:
    """Name the states that changes tell of, and the subscriptions."""
    states = person.changes.values_list("list_id", "to_state")
    return states, person.subscriptions.select_related("list")


def list_unrecorded(
    person: Subscriber, states: Iterable[tuple[int, str]], subscriptions: Iterable[Subscription]
) -> Iterator[Entry]:
    """Yield how subscriptions began and ended of which no change tells, as imports leave them."""
    told = set(states)
    begun = {list_id for list_id, state in told if state}
    yield Entry(at=person.created_at, text=_("First known here"))
    for each in subscriptions:
        name, source = each.list.name, describe_source(each.source)
        if each.list_id not in begun:
            text = _("{list}: {state}").format(list=name, state=Kind.ADDED.label)
            yield Entry(at=each.created_at, text=text, detail=source, kind="list")
        ended = each.state == Subscription.State.UNSUBSCRIBED
        if ended and (each.list_id, each.state) not in told:
            text = _("{list}: {state}").format(list=name, state=Kind.LEFT.label)
            yield Entry(at=each.changed_at, text=text, detail=source, kind="list")


def ask_sign_ups(person: Subscriber, last: dt.datetime | None, limit: int) -> tuple[Rows]:
    """Name what was asked for with the address."""
    rows = SignUp.objects.filter(key=person.key).select_related("list")
    return (until(rows, "asked_at", last, limit),)


def list_sign_ups(_person: Subscriber, sign_ups: Iterable[SignUp]) -> Iterator[Entry]:
    """Yield when somebody asked for a list with the address."""
    for each in sign_ups:
        yield Entry(
            at=each.asked_at,
            text=_("{list}: asked for by a form").format(list=each.list.name),
            detail=join_words(each.source, each.site),
            kind="consent",
            order=each.pk,
        )


def ask_suppressions(person: Subscriber, last: dt.datetime | None, limit: int) -> tuple[Rows, ...]:
    """Name what suppresses a person's address, what ended, and the changes that tell of it."""
    key = person.key
    for_lists = ListSuppression.objects.filter(key=key).select_related("list")
    ended = SuppressionRemoval.objects.filter(key=key).select_related("list")
    kinds = (Kind.SUPPRESSED, Kind.LIFTED)
    return (
        person.changes.filter(kind__in=kinds).values_list("at", flat=True),
        until(Suppression.objects.filter(key=key), "created_at", last, limit),
        until(for_lists, "created_at", last, limit),
        until(ended, "removed_at", last, limit),
    )


def list_suppressions(
    _person: Subscriber, told: Collection[dt.datetime], *begun: Rows
) -> Iterator[Entry]:
    """Yield when the address was suppressed, and when that was taken back, as nobody recorded."""
    suppressed, removed = _("Suppressed: {reason}"), _("Suppression removed: {reason}")
    for rows in begun:
        of_removals = rows.model is SuppressionRemoval
        of = removed if of_removals else suppressed
        for each in rows:
            at = each.removed_at if of_removals else each.created_at
            if any(abs(at - other) < AT_ONCE for other in told):
                continue
            name = f"{each.list.name}: " if getattr(each, "list", None) else ""
            why, who = getattr(each, "why", each.note), each.by
            yield Entry(
                at=at,
                text=name + of.format(reason=each.get_reason_display()),
                detail=join_words(why, describe_actor(who)),
                kind="stop",
                order=each.pk,
            )


def register_own_sources() -> None:
    """Register what this app knows; called once, when the app starts."""
    register_source("10-changes", ask_changes, list_changes)
    register_source("20-suppressions", ask_suppressions, list_suppressions)
    register_source("30-consents", ask_consents, list_consents)
    register_source("40-sign-ups", ask_sign_ups, list_sign_ups)
    register_source("90-unrecorded", ask_unrecorded, list_unrecorded)
