"""What there is to remind of, by the tables as they are now; nothing is written here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.db.models.functions import Coalesce
from django.urls import reverse

from newsletter.errors import ConfigError, NewsletterError
from newsletter.phrases import Phrase, Time, phrase
from newsletter.publishing.models import Issue, Publication
from newsletter.scheduling import holds, publication_errors, send_status
from newsletter.scheduling.holds import Hold
from newsletter.scheduling.models import Notice, Slot
from newsletter.scheduling.reminders.people import Concerned, list_concerned
from newsletter.scheduling.slots import (
    GRACE_OVER,
    LATER_DUE,
    issue_meant_for,
    state_of,
    upcoming_slots,
)
from newsletter.sending.models import Send
from newsletter.sending.planning.approvals import is_approved
from newsletter.sending.planning.readiness import check_draft
from newsletter.sending.reporting.totals import count_send

#: This long before a slot people are reminded of what it lacks, and that its issue goes out.
BEFORE_SLOT = dt.timedelta(days=2)
BEFORE_SEND = dt.timedelta(days=1)
#: After this long nobody is told any more of what happened.
TOO_LATE = dt.timedelta(days=1)
#: So long a draft that was found in order counts as such: its template may change meanwhile.
IN_ORDER_SECONDS = 1800
#: How many slots ahead are looked at.
AHEAD = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Reminder:
    """One thing to remind of: `key` names it for good, `path` is where in the desk it stands.

    `details` returns further lines, such as the account of a send, which takes a while.
    """

    kind: Notice.Kind
    key: str
    publication: Publication
    concerned: Concerned
    words: Phrase
    path: str
    details: Callable[[], tuple[str, ...]] = tuple


def list_all_lacking(now: dt.datetime) -> Iterator[Reminder]:
    """Yield what the next open slots of every publication lack.

    An error of one publication stops only the reminders of its own.
    """
    for publication in Publication.objects.all():
        # Of a lost time zone the clock speaks, each hour.
        with publication_errors.set_aside(publication, "reminders"), suppress(ConfigError):
            yield from list_lacking(publication, now)


def list_opened(now: dt.datetime) -> Iterator[Reminder]:
    """Yield the drafts that were opened lately."""
    recent = Slot.objects.filter(drafted_at__gt=now - TOO_LATE, drafted_at__lte=now)
    for slot in recent.select_related("publication", "issue"):
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


def list_lacking(publication: Publication, now: dt.datetime) -> Iterator[Reminder]:
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
        if is_to_check(issue) and (reminder := check_errors(slot, issue)):
            yield reminder
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


def is_to_check(issue: Issue) -> bool:
    """Say whether somebody is to be told of the errors of a draft, and does not know of them.

    A check compiles the draft, and the clock asks every minute.
    """
    concerned = Concerned.WRITERS, issue.publication, Notice.Kind.CHECK_ERRORS
    return not is_told(issue) and bool(list_concerned(*concerned))


def is_told(issue: Issue) -> bool:
    """Say whether people know of the errors of a draft."""
    told = Notice.objects.filter(kind=Notice.Kind.CHECK_ERRORS, key=f"issue:{issue.pk}")
    return told.exclude(state=Notice.State.NOT_ACCEPTED).exists()


def check_errors(slot: Slot, issue: Issue) -> Reminder | None:
    """Return that the check of a draft finds errors; None where it finds none."""
    day = slot.at.astimezone(ZoneInfo(slot.publication.time_zone)).date()
    if not has_errors(issue, day):
        return None
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


def has_errors(issue: Issue, day: dt.date) -> bool:
    """Say whether the check of a draft finds errors, or fails on it, as on a broken template.

    What is found in order is not checked again for `IN_ORDER_SECONDS`, unless it is saved again.
    """
    key = f"in-order:{issue.pk}:{issue.latest_revision_id}:{day}"
    if cache.get(key):
        return False
    try:
        found = bool(check_draft(issue, day=day).errors)
    except NewsletterError:
        return True
    if not found:
        cache.set(key, True, IN_ORDER_SECONDS)
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


def list_tomorrow(now: dt.datetime) -> Iterator[Reminder]:
    """Yield the queued sends that leave within a day."""
    soon = Send.objects.filter(state=Send.State.QUEUED, at__gt=now, at__lte=now + BEFORE_SEND)
    # What is queued for the next minutes is no news to whoever queued it.
    queued = soon.filter(created_at__lt=now - dt.timedelta(hours=1))
    for send in queued.select_related("issue__publication"):
        yield of_send(
            send,
            Notice.Kind.TOMORROW,
            phrase("{issue} goes out on {time}.", issue=title_of(send.issue), time=due(send)),
        )


def list_finished(now: dt.datetime) -> Iterator[Reminder]:
    """Yield the sends that were submitted lately, with their accounts."""
    ended = (Send.State.SENT, Send.State.UNRESOLVED)
    lately = Send.objects.filter(state__in=ended, finished_at__gt=now - TOO_LATE)
    for send in lately.select_related("issue__publication"):
        words = phrase("{issue} was submitted.", issue=title_of(send.issue))
        yield of_send(send, Notice.Kind.WENT, words, details=partial(account_of, send))


def account_of(send: Send) -> tuple[str, ...]:
    """Return the account of a send, line by line."""
    totals = count_send(send)
    unknown = totals.deliveries.get("unknown", 0)
    lines = [
        phrase("Candidates: {number}", number=f"{totals.candidates:,}"),
        phrase("Left out: {number}", number=f"{sum(totals.excluded.values()):,}"),
        phrase("Planned: {number}", number=f"{totals.planned:,}"),
    ]
    if unknown:
        lines.append(phrase("Unknown: {number}", number=f"{unknown:,}"))
    return tuple(lines)


def reason_of(send: Send) -> tuple[str, ...]:
    """Return why a send is held."""
    return (send_status.note_of(send),)


def list_held(now: dt.datetime) -> Iterator[Reminder]:
    """Yield the slots and sends that were held lately, with the reason."""
    shown = set[int]()
    for hold in holds.list_holds(now):
        if hold.slot.send_id:
            shown.add(hold.slot.send_id)
        if hold.since > now - TOO_LATE:
            yield held_slot(hold)
    lately = Coalesce("held_at", "at")
    sends = Send.objects.filter(state=Send.State.HELD).select_related("issue__publication")
    held = sends.annotate(since=lately)
    for send in held.filter(since__gt=now - TOO_LATE).exclude(pk__in=shown):
        words = phrase("{issue} is held.", issue=title_of(send.issue))
        held_send = of_send(send, Notice.Kind.HELD, words, details=partial(reason_of, send))
        yield replace(held_send, key=key_of_hold(held_send.key, send.held_at))


def held_slot(hold: Hold) -> Reminder:
    """Return that a slot is held: why, and until when its issue can be sent."""
    slot = hold.slot
    return Reminder(
        kind=Notice.Kind.HELD,
        key=key_of_hold(key_of_slot(slot), hold.since),
        publication=slot.publication,
        concerned=Concerned.EVERYBODY,
        words=phrase("The slot of {time} is held.", time=time_of(slot)),
        details=partial(explain_hold, hold),
        path=slot_path(slot),
    )


def explain_hold(hold: Hold) -> tuple[str, ...]:
    """Return why a slot is held, which issue is meant for it, and what can be done."""
    until = Time(hold.until, hold.slot.publication.time_zone)
    return (
        holds.reason_of(hold.slot),
        phrase("Issue: {title}", title=title_of(hold.issue)) if hold.issue else "",
        phrase(
            "Until {time} it can be sent with one click, on the page below."
            " After that the slot is skipped.",
            time=until,
        ),
    )


def key_of_hold(name: str, since: dt.datetime | None) -> str:
    """Return the name of one hold: what is held a second time is told again."""
    return f"{name}:{since.timestamp():.0f}" if since else name


def list_skipped(now: dt.datetime) -> Iterator[Reminder]:
    """Yield the slots that the clock skipped lately, because nothing was sent in time."""
    skipped = Slot.objects.filter(state=Slot.State.SKIPPED, note__in=[GRACE_OVER, LATER_DUE])
    lately = skipped.filter(changed_at__gt=now - TOO_LATE, changed_at__lte=now)
    for slot in lately.select_related("publication"):
        yield Reminder(
            kind=Notice.Kind.SKIPPED,
            key=key_of_hold(key_of_slot(slot), slot.held_at),
            publication=slot.publication,
            concerned=Concerned.EVERYBODY,
            words=phrase("The slot of {time} was skipped.", time=time_of(slot)),
            details=partial(explain_skip, slot),
            path=slot_path(slot),
        )


def explain_skip(slot: Slot) -> tuple[str, ...]:
    """Return why the clock skipped a slot, and what becomes of its issue."""
    return (
        phrase(slot.note),
        phrase("Its issue, if it had one, is a draft again and can be queued for another slot."),
    )


def of_send(
    send: Send,
    kind: Notice.Kind,
    words: Phrase,
    *,
    details: Callable[[], tuple[str, ...]] = tuple,
) -> Reminder:
    """Return a reminder about a send."""
    return Reminder(
        kind=kind,
        key=f"send:{send.pk}",
        publication=send.issue.publication,
        concerned=Concerned.SENDERS,
        words=words,
        path=reverse("desk_send", args=[send.pk]),
        details=details,
    )


def title_of(issue: Issue) -> str:
    """Return the title of a draft."""
    return str(issue.draft_title or issue.title)


def edit_path(issue: Issue) -> str:
    """Return where an issue is written."""
    return reverse("wagtailadmin_pages:edit", args=[issue.pk])


def key_of_slot(slot: Slot) -> str:
    """Return the name of a slot in notices."""
    return f"slot:{slot.publication_id}:{slot.date}"


def slot_path(slot: Slot) -> str:
    """Return where a slot stands in the desk."""
    return reverse("desk_slot", args=[slot.publication.slug, slot.date.isoformat()])


def time_of(slot: Slot) -> Time:
    """Return when a slot is due."""
    return Time(slot.at, slot.publication.time_zone)


def due(send: Send) -> Time:
    """Return when a send leaves."""
    return Time(send.at, send.issue.publication.time_zone)


#: Where reminders come from; each works even if another fails.
SOURCES: tuple[Callable[[dt.datetime], Iterator[Reminder]], ...] = (
    list_opened,
    list_all_lacking,
    list_tomorrow,
    list_finished,
    list_held,
    list_skipped,
)
