"""The fields of a person and of their subscriptions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _

from subscribers.addresses import key_of
from subscribers.importing.unfinished import leave_out
from subscribers.models import List, Subscription, Suppression
from subscribers.segments.comparisons import (
    TEXTS,
    Builder,
    compare_text,
    compare_time,
    match_any,
    negate,
    positive,
)
from subscribers.segments.expressions import Operator
from subscribers.segments.fields import NO, YES, Field, Kind, add_field

State = Subscription.State


def on_lists(state: str) -> Builder:
    """Return what asks for a state on one of some lists, by their short names."""

    def find(slugs: Sequence[str]) -> Q:
        lists = List.objects.filter(slug__in=slugs).values("pk")
        mine = Subscription.objects.filter(subscriber=OuterRef("pk"), state=state)
        mine = mine.filter(list__in=list(lists.values_list("pk", flat=True)))
        return Q(Exists(leave_out(mine)))

    return match_any(find)


def list_names() -> Mapping[str, str]:
    """Return the lists by their short names."""
    return dict(List.objects.values_list("slug", "name"))


def in_languages(tags: Sequence[str]) -> Q:
    """Return the condition of having one of some languages; `ja` has `ja-JP`, too."""
    found = Q()
    for tag in tags:
        found |= Q(language__iexact=tag) | Q(language__istartswith=f"{tag}-")
    return found


def compare_language(operator: Operator, values: Sequence[str]) -> Q:
    """Compare the language a person reads; blank where it is not known."""
    plain, opposite = positive(operator)
    if plain == Operator.BLANK:
        return negate(Q(language=""), when=opposite)
    return negate(in_languages(values), when=opposite)


def at_domains(operator: Operator, values: Sequence[str]) -> Q:
    """Compare what stands behind the @ of an address."""
    operator, opposite = positive(operator)
    found = Q()
    for value in values:
        domain = key_of(f"a@{value.removeprefix('@')}").rpartition("@")[2]
        found |= Q(key__endswith=f"@{domain}")
    return negate(found, when=opposite)


def from_sources(operator: Operator, values: Sequence[str]) -> Q:
    """Compare the sources of subscriptions: of any that a person has."""
    plain, opposite = positive(operator)
    mine = leave_out(Subscription.objects.filter(subscriber=OuterRef("pk")))
    if plain == Operator.BLANK:
        return negate(~Q(Exists(mine.exclude(source=""))), when=opposite)
    lookup = TEXTS[Operator.IS if plain == Operator.IN else plain].lookup_name
    found = Q()
    for value in values:
        found |= Q(**{f"source__{lookup}": value})
    return negate(Q(Exists(mine.filter(found))), when=opposite)


def is_suppressed(values: Sequence[str]) -> Q:
    """Return the condition of being suppressed, or of not being it."""
    entries = Suppression.objects.filter(key=OuterRef("key"))
    return negate(Q(Exists(entries)), when=values[0] == NO)


def answers() -> Mapping[str, str]:
    """Return the two values of a flag."""
    return {YES: _("yes"), NO: _("no")}


def add_fields() -> None:
    """Let segments ask about people."""
    text = Kind.TEXT
    for field in (
        Field(name="email", kind=text, label=lambda: _("address"), build=compare_text(F("key"))),
        Field(name="domain", kind=Kind.CHOICE, label=lambda: _("domain"), build=at_domains),
        Field(name="name", kind=text, label=lambda: _("name"), build=compare_text(F("name"))),
        Field(
            name="language",
            kind=Kind.LANGUAGE,
            label=lambda: _("language"),
            build=compare_language,
        ),
        Field(
            name="list",
            kind=Kind.CHOICE,
            label=lambda: _("list"),
            build=on_lists(State.ACTIVE),
            options=list_names,
        ),
        Field(
            name="left",
            kind=Kind.CHOICE,
            label=lambda: _("left the list"),
            build=on_lists(State.UNSUBSCRIBED),
            options=list_names,
        ),
        Field(
            name="joined",
            kind=Kind.DATE,
            label=lambda: _("joined"),
            build=compare_time("created_at"),
        ),
        Field(name="source", kind=text, label=lambda: _("source"), build=from_sources),
        Field(
            name="suppressed",
            kind=Kind.FLAG,
            label=lambda: _("suppressed"),
            build=match_any(is_suppressed),
            options=answers,
        ),
    ):
        add_field(field)
