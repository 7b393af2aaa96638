"""What is asked of people: the filter of the desk's page, of commands, and of bulk actions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsletter.errors import BadInput
from subscribers import lists
from subscribers.finding.texts import column_holds, holds_text
from subscribers.importing.unfinished import is_there, leave_out
from subscribers.models import ERASED_DOMAIN, ListSuppression, Subscription, Suppression
from subscribers.segments.explaining import explain
from subscribers.segments.parsing import parse_filter
from subscribers.segments.queries import build_query
from subscribers.segments.saved import segment_by_slug

SUPPRESSED, NOWHERE = "suppressed", "nowhere"
#: States that can be asked for, by name.
STATES = {
    **dict(Subscription.State.choices),
    SUPPRESSED: gettext_lazy("suppressed"),
    NOWHERE: gettext_lazy("on no list"),
}
#: Longer texts are cut.
MAX_LENGTH = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class PeopleFilter:
    """Which people: all conditions hold; an empty one asks for nothing.

    `text` is a part of an address or name, `list` and `segment` are short names, `state` is one of
    `STATES`, `source` a part of where a subscription came from.  List, state and source are of one
    and the same subscription.  With a list, `nowhere` asks for those who were never on it.
    """

    text: str = ""
    list: str = ""
    state: str = ""
    segment: str = ""
    source: str = ""

    @property
    def asks_nothing(self) -> bool:
        """Whether everybody is found."""
        return not any(asdict(self).values())

    def as_dict(self) -> dict[str, str]:
        """Return what is asked, without what is not."""
        return {name: value for name, value in asdict(self).items() if value}


def read_filter(values: Mapping[str, str]) -> PeopleFilter:
    """Return the filter in some values by name, cut and without blanks around them.

    Raises `BadInput` for an unknown state, and `NotFound` for an unknown list or segment.
    """
    known = {each.name for each in fields(PeopleFilter)}
    found = PeopleFilter(
        **{name: value.strip()[:MAX_LENGTH] for name, value in values.items() if name in known}
    )
    if found.state and found.state not in STATES:
        raise BadInput(
            _("{state} is not a state of people").format(state=repr(found.state)),
            hint=_("One of: {names}").format(names=", ".join(STATES)),
        )
    if found.list:
        lists.by_slug(found.list)
    if found.segment:
        segment_by_slug(found.segment)
    return found


def build_condition(of: PeopleFilter) -> Q:
    """Return the condition of a query of `Subscriber`; who was erased is never found.

    Nor is who is new by an import that is still half-written.
    """
    found = is_there() & ~Q(key__endswith=f"@{ERASED_DOMAIN}")
    if of.text:
        found &= holds_text(of.text)
    mine = matching_subscriptions(of)
    if mine is not None:
        exists = Q(Exists(mine.filter(subscriber=OuterRef("pk"))))
        found &= ~exists if of.state == NOWHERE else exists
    if of.state == SUPPRESSED:
        found &= is_stopped(of)
    if of.segment:
        found &= build_query(parse_filter(segment_by_slug(of.segment).filter))
    return found


def is_stopped(of: PeopleFilter) -> Q:
    """Return the condition that an address gets no mail; with a list, none of that list."""
    stopped = Q(Exists(Suppression.objects.filter(key=OuterRef("key"))))
    if of.list:
        here = ListSuppression.objects.filter(key=OuterRef("key"), list=lists.by_slug(of.list))
        stopped |= Q(Exists(here))
    return stopped


def matching_subscriptions(of: PeopleFilter) -> QuerySet[Subscription] | None:
    """Return the subscriptions of which a person must have one, or none with `nowhere`.

    `None` where nothing is asked of them.
    """
    rows, asked = leave_out(Subscription.objects.all()), of.state == NOWHERE
    if of.list:
        rows, asked = rows.filter(list=lists.by_slug(of.list)), True
    if of.state in Subscription.State.values:
        rows, asked = rows.filter(state=of.state), True
    if of.source:
        rows, asked = rows.filter(column_holds("source", of.source)), True
    return rows if asked else None


def explain_filter(of: PeopleFilter) -> str:
    """Return what is asked, in the reader's language, as one phrase without a full stop."""
    said = []
    if of.text:
        said.append(_("“{text}” in the address or name").format(text=of.text))
    if of.list:
        said.append(_("list {name}").format(name=lists.by_slug(of.list).name))
    if of.state:
        said.append(_("state: {state}").format(state=STATES[of.state]))
    if of.segment:
        segment = segment_by_slug(of.segment)
        words = explain(parse_filter(segment.filter))
        said.append(_("segment {name} ({words})").format(name=segment.name, words=words))
    if of.source:
        said.append(_("“{text}” in the source").format(text=of.source))
    return _(", ").join(said) or _("everybody")
