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
from django.utils.translation import get_language, gettext
from wagtail import hooks

from newsletter.dates import format_day, format_time
from newsletter.desk.publications.cadence_fields import (
    MonthDaysField,
    OrdinalsField,
    WeekdaysField,
)
from newsletter.desk.publications.holiday_fields import RegionsField
from newsletter.desk.publications.listed_fields import ZoneField
from newsletter.desk.publications.template_pictures import PERMISSION
from newsletter.desk.publications.zones import city_of, offset_of
from newsletter.phrases import translate
from newsletter.publishing import rhythm_fields
from newsletter.publishing.models import Publication
from newsletter.scheduling.cadence import Cadence, Pattern
from newsletter.scheduling.cadence_words import phrase_days
from newsletter.scheduling.quiet_dates import QuietDates, UnreadableLine, parse_quiet_dates
from newsletter.scheduling.quiet_policy import Policy
from newsletter.scheduling.rhythm import PlannedSlot, Rhythm
from newsletter.sending import trusted_time

#: How many dates are shown.
DATES = 10


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add what stands below the fields of the rhythm."""
    return [path("publications/rhythm/", rhythm_words, name="desk_rhythm")]


class RhythmForm(forms.Form):
    """The fields that make a rhythm."""

    pattern = forms.ChoiceField(required=False, choices=[(each, each) for each in Pattern])
    every_weeks = forms.IntegerField(min_value=1, max_value=520)
    weekday = forms.TypedChoiceField(choices=Publication.Weekday.choices, coerce=int)
    more_weekdays = WeekdaysField()
    ordinals = OrdinalsField()
    month_days = MonthDaysField()
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

    def far_problem(self) -> str:
        """Say that the first date is too far ahead, or nothing; the fields were read."""
        starts_on = self.cleaned_data.get("starts_on")
        return rhythm_fields.far_problem(starts_on) if starts_on else ""

    def cadence(self) -> Cadence | None:
        """Return the rhythm; None where the fields make none."""
        given = self.cleaned_data
        if self.far_problem():
            return None
        try:
            return Cadence(
                starts_on=given["starts_on"],
                time=given["time"],
                zone=ZoneInfo(given["time_zone"]),
                pattern=Pattern(given["pattern"] or Pattern.WEEKS),
                weeks=given["every_weeks"],
                weekdays=(given["weekday"], *given["more_weekdays"]),
                ordinals=tuple(given["ordinals"]),
                days=tuple(given["month_days"]),
            ).aligned()
        except (KeyError, ValueError, OSError):
            return None


def rhythm_words(request: HttpRequest) -> HttpResponse:
    """Say in a sentence what the fields in the address make, and which dates come next."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    form = RhythmForm(request.GET)
    rhythm = form.rhythm() if form.is_valid() else None
    shown = (
        {
            "words": describe_rhythm(rhythm.cadence),
            "dates": next_dates(rhythm),
            "passed": describe_passed(rhythm.cadence, trusted_time.now()),
        }
        if rhythm
        else {"problem": form.far_problem()}
    )
    return render(request, "desk/publications/rhythm.html", shown)


def describe_rhythm(cadence: Cadence) -> str:
    """Return the rhythm in a sentence."""
    words = gettext("{days} at {time} in {city} ({offset} now).").format(
        days=translate(phrase_days(cadence)),
        time=formats.time_format(cadence.time, "H:i"),
        city=city_of(cadence.zone.key),
        offset=offset_of(cadence.zone.key, trusted_time.now()),
    )
    return words[:1].upper() + words[1:]


def describe_passed(cadence: Cadence, now: dt.datetime) -> str:
    """Say that the first date has passed and that the rhythm only counts from it, else nothing."""
    if cadence.time_on(cadence.starts_on) > now:
        return ""
    words = gettext("The first date, {day}, has passed: the rhythm counts from it.")
    return words.format(day=format_day(cadence.starts_on))


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
