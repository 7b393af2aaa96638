"""The page of the schedule: the slots of each publication; skip one, open it again, move it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem

from newsletter.desk.sends.queueing import PERMISSION
from newsletter.errors import NewsletterError
from newsletter.publishing.models import Publication
from newsletter.scheduling import slot_changes, slots
from newsletter.scheduling.cadence_words import describe_cadence
from newsletter.scheduling.models import Slot
from newsletter.scheduling.times import format_time, parse_time
from newsletter.sending import trusted_time

#: Slots to come that are shown of each publication.
COUNT = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One slot as the page shows it; `local` is its time for a field of the browser's."""

    date: dt.date
    when: str
    local: str
    state: str
    status: str
    about: str
    url: str
    can_skip: bool
    can_reopen: bool
    can_move: bool


class ScheduleItem(MenuItem):
    """Leads to the page, for those who may queue issues."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Return whether somebody may do what the page offers."""
        return bool(request.user.has_perm(PERMISSION))


@hooks.register("register_admin_menu_item")
def schedule_item() -> ScheduleItem:
    """Add the page to the menu, behind the publications."""
    url = reverse("desk_schedule")
    return ScheduleItem(_("Schedule"), url, name="schedule", icon_name="calendar", order=25)


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the page, and the address to which its buttons post."""
    return [
        path("schedule/", schedule_page, name="desk_schedule"),
        path("schedule/<slug:publication>/<str:date>/", change_page, name="desk_slot"),
    ]


def schedule_page(request: HttpRequest) -> HttpResponse:
    """Show the slots that were held and those to come."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    now = trusted_time.now()
    shown = [
        {
            "publication": each,
            "cadence": describe_cadence(slots.cadence_of(each)),
            "rows": [row(slot, now) for slot in slots.slots_to_show(each, now, COUNT)],
        }
        for each in Publication.objects.all()
    ]
    return render(request, "desk/schedule.html", {"publications": shown})


def row(slot: Slot, now: dt.datetime) -> Row:
    """Return a slot as a line, with what can be done about it."""
    zone = slots.cadence_of(slot.publication).zone
    state, empty = slots.state_of(slot), slot.send is None
    return Row(
        date=slot.date,
        when=format_time(slot.at, zone.key),
        local=f"{slot.at.astimezone(zone):%Y-%m-%dT%H:%M}",
        status=str(Slot.State(state).label),
        state=state,
        about=slot.send.issue.title if slot.send else slot.note,
        url=reverse("desk_send", args=[slot.send.pk]) if slot.send else "",
        can_skip=state == Slot.State.OPEN,
        can_reopen=empty and state in slots.EMPTY and slot.at > now,
        can_move=empty or state == Slot.State.FILLED,
    )


def change_page(request: HttpRequest, publication: str, date: str) -> HttpResponse:
    """On POST do with a slot what the button says, and show the schedule again."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    owner = get_object_or_404(Publication, slug=publication)
    name = request.POST.get("do", "")
    if request.method == "POST" and name not in ACTIONS:
        raise Http404
    if request.method == "POST":
        try:
            slot = slots.find_slot(owner, day(date))
            messages.success(request, ACTIONS[name](request, slot))
        except NewsletterError as error:
            messages.error(request, error.sentences)
    return redirect("desk_schedule")


def day(text: str) -> dt.date:
    """Return the date in an address, or raise `Http404`."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Http404 from None


def skip(_request: HttpRequest, slot: Slot) -> str:
    """Leave the slot out."""
    slot_changes.skip_slot(slot)
    return gettext("The slot of {date} is skipped.").format(date=slot.date)


def reopen(_request: HttpRequest, slot: Slot) -> str:
    """Open the slot again."""
    slot_changes.reopen(slot, trusted_time.now())
    return gettext("The slot of {date} is open.").format(date=slot.date)


def move(request: HttpRequest, slot: Slot) -> str:
    """Give the slot another time."""
    zone, now = slot.publication.time_zone, trusted_time.now()
    at = parse_time(request.POST.get("at", ""), zone, now=now, on=slot.date)
    slot_changes.move_slot(slot, at, now)
    return gettext("The slot of {date} is due {time}.").format(
        date=slot.date, time=format_time(at, zone)
    )


ACTIONS: Mapping[str, Callable[[HttpRequest, Slot], str]] = {
    "skip": skip,
    "reopen": reopen,
    "move": move,
}
