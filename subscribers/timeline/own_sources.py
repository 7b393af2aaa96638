"""What this app knows of a person: changes, consent, lists that came by an import, suppressions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
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


def join_words(*parts: str) -> str:
    """Return the parts that are not blank, with a point between them."""
    return " · ".join(part for part in parts if part)


def list_changes(person: Subscriber, last: dt.datetime | None, limit: int) -> Iterator[Entry]:
    """Yield what was changed, by whom and why."""
    rows = person.changes.select_related("list")
    for each in until(rows, "at", last, limit):
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


def list_consents(person: Subscriber, last: dt.datetime | None, limit: int) -> Iterator[Entry]:
    """Yield what the person agreed to, in which words."""
    rows = Consent.objects.filter(subscriber=person).select_related("list")
    for each in until(rows, "given_at", last, limit):
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


def list_unrecorded(person: Subscriber, last: dt.datetime | None, limit: int) -> Iterator[Entry]:
    """Yield how subscriptions began and ended of which no change tells, as imports leave them."""
    told = set(person.changes.values_list("list_id", "to_state"))
    begun = {list_id for list_id, state in told if state}
    entries = [Entry(at=person.created_at, text=_("First known here"))]
    for each in person.subscriptions.select_related("list"):
        name, source = each.list.name, describe_source(each.source)
        if each.list_id not in begun:
            text = _("{list}: {state}").format(list=name, state=Kind.ADDED.label)
            entries.append(Entry(at=each.created_at, text=text, detail=source, kind="list"))
        ended = each.state == Subscription.State.UNSUBSCRIBED
        if ended and (each.list_id, each.state) not in told:
            text = _("{list}: {state}").format(list=name, state=Kind.LEFT.label)
            entries.append(Entry(at=each.changed_at, text=text, detail=source, kind="list"))
    newest = sorted(entries, key=lambda entry: entry.at, reverse=True)
    yield from [each for each in newest if last is None or each.at <= last][:limit]


def list_sign_ups(person: Subscriber, last: dt.datetime | None, limit: int) -> Iterator[Entry]:
    """Yield when somebody asked for a list with the address."""
    rows = SignUp.objects.filter(key=person.key).select_related("list")
    for each in until(rows, "asked_at", last, limit):
        yield Entry(
            at=each.asked_at,
            text=_("{list}: asked for by a form").format(list=each.list.name),
            detail=join_words(each.source, each.site),
            kind="consent",
            order=each.pk,
        )


def list_suppressions(person: Subscriber, last: dt.datetime | None, limit: int) -> Iterator[Entry]:
    """Yield when the address was suppressed, and when that was taken back, as nobody recorded."""
    kinds = (Kind.SUPPRESSED, Kind.LIFTED)
    told = list(person.changes.filter(kind__in=kinds).values_list("at", flat=True))
    for rows, column, of in suppressions_of(person):
        for each in until(rows, column, last, limit):
            at = getattr(each, column)
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


def suppressions_of(person: Subscriber) -> Iterator[tuple[QuerySet[Any], str, str]]:
    """Yield what suppresses a person's address, with the column of its time, and the words."""
    suppressed = _("Suppressed: {reason}")
    yield Suppression.objects.filter(key=person.key), "created_at", suppressed
    for_lists = ListSuppression.objects.filter(key=person.key).select_related("list")
    yield for_lists, "created_at", suppressed
    removals = SuppressionRemoval.objects.filter(key=person.key).select_related("list")
    yield removals, "removed_at", _("Suppression removed: {reason}")


def register_own_sources() -> None:
    """Register what this app knows; called once, when the app starts."""
    register_source("10-changes", list_changes)
    register_source("20-suppressions", list_suppressions)
    register_source("30-consents", list_consents)
    register_source("40-sign-ups", list_sign_ups)
    register_source("90-unrecorded", list_unrecorded)
