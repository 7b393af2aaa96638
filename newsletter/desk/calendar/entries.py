"""What the calendar says of a slot: when, what is in it, how it stands, what is missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import get_language, gettext

from newsletter import counted
from newsletter.dates import format_day, format_time
from newsletter.phrases import translate
from newsletter.publishing.checks.known_checks import read_errors_of
from newsletter.publishing.models import Issue, Publication
from newsletter.scheduling import holds, slots
from newsletter.scheduling.models import Slot
from newsletter.scheduling.numbers import Planned, holder_of
from newsletter.scheduling.times import explain_time
from newsletter.sending.models import Edition


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One slot as the pages show it; `local` is its time for a field of the browser's."""

    publication: str
    day: dt.date
    clock: str
    when: str
    local: str
    state: str
    status: str
    title: str
    number: str
    name: str
    reason: str
    marks: tuple[str, ...]
    missing: tuple[str, ...]
    url: str
    is_past: bool
    can_move: bool
    can_drag: bool

    @property
    def spoken(self) -> str:
        """Everything in one sentence, for whoever hears the page."""
        parts = (
            self.publication,
            self.when,
            self.status,
            self.title or self.number,
            self.name,
            *self.marks,
        )
        return ", ".join(filter(None, (*parts, self.reason, *self.missing)))


def entries_of(
    found: Sequence[Slot], now: dt.datetime, numbers: Mapping[tuple[int, dt.date], Planned]
) -> list[Entry]:
    """Return slots as the pages show them; asks for all of them at once what is missing."""
    planned = [issue for slot in found if (issue := slots.issue_meant_for(slot))]
    errors = read_errors_of(planned)
    approved = approved_revisions(planned)
    return [
        describe_slot(
            slot,
            now,
            missing_words(slot, errors, approved),
            numbers.get((slot.publication_id, slot.date)),
        )
        for slot in found
    ]


def approved_revisions(issues: Iterable[Issue]) -> set[int]:
    """Return the revisions of issues that were approved."""
    rows = Edition.objects.filter(issue__in=list(issues)).exclude(approved_at=None)
    return set(rows.values_list("revision_id", flat=True))


def describe_slot(
    slot: Slot, now: dt.datetime, missing: tuple[str, ...], planned: Planned | None
) -> Entry:
    """Return a slot as the pages show it."""
    zone = slot.publication.time_zone
    local = slot.at.astimezone(ZoneInfo(zone))
    state = Slot.State(slots.state_of(slot))
    issue = holder_of(slot)
    movable = slot.send is None or state == Slot.State.FILLED
    return Entry(
        publication=slot.publication.name,
        day=local.date(),
        clock=f"{local:%H:%M}",
        when=format_time(slot.at, zone),
        local=f"{local:%Y-%m-%dT%H:%M}",
        state=state.value,
        status=str(state.label),
        title=(issue.draft_title or issue.title) if issue else "",
        number=number_words(slot, planned),
        name=slot.name,
        reason=reason_of(slot),
        marks=tuple(marks_of(slot, local.date())),
        missing=missing,
        url=reverse("desk_slot", args=[slot.publication.slug, slot.date.isoformat()]),
        is_past=slot.at <= now,
        can_move=movable,
        # A slip of the hand would open it again; its page asks for a date.
        can_drag=movable and state != Slot.State.SKIPPED,
    )


def number_words(slot: Slot, planned: Planned | None) -> str:
    """Say which number the issue of a slot will carry; nothing where it has an issue."""
    if planned is None or holder_of(slot) is not None:
        return ""
    if slot.number is None:
        return f"Vol {planned.ref}" if planned.ref else ""
    if not planned.ref:
        return gettext("special, without a number")
    return gettext("Vol {ref}, reserved").format(ref=planned.ref)


def missing_words(slot: Slot, errors: dict[int, int], approved: set[int]) -> tuple[str, ...]:
    """Say what a slot lacks before its issue can go out."""
    if slot.send is not None:
        is_waiting = slot.send.started_at is None and slot.send.edition.approved_at is None
        return (gettext("not approved"),) if is_waiting else ()
    if slot.state not in {Slot.State.OPEN, Slot.State.HELD}:
        return ()
    issue = slots.issue_meant_for(slot)
    if issue is None:
        return (gettext("no issue yet"),)
    found = [check_words(errors.get(issue.pk))]
    if slot.publication.needs_approval and issue.latest_revision_id not in approved:
        found.append(gettext("not approved"))
    if slot.state == Slot.State.OPEN:
        found.append(gettext("not queued"))
    return tuple(filter(None, found))


def check_words(errors: int | None) -> str:
    """Say how the check of a draft stands; nothing where it found no error."""
    if errors is None:
        return gettext("not checked")
    if not errors:
        return ""
    return gettext("the check found {errors}").format(errors=counted.errors(errors))


def reason_of(slot: Slot) -> str:
    """Return why a slot is skipped or held, in the reader's language where we said it."""
    if held := holds.reason_of(slot):
        return str(translate(held))
    if slot.skipped_by_rule:
        name = name_of_day(slot.publication, slot.date)
        return gettext("skipped for {holiday}").format(holiday=name) if name else ""
    return gettext(slot.note) if slot.note in slots.OUR_NOTES else slot.note


def marks_of(slot: Slot, day: dt.date) -> Iterable[str]:
    """Yield what is worth knowing of when a slot is due, and until when it can be sent."""
    until = holds.grace_end(slot)
    if until is not None and holds.reason_of(slot):
        words = gettext("can be sent until {time}")
        yield words.format(time=format_time(until, slot.publication.time_zone))
    if slot.moved and slot.date != day:
        yield gettext("moved from {day}").format(day=format_day(slot.date))
    elif slot.moved:
        yield gettext("moved")
    elif slot.date != day:
        name = name_of_day(slot.publication, slot.date)
        words = gettext("put off from {day}") if day > slot.date else gettext("instead of {day}")
        yield f"{words.format(day=format_day(slot.date))} ({name})"
    if explained := explain_time(slot.at, slot.publication.time_zone):
        yield explained
    elif not slot.moved and left_out(slot):
        yield gettext("The clocks leave out {time} on that day.").format(
            time=f"{slot.publication.time:%H:%M}"
        )


def left_out(slot: Slot) -> bool:
    """Say whether the clocks leave out the time of the rhythm on the day of a slot."""
    local = slot.at.astimezone(ZoneInfo(slot.publication.time_zone))
    return local.time().replace(second=0) != slot.publication.time.replace(second=0)


def name_of_day(publication: Publication, day: dt.date) -> str:
    """Return which holiday or quiet date of a publication a day is, else nothing."""
    language = get_language() or "en"
    quiet = slots.quiet_dates_of(publication)
    return quiet.name(day, language, unnamed=gettext("quiet date"))
