"""Another rhythm for a publication: what would come of it, and the change itself.

The desk and the command both show what comes of it first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from newsletter.dates import format_day
from newsletter.publishing.models import Publication
from newsletter.scheduling.models import Slot
from newsletter.scheduling.rescheduling import (
    Change,
    list_changes,
    move_queued,
    note_change,
    preview_slots,
)
from newsletter.scheduling.slots import apply_rhythm, read_rhythm, rhythm_of

T = TypeVar("T")

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
        return read_rhythm(self.old) != rhythm_of(self.new)

    @property
    def titles(self) -> str:
        """Return the names of the issues that would move."""
        return ", ".join(str(each.send.issue.title) for each in self.affected)

    @property
    def shown_zone(self) -> str:
        """Return the zone in which old times are shown: the old one, unless it has vanished."""
        return (self.old if read_rhythm(self.old) else self.new).time_zone

    def save(self, answer: str) -> None:
        """Save the new state of the publication, with all that comes of it, or nothing."""
        self.save_with(self.new.save, answer)

    def save_with(self, save: Callable[[], T], answer: str) -> T:
        """Do the same where a form saves the publication; return what it does."""
        note_change(self.new, self.now)
        with transaction.atomic():
            saved = save()
            if answer == "move":
                move_queued(self.new, self.affected)
            apply_rhythm(self.new, rhythm_of(self.new), self.now)
        return saved

    def preview(self, count: int) -> list[tuple[Slot, str]]:
        """Return the next slots as they would be, each with what becomes of it."""
        found = preview_slots(self.new, rhythm_of(self.new), self.now, count)
        return [(slot, becomes(slot, self)) for slot in found]

    def said(self, answer: str) -> str:
        """Say what became of the queued issues; nothing where none would have moved."""
        return str(ANSWERS[answer]).format(self.titles) if self.affected else ""


def rhythm_change(old: Publication, new: Publication, now: dt.datetime) -> RhythmChange:
    """Return what would change between two states of a publication."""
    affected = list_changes(old, rhythm_of(new), now)
    return RhythmChange(old=old, new=new, now=now, affected=affected)


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
