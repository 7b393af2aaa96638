"""The next slot of a publication: when it is, what is in it, what is missing, what to do next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext

from newsletter.dates import format_time
from newsletter.desk.composer import status_band
from newsletter.desk.composer.status_band import Band, band_of
from newsletter.desk.home.countdown import describe_span, long_time
from newsletter.publishing.models import Issue, Publication
from newsletter.scheduling.models import Slot
from newsletter.scheduling.slots import issue_meant_for, state_of, upcoming_slots

#: So far ahead a slot is looked for that is not left out.
MAX_SKIPPED = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class NextSlot:
    """What the first page says of the next slot; `band` has the one button."""

    at: dt.datetime
    when: str
    left: str
    soon: str  #: what the countdown says in its last minute
    skipped: tuple[str, ...]
    title: str
    url: str
    band: Band


def find_next_slot(publication: Publication, now: dt.datetime) -> tuple[Slot, list[Slot]]:
    """Return the first slot to come that is not skipped, and those before it that are."""
    coming = upcoming_slots(publication, now, MAX_SKIPPED)
    skipped: list[Slot] = []
    for slot in coming:
        if state_of(slot) != Slot.State.SKIPPED:
            return slot, skipped
        skipped.append(slot)
    return coming[0], []


def show_next_slot(
    publication: Publication, drafts: Sequence[Issue], user: Any, now: dt.datetime
) -> NextSlot:
    """Return the next slot, with the issue that is queued for it or the draft that may be."""
    slot, skipped = find_next_slot(publication, now)
    zone = publication.time_zone
    issue = slot.send.issue if slot.send else draft_for(slot, drafts, zone)
    return NextSlot(
        at=slot.at,
        when=long_time(slot.at, zone),
        left=describe_span(slot.at - now),
        soon=describe_span(dt.timedelta()),
        skipped=tuple(format_time(each.at, zone) for each in skipped),
        title=(issue.draft_title or issue.title) if issue else "",
        url=reverse("wagtailadmin_pages:edit", args=[issue.pk]) if issue else "",
        band=band_for(issue, user) if issue else band_without_issue(publication, user),
    )


def draft_for(slot: Slot, drafts: Sequence[Issue], zone: str) -> Issue | None:
    """Return the issue meant for a slot, else the draft of its day, else the last edited."""
    if meant := issue_meant_for(slot):
        return meant
    day = slot.at.astimezone(ZoneInfo(zone)).date()
    free = [issue for issue in drafts if not is_kept(issue)]
    dated = [issue for issue in free if issue.date in (day, slot.date)]
    return next(iter([*dated, *free]), None)


def is_kept(issue: Issue) -> bool:
    """Say whether an issue is kept for a slot, which is held or another one to come."""
    kept: Slot | None = getattr(issue, "planned_slot", None)
    return kept is not None and kept.state in {Slot.State.OPEN, Slot.State.HELD}


def band_for(issue: Issue, user: Any) -> Band:
    """Return where an issue stands; whoever may not take the next step goes on writing."""
    band = band_of(issue, user)
    if band.url:
        return band
    return replace(
        band,
        url=reverse("wagtailadmin_pages:edit", args=[issue.pk]),
        label=gettext("Open the issue"),
    )


def band_without_issue(publication: Publication, user: Any) -> Band:
    """Return the steps before there is any draft, with the button that begins one."""
    names = [(gettext("Draft"), False), (gettext("Checked"), False)]
    if publication.needs_approval:
        names.append((gettext("Approved"), False))
    names += [(gettext("Queued"), False), (gettext("Sent"), False)]
    may_add = publication.archive.permissions_for_user(user).can_add_subpage()
    return Band(
        steps=status_band.list_steps(names),
        note=gettext("Nothing is written for this slot yet."),
        url=add_url(publication) if may_add else "",
        label=gettext("New issue"),
    )


def add_url(publication: Publication) -> str:
    """Return where a new issue is begun."""
    return reverse("wagtailadmin_pages:add", args=["publishing", "issue", publication.archive.pk])
