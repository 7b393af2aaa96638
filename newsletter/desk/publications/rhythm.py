"""The rhythm of a publication in words, with its next dates, while it is being changed."""

from __future__ import annotations

import datetime as dt
from itertools import islice
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import formats
from django.utils.translation import get_language, gettext, ngettext
from wagtail import hooks

from newsletter.dates import format_day, format_time
from newsletter.desk.publications.holiday_fields import RegionsField
from newsletter.desk.publications.listed_fields import ZoneField
from newsletter.desk.publications.template_pictures import PERMISSION
from newsletter.desk.publications.zones import city_of, offset_of
from newsletter.publishing.models import Publication
from newsletter.scheduling.cadence import Cadence
from newsletter.scheduling.quiet_dates import QuietDates, UnreadableLine, parse_quiet_dates
from newsletter.scheduling.quiet_policy import Policy
from newsletter.scheduling.rhythm import PlannedSlot, Rhythm
from newsletter.sending import trusted_time

#: How many dates are shown.
DATES = 4


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add what stands below the fields of the rhythm."""
    return [path("publications/rhythm/", rhythm_words, name="desk_rhythm")]


class RhythmForm(forms.Form):
    """The fields that make a rhythm."""

    every_weeks = forms.IntegerField(min_value=1, max_value=520)
    weekday = forms.TypedChoiceField(choices=Publication.Weekday.choices, coerce=int)
    time = forms.TimeField()
    time_zone = ZoneField()
    starts_on = forms.DateField()
    holiday_regions = RegionsField()
    quiet_dates = forms.CharField(required=False)
    quiet_policy = forms.ChoiceField(required=False, choices=[(each, each) for each in Policy])

    def rhythm(self) -> Rhythm | None:
        """Return the cadence with its holidays; None where the fields make no cadence."""
        cadence, given = self.cadence(), self.cleaned_data
        if cadence is None:
            return None
        try:
            ranges = parse_quiet_dates(given["quiet_dates"])
        except UnreadableLine:
            ranges = ()
        quiet = QuietDates(regions=tuple(given["holiday_regions"]), ranges=ranges)
        policy = Policy(given["quiet_policy"] or Policy.MARK)
        return Rhythm(cadence=cadence, quiet=quiet, policy=policy)

    def cadence(self) -> Cadence | None:
        """Return the rhythm; None where the fields make none."""
        given = self.cleaned_data
        day: dt.date = given["starts_on"]
        day += dt.timedelta(days=(given["weekday"] - day.weekday()) % 7)
        try:
            zone = ZoneInfo(given["time_zone"])
        except (KeyError, ValueError, OSError):
            return None
        weeks = given["every_weeks"]
        return Cadence(starts_on=day, weeks=weeks, time=given["time"], zone=zone)


def rhythm_words(request: HttpRequest) -> HttpResponse:
    """Say in a sentence what the fields in the address make, and which dates come next."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    form = RhythmForm(request.GET)
    rhythm = form.rhythm() if form.is_valid() else None
    shown = (
        {"words": describe_rhythm(rhythm.cadence), "dates": next_dates(rhythm)} if rhythm else {}
    )
    return render(request, "desk/publications/rhythm.html", shown)


def describe_rhythm(cadence: Cadence) -> str:
    """Return the rhythm in a sentence."""
    sentence = ngettext(
        "Every week on {day} at {time} in {city} ({offset} now).",
        "Every {weeks} weeks on {day} at {time} in {city} ({offset} now).",
        cadence.weeks,
    )
    return sentence.format(
        weeks=cadence.weeks,
        day=Publication.Weekday(cadence.starts_on.weekday()).label,
        time=formats.time_format(cadence.time, "H:i"),
        city=city_of(cadence.zone.key),
        offset=offset_of(cadence.zone.key, trusted_time.now()),
    )


def next_dates(rhythm: Rhythm) -> list[tuple[str, str]]:
    """Return the next dates with time and zone, and what a holiday makes of each."""
    zone = rhythm.cadence.zone.key
    plans = islice(rhythm.plans(trusted_time.now()), DATES)
    return [(format_time(plan.at, zone), note_on(plan, rhythm.quiet)) for plan in plans]


def note_on(plan: PlannedSlot, quiet: QuietDates) -> str:
    """Say which holiday a date falls on, and what becomes of it; nothing on other days."""
    name = quiet.name(plan.date, get_language() or "en", unnamed=gettext("quiet date"))
    if plan.skipped:
        return gettext("skipped: {holiday}").format(holiday=name)
    if plan.shifted:
        words = gettext("instead of {day}: {holiday}")
        return words.format(day=format_day(plan.date), holiday=name)
    return name
