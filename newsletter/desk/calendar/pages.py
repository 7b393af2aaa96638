"""The calendar: the slots of a year as a month and as a list, of one publication or of all."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from newsletter.desk.calendar import months
from newsletter.desk.calendar.entries import entries_of
from newsletter.desk.sends.queueing import PERMISSION
from newsletter.publishing.models import Publication, site_zone
from newsletter.publishing.rhythm_fields import cadence_of
from newsletter.scheduling.cadence_words import describe_cadence
from newsletter.scheduling.calendar_slots import list_held, list_slots
from newsletter.scheduling.numbers import plan_many
from newsletter.sending import trusted_time


@hooks.register("register_admin_menu_item")
def calendar_item() -> MenuItem:
    """Add the calendar to the menu, for everybody."""
    return MenuItem(_("Calendar"), reverse("desk_schedule"), name="calendar", icon_name="calendar")


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the page."""
    return [path("calendar/", calendar_page, name="desk_schedule")]


def calendar_page(request: HttpRequest) -> HttpResponse:
    """Show a month, or the year as a list; on a phone it is always the list."""
    everything = list(Publication.objects.all())
    chosen = choose_publication(everything, request.GET.get("publication", ""))
    now = trusted_time.now()
    zone = ZoneInfo(chosen[0].time_zone if len(chosen) == 1 else site_zone())
    today = now.astimezone(zone).date()
    shown = months.read_month(request.GET.get("month", ""), today)
    as_list = request.GET.get("view") == "list"
    filters = {
        "publication": request.GET.get("publication", ""),
        "view": "list" if as_list else "",
    }
    context = {
        "publications": everything,
        "chosen": chosen[0] if len(chosen) == 1 and filters["publication"] else None,
        "rhythms": [(each, describe_cadence(cadence_of(each))) for each in chosen],
        "as_list": as_list,
        "may_change": request.user.has_perm(PERMISSION),
        "links": make_links(filters, shown, today),
        **describe_year(chosen, now, zone, today, shown),
    }
    return render(request, "desk/calendar/calendar.html", context)


def choose_publication(everything: list[Publication], slug: str) -> list[Publication]:
    """Return the publication of a short name, or all of them; `Http404` for none that is."""
    found = [each for each in everything if slug in {"", each.slug}]
    if slug and not found:
        raise Http404
    return found


def describe_year(
    chosen: list[Publication], now: dt.datetime, zone: ZoneInfo, today: dt.date, shown: dt.date
) -> dict[str, Any]:
    """Return the slots of a year, those of the month that is shown, and what was held before."""
    first, last = months.find_bounds(shown)
    begin = min(first, today.replace(day=1))
    end = max(last, months.add_months(today.replace(day=1), months.MONTHS))
    slots = list_slots(chosen, find_midnight(begin, zone, -1), find_midnight(end, zone, 1), now)
    held = list_held(chosen, find_midnight(begin, zone, -1))
    entries = entries_of([*held, *slots], now, plan_many(slots, now))
    to_come = [each for each in entries if not each.is_past or each.state == "held"]
    ahead = [each for each in entries if each.day >= today.replace(day=1)]
    return {
        "month_name": months.month_name(shown),
        "weekdays": months.weekday_names(),
        "weeks": months.list_weeks(shown, entries, chosen, today),
        "months": months.year_of_months(ahead, today, shown),
        "listed": months.by_month(to_come),
        "several": len(chosen) > 1,
    }


def find_midnight(day: dt.date, zone: ZoneInfo, more_days: int) -> dt.datetime:
    """Return when a day begins, some days later: other publications may be in other zones."""
    return dt.datetime.combine(day + dt.timedelta(days=more_days), dt.time(), zone)


def make_links(filters: dict[str, str], shown: dt.date, today: dt.date) -> dict[str, str]:
    """Return where the arrows and the switches lead."""

    def link(**changed: str) -> str:
        query = {"month": f"{shown:%Y-%m}", **filters, **changed}
        return "?" + urlencode({name: value for name, value in query.items() if value})

    return {
        "before": link(month=f"{months.add_months(shown, -1):%Y-%m}"),
        "after": link(month=f"{months.add_months(shown, 1):%Y-%m}"),
        "today": link(month=f"{today:%Y-%m}"),
        "as_month": link(view=""),
        "as_list": link(view="list"),
        "base": link(month=""),
    }
