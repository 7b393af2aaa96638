"""What people are reminded of before a slot: its draft, what the check finds, its approval."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import suppress
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.urls import reverse

from newsletter.errors import ConfigError, NewsletterError
from newsletter.phrases import phrase
from newsletter.publishing.checks.known_checks import note_checked
from newsletter.publishing.models import Issue, Publication
from newsletter.scheduling import publication_errors
from newsletter.scheduling.models import Notice, Slot
from newsletter.scheduling.reminders.people import Concerned
from newsletter.scheduling.reminders.reminder import (
    BEFORE_SLOT,
    TOO_LATE,
    Reminder,
    edit_path,
    key_of_slot,
    slot_path,
    time_of,
    title_of,
)
from newsletter.scheduling.slots import issue_meant_for, state_of, upcoming_slots
from newsletter.sending.planning.approvals import is_approved
from newsletter.sending.planning.readiness import check_draft

#: A draft is checked again after this long: its template may change meanwhile.
CHECKED_SECONDS = 1800
#: How many slots ahead are looked at.
AHEAD = 10

#: Returns how many errors a draft has, of which the slot is on a day; None if nobody knows.
CountErrors = Callable[[Issue, dt.date], int | None]


def list_opened(now: dt.datetime) -> Iterator[Reminder]:
    """Yield the drafts that were opened lately, and wait in their slots."""
    recent = Slot.objects.filter(drafted_at__gt=now - TOO_LATE, drafted_at__lte=now)
    waiting = recent.filter(state=Slot.State.OPEN, send=None).exclude(issue=None)
    for slot in waiting.select_related("publication__archive", "issue"):
        if slot.issue is not None:
            yield Reminder(
                kind=Notice.Kind.DRAFT_OPENED,
                key=f"issue:{slot.issue.pk}",
                publication=slot.publication,
                concerned=Concerned.WRITERS,
                words=phrase(
                    "The draft of {issue} is open. It is to go out on {time}.",
                    issue=title_of(slot.issue),
                    time=time_of(slot),
                ),
                path=edit_path(slot.issue),
            )


def list_lacking(now: dt.datetime) -> Iterator[Reminder]:
    """Yield what the next open slots of every publication lack; it checks their drafts."""
    return list_lacking_by(now, count_errors)


def list_lacking_by(now: dt.datetime, errors_in: CountErrors) -> Iterator[Reminder]:
    """Yield the same, with another way to know of errors.

    An error of one publication stops only the reminders of its own.
    """
    for publication in Publication.objects.select_related("archive"):
        # Of a lost time zone the clock speaks, each hour.
        with publication_errors.set_aside(publication, "reminders"), suppress(ConfigError):
            yield from lacking_in(publication, now, errors_in)


def lacking_in(
    publication: Publication, now: dt.datetime, errors_in: CountErrors
) -> Iterator[Reminder]:
    """Yield what the next open slots of a publication lack."""
    for slot in upcoming_slots(publication, now, AHEAD):
        if slot.at > now + BEFORE_SLOT:
            return
        if state_of(slot) != Slot.State.OPEN:
            continue
        issue = issue_meant_for(slot)
        if issue is None:
            yield draft_due(slot)
            continue
        if errors_in(issue, slot.at.astimezone(ZoneInfo(publication.time_zone)).date()):
            yield check_errors(slot, issue)
        if publication.needs_approval and not is_approved(issue):
            yield approval_missing(slot, issue)


def draft_due(slot: Slot) -> Reminder:
    """Return that a slot has no issue yet."""
    return Reminder(
        kind=Notice.Kind.DRAFT_DUE,
        key=key_of_slot(slot),
        publication=slot.publication,
        concerned=Concerned.WRITERS,
        words=phrase("There is no issue yet for the slot of {time}.", time=time_of(slot)),
        path=slot_path(slot),
    )


def check_errors(slot: Slot, issue: Issue) -> Reminder:
    """Return that the check of a draft finds errors."""
    return Reminder(
        kind=Notice.Kind.CHECK_ERRORS,
        key=f"issue:{issue.pk}",
        publication=slot.publication,
        concerned=Concerned.WRITERS,
        words=phrase(
            "The check of {issue} found errors. It is to go out on {time}.",
            issue=title_of(issue),
            time=time_of(slot),
        ),
        path=reverse("desk_check", args=[issue.pk]),
    )


def count_errors(issue: Issue, day: dt.date) -> int:
    """Return how many errors the check finds in a draft; one where the check itself fails.

    A check compiles the draft, and the clock asks every minute: what was found counts for
    `CHECKED_SECONDS`, unless the draft is saved again.  The desk's pages know of it, too.
    """
    key = f"reminders-checked:{issue.pk}:{issue.latest_revision_id}:{day}"
    known: int | None = cache.get(key)
    if known is not None:
        return known
    try:
        found = len(check_draft(issue, day=day).errors)
    except NewsletterError:
        found = 1
    cache.set(key, found, CHECKED_SECONDS)
    note_checked(issue, found)
    return found


def approval_missing(slot: Slot, issue: Issue) -> Reminder:
    """Return that an issue waits for its approval."""
    return Reminder(
        kind=Notice.Kind.APPROVAL_MISSING,
        key=f"issue:{issue.pk}",
        publication=slot.publication,
        concerned=Concerned.APPROVERS,
        words=phrase(
            "{issue} is not approved. It is to go out on {time}.",
            issue=title_of(issue),
            time=time_of(slot),
        ),
        path=reverse("desk_approval", args=[issue.pk]),
    )
