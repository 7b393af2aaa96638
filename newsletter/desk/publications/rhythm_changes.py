"""Before the rhythm of a publication changes: the next dates, and what becomes of the others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from newsletter.dates import format_day, format_time
from newsletter.publishing.models import Publication
from newsletter.scheduling.models import Slot
from newsletter.scheduling.rescheduling import (
    Change,
    list_changes,
    move_queued,
    note_change,
    preview_slots,
)
from newsletter.scheduling.slots import apply_rhythm, rhythm_of

#: How many dates are shown before anything is saved.
DATES = 10
#: The answers, with what is said of queued issues that would move.
ANSWERS: Mapping[str, str | Promise] = {
    "keep": _("These keep their time: {}."),
    "move": _("These go out at their new time: {}."),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class RhythmChange:
    """A publication as it is stored and as it would be, with the queued sends that would move."""

    old: Publication
    new: Publication
    now: dt.datetime
    affected: Sequence[Change]

    @property
    def is_one(self) -> bool:
        """Say whether the rhythm changes at all."""
        return rhythm_of(self.old) != rhythm_of(self.new)

    @property
    def titles(self) -> str:
        """Return the names of the issues that would move."""
        return ", ".join(str(each.send.issue.title) for each in self.affected)

    def note(self) -> None:
        """Note the change in the publication, before it is saved."""
        note_change(self.new, self.now)

    def apply(self, answer: str) -> None:
        """Bring the slots into line, once the publication is saved."""
        with transaction.atomic():
            if answer == "move":
                move_queued(self.new, self.affected)
            apply_rhythm(self.new, rhythm_of(self.new), self.now)

    def said(self, answer: str) -> str:
        """Say what became of the queued issues; nothing where none would have moved."""
        return str(ANSWERS[answer]).format(self.titles) if self.affected else ""


def rhythm_change(old: Publication, new: Publication, now: dt.datetime) -> RhythmChange:
    """Return what would change between two states of a publication."""
    affected = list_changes(old, rhythm_of(new), now)
    return RhythmChange(old=old, new=new, now=now, affected=affected)


def ask_about(request: HttpRequest, change: RhythmChange) -> HttpResponse:
    """Show the next dates and the queued issues, and carry what was filled in to the answer."""
    queued = [
        {
            "title": each.send.issue.title,
            "now": format_time(each.send.at, change.old.time_zone),
            "then": format_time(each.at, change.new.time_zone),
        }
        for each in change.affected
    ]
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in {"csrfmiddlewaretoken", "queued"}
        for value in values
    ]
    found = preview_slots(change.new, rhythm_of(change.new), change.now, DATES)
    shown = {
        "publication": change.old,
        "rows": queued,
        "dates": [
            (format_time(each.at, change.new.time_zone), becomes(each, change)) for each in found
        ],
        "fields": fields,
    }
    return render(request, "desk/cadence_ask.html", shown)


def becomes(slot: Slot, change: RhythmChange) -> str:
    """Say what a slot of the preview is: as before, new, or kept as a person left it."""
    if slot.send is not None:
        moves = any(each.send.pk == slot.send.pk for each in change.affected)
        words = (
            gettext("{title} is queued; see below") if moves else gettext("{title} stays queued")
        )
        return words.format(title=slot.send.issue.title)
    if slot.skipped_by_rule:
        return gettext("skipped: {holiday}").format(holiday=holiday_of(slot, change))
    if slot.state == Slot.State.SKIPPED:
        return gettext("stays skipped") + (f": {slot.note}" if slot.note else "")
    if slot.moved:
        return gettext("stays where it was moved")
    day = rhythm_of(change.new).plan(slot.date).day
    if day != slot.date:
        words = gettext("instead of {day}: {holiday}")
        return words.format(day=format_day(slot.date), holiday=holiday_of(slot, change))
    return ""


def holiday_of(slot: Slot, change: RhythmChange) -> str:
    """Return the holiday of the date of a slot."""
    quiet = rhythm_of(change.new).quiet
    return quiet.name(slot.date, get_language() or "en", unnamed=gettext("quiet date"))
