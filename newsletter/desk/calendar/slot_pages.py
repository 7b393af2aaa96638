"""The page of one slot: what is in it, and all that a person can do with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from wagtail import hooks
from wagtail.admin import messages

from newsletter.dates import format_day, format_time
from newsletter.desk.calendar.entries import entries_of, name_of_day
from newsletter.desk.sends.queueing import PERMISSION
from newsletter.errors import BadInput, NewsletterError
from newsletter.phrases import phrase
from newsletter.publishing.models import Issue, Publication
from newsletter.publishing.naming import ref_of
from newsletter.scheduling import slot_changes, slots
from newsletter.scheduling.booking import give_back
from newsletter.scheduling.holds import find_hold, send_held
from newsletter.scheduling.models import Slot
from newsletter.scheduling.numbers import holder_of, number_of, number_of_slot, reserve_number
from newsletter.scheduling.times import explain_time, parse_wall_time
from newsletter.sending import trusted_time
from newsletter.sending.models import Send

#: How many drafts can be chosen from, the last edited first.
MAX_DRAFTS = 50


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the page."""
    return [path("calendar/<slug:publication>/<str:date>/", slot_page, name="desk_slot")]


def slot_page(request: HttpRequest, publication: str, date: str) -> HttpResponse:
    """Show a slot; on POST do with it what the button says, and go back to the calendar.

    Where that is refused the page says why, with what was typed still in its fields.
    """
    slot = find_slot(publication, date)
    if request.method != "POST":
        return render(request, "desk/calendar/slot.html", describe_page(request, slot))
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    name = request.POST.get("do", "")
    if name not in ACTIONS:
        raise Http404
    try:
        messages.success(request, ACTIONS[name](request, slots.save_slot(slot)))
    except NewsletterError as error:
        refused = {"refused": error.sentences, "refused_do": name, "typed": request.POST}
        shown = describe_page(request, find_slot(publication, date)) | refused
        return render(request, "desk/calendar/slot.html", shown, status=409)
    return redirect(way_onward(request, name, slot))


def way_onward(request: HttpRequest, done: str, slot: Slot) -> str:
    """Return the page of the send that was begun, where it can be undone; else the way back."""
    if done != "send":
        return way_back(request)
    begun = Slot.objects.select_related("send").get(publication=slot.publication, date=slot.date)
    return send_url(request, begun) or way_back(request)


def find_slot(publication: str, date: str) -> Slot:
    """Return the slot of an address, saved or not, or raise `Http404`."""
    owner = get_object_or_404(Publication, slug=publication)
    try:
        day = dt.date.fromisoformat(date)
    except ValueError:
        raise Http404 from None
    rows = slots.with_plans(Slot.objects.filter(publication=owner, date=day))
    if row := rows.select_related("send__issue", "issue").first():
        row.publication = owner
        return row
    rhythm = slots.rhythm_of(owner)
    if not rhythm.cadence.holds(day):
        raise Http404
    return slots.unsaved_slot(owner, rhythm.plan(day))


def way_back(request: HttpRequest) -> str:
    """Return the page of the calendar that somebody came from, else the calendar."""
    came_from = request.POST.get("next", "") or request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(came_from, None) and came_from.startswith("/"):
        return came_from
    return reverse("desk_schedule")


def describe_page(request: HttpRequest, slot: Slot) -> dict[str, Any]:
    """Return what the page shows."""
    now = trusted_time.now()
    planned = number_of_slot(slot, now)
    numbers = {(slot.publication_id, slot.date): planned} if planned else {}
    (entry,) = entries_of([slot], now, numbers)
    may_change = request.user.has_perm(PERMISSION)
    issue = holder_of(slot)
    is_open = slot.send is None and slot.state == Slot.State.OPEN
    hold = find_hold(slot, now)
    return {
        "entry": entry,
        "slot": slot,
        "day_words": format_day(slot.date),
        "zone": slot.publication.time_zone,
        "holiday": name_of_day(slot.publication, entry.day),
        "issue": issue,
        "send_url": send_url(request, slot),
        "may_change": may_change,
        "can_move": may_change and entry.can_move,
        "can_put_back": may_change and entry.can_move and slot.moved,
        "hold": hold,
        "can_send": may_change and hold is not None,
        "can_skip": may_change and ((is_open and not entry.is_past) or hold is not None),
        "can_reopen": may_change
        and slot.send is None
        and slot.state in slots.EMPTY
        and not entry.is_past,
        "can_give": may_change and is_open,
        "can_number": may_change and is_open and issue is None,
        "reserved": gettext("special") if slot.number == 0 else ref_of(*number_of(slot)),
        "can_take_out": may_change and (is_queued(slot) or (is_open and issue is not None)),
        "is_queued": is_queued(slot),
        "drafts": find_drafts(slot.publication) if may_change and (is_open or hold) else (),
        "typed": {},
        "next": way_back(request),
    }


def is_queued(slot: Slot) -> bool:
    """Say whether the issue of a slot can still be taken out of the queue."""
    return slot.send is not None and slot.send.state == Send.State.QUEUED


def send_url(request: HttpRequest, slot: Slot) -> str:
    """Return the page of the send of a slot, for whoever may see it."""
    if slot.send is None or not request.user.has_perm("sending.view_send"):
        return ""
    return reverse("desk_send", args=[slot.send.pk])


def find_drafts(publication: Publication) -> QuerySet[Issue]:
    """Return the issues that a slot can be given, the last edited first."""
    live = Send.objects.filter(issue=OuterRef("pk")).exclude(state=Send.State.CANCELLED)
    waiting = publication.issues.filter(~Exists(live))
    return waiting.order_by("-latest_revision_created_at")[:MAX_DRAFTS]


def move_slot(request: HttpRequest, slot: Slot) -> str:
    """Give the slot another time."""
    zone, now = slot.publication.time_zone, trusted_time.now()
    text = " ".join(request.POST.get("at", "").split())
    if not text:
        raise BadInput(phrase("Give a date and a time"))
    at = parse_wall_time(text, zone, now=now, on=slot.date)
    slot_changes.move_slot(slot, at, now)
    return " ".join(filter(None, (due_words(slot, at), *notes_on(slot.publication, at))))


def due_words(slot: Slot, at: dt.datetime) -> str:
    """Say when a slot is due from now on."""
    words = gettext("The slot of {day} is due {time}.")
    time = format_time(at, slot.publication.time_zone)
    return words.format(day=format_day(slot.date), time=time)


def notes_on(publication: Publication, at: dt.datetime) -> tuple[str, ...]:
    """Say that a day is a holiday, or that its clocks show a time twice."""
    day = at.astimezone(ZoneInfo(publication.time_zone)).date()
    holiday = name_of_day(publication, day)
    words = gettext("That day is a holiday: {name}.").format(name=holiday) if holiday else ""
    return words, explain_time(at, publication.time_zone)


def put_back(_request: HttpRequest, slot: Slot) -> str:
    """Let the slot follow the rhythm again."""
    slot_changes.put_back(slot, trusted_time.now())
    slot.refresh_from_db()
    return due_words(slot, slot.at)


def send_issue(request: HttpRequest, slot: Slot) -> str:
    """Send the issue of a held slot; the page that is shown then can undo it for a while."""
    now, size = trusted_time.now(), settings.CONFIG.sending.batch_size
    issue = chosen_issue(request, slot) if request.POST.get("issue") else None
    begun = send_held(slot, issue, now=now, batch_size=size, by=request.user)
    words = gettext("{title} is queued for {time}.")
    time = format_time(begun.at, slot.publication.time_zone)
    return words.format(title=begun.issue.draft_title or begun.issue.title, time=time)


def chosen_issue(request: HttpRequest, slot: Slot) -> Issue:
    """Return the issue that was chosen, or raise `BadInput`."""
    number = request.POST.get("issue", "")
    issue = slot.publication.issues.filter(pk=int(number) if number.isdecimal() else 0).first()
    if issue is None:
        raise BadInput(phrase("Choose an issue from the list"))
    return issue


def skip_slot(request: HttpRequest, slot: Slot) -> str:
    """Leave the slot out, for the reason that was given."""
    by = request.user.get_username()
    slot_changes.skip_slot(slot, request.POST.get("reason", ""), by=by)
    return gettext("The slot of {day} is skipped.").format(day=format_day(slot.date))


def reopen_slot(_request: HttpRequest, slot: Slot) -> str:
    """Open the slot again."""
    slot_changes.reopen(slot, trusted_time.now())
    return gettext("The slot of {day} is open.").format(day=format_day(slot.date))


def assign_issue(request: HttpRequest, slot: Slot) -> str:
    """Mean the slot for an issue."""
    issue = chosen_issue(request, slot)
    slot_changes.plan_issue(slot, issue)
    words = gettext("The slot of {day} is for {title}.")
    said = words.format(day=format_day(slot.date), title=issue.draft_title or issue.title)
    return " ".join(filter(None, (said, slot_changes.describe_other_date(slot, issue))))


def take_out(request: HttpRequest, slot: Slot) -> str:
    """Take the issue out of the slot; out of the queue too, if it is there."""
    if slot.send is not None:
        give_back(slot.send, by=request.user)
    if slots.state_of(Slot.objects.select_related("send").get(pk=slot.pk)) == Slot.State.OPEN:
        slot_changes.plan_issue(slot, None)
    return gettext("The slot of {day} has no issue now.").format(day=format_day(slot.date))


def name_it(request: HttpRequest, slot: Slot) -> str:
    """Give the slot a name, or none."""
    slot_changes.name_slot(slot, request.POST.get("name", ""))
    return gettext("The name of the slot of {day} is saved.").format(day=format_day(slot.date))


def reserve_typed_number(request: HttpRequest, slot: Slot) -> str:
    """Reserve the number that was typed, or none."""
    reserve_number(slot, request.POST.get("number", ""))
    return gettext("The number of the slot of {day} is saved.").format(day=format_day(slot.date))


ACTIONS: Mapping[str, Callable[[HttpRequest, Slot], str]] = {
    "send": send_issue,
    "move": move_slot,
    "put_back": put_back,
    "skip": skip_slot,
    "reopen": reopen_slot,
    "give": assign_issue,
    "take_out": take_out,
    "name": name_it,
    "number": reserve_typed_number,
}
