"""When a publication comes out: its cadence, its holidays, and what opens or holds a slot."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from newsletter.dates import read_zone
from newsletter.publishing.models.choices import Start, VolumeRuleChoices
from newsletter.scheduling.cadence import Pattern
from newsletter.scheduling.holiday_calendar import is_region
from newsletter.scheduling.quiet_dates import UnreadableLine, parse_quiet_dates
from newsletter.scheduling.quiet_policy import Policy

#: The longest grace period of a held slot: a week.
MAX_GRACE_HOURS = 168


def site_zone() -> str:
    """Return the time zone of the site, in which a new publication comes out."""
    return str(settings.TIME_ZONE)


class PublicationRhythm(models.Model):
    """The columns of a publication that say when its issues come out, and how they are numbered.

    `weekday` counts from Monday = 0; `time` is wall time in `time_zone`.
    """

    class Weekday(models.IntegerChoices):
        """The days, as `datetime.date.weekday` counts them."""

        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    class CadencePattern(models.TextChoices):
        """How the dates are found (`newsletter.scheduling.cadence.Pattern`)."""

        WEEKS = Pattern.WEEKS, _("every week, or every few weeks")
        WEEKDAYS = Pattern.WEEKDAYS, _("every month, on weekdays such as the first Thursday")
        DAYS = Pattern.DAYS, _("every month, on dates such as the 1st and the 15th")

    class QuietPolicy(models.TextChoices):
        """What becomes of a slot on a holiday (`newsletter.scheduling.quiet_policy.Policy`)."""

        MARK = Policy.MARK, _("it goes out all the same")
        SKIP = Policy.SKIP, _("it is skipped")
        BEFORE = Policy.BEFORE, _("it goes out the day before")
        AFTER = Policy.AFTER, _("it goes out the day after")

    pattern = models.CharField(
        _("pattern"), max_length=8, choices=CadencePattern.choices, default=CadencePattern.WEEKS
    )
    every_weeks = models.PositiveSmallIntegerField(
        _("weeks from issue to issue"),
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(520)],
    )
    weekday = models.PositiveSmallIntegerField(choices=Weekday.choices, default=Weekday.THURSDAY)
    more_weekdays: models.JSONField[list[int], list[int]] = models.JSONField(
        _("also on"), default=list, blank=True, help_text=_("More weekdays of the same weeks.")
    )
    #: Which of these weekdays in a month (`newsletter.scheduling.cadence.ORDINALS`).
    ordinals: models.JSONField[list[int], list[int]] = models.JSONField(
        _("which of them"),
        default=list,
        blank=True,
        help_text=_("Two of them make two issues a month."),
    )
    #: Days of a month by their number (`newsletter.scheduling.cadence.MONTH_DAYS`).
    month_days: models.JSONField[list[int], list[int]] = models.JSONField(
        _("days of the month"), default=list, blank=True
    )
    time = models.TimeField(default=dt.time(9, 7))
    time_zone = models.CharField(
        max_length=64, default=site_zone, help_text=_("E.g. Europe/London, Asia/Tokyo.")
    )
    starts_on = models.DateField(
        _("first issue on"), help_text=_("The rhythm counts from this day.")
    )

    holiday_regions = models.JSONField(
        _("holidays of"),
        default=list,
        blank=True,
        help_text=_("Public holidays of these countries and regions stand in the calendar."),
    )
    quiet_dates = models.TextField(
        _("quiet dates"),
        blank=True,
        help_text=_(
            "Dates of your own, one on each line: 2026-12-24 to 2027-01-01 Closed. They count as"
            " holidays."
        ),
    )
    quiet_policy = models.CharField(
        _("on a holiday"),
        max_length=8,
        choices=QuietPolicy.choices,
        default=QuietPolicy.MARK,
        help_text=_(
            "What becomes of a slot on such a day. If no day near it is free, the slot is skipped."
        ),
    )
    volume_rule = models.CharField(
        _("a new volume begins"),
        max_length=5,
        choices=VolumeRuleChoices.choices,
        default=VolumeRuleChoices.HAND,
        help_text=_("Only where issues carry a volume, as in Vol 3.12."),
    )
    issues_per_volume = models.PositiveSmallIntegerField(
        _("issues in a volume"), default=26, validators=[MinValueValidator(1)]
    )
    #: What the first issue is numbered; the volume is 0 without volumes, both are without numbers.
    first_volume = models.PositiveIntegerField(default=1, editable=False)
    first_number = models.PositiveIntegerField(default=1, editable=False)
    draft_days = models.PositiveSmallIntegerField(
        _("days before"),
        default=0,
        validators=[MaxValueValidator(60)],
        help_text=_(
            "This many days before a slot its draft is opened by itself, and the writers are told"
            " by mail. 0: never."
        ),
    )
    draft_start = models.CharField(
        _("it begins with"), max_length=8, choices=Start.choices, default=Start.SKELETON
    )
    grace_hours = models.PositiveSmallIntegerField(
        _("grace period in hours"),
        default=24,
        validators=[MaxValueValidator(MAX_GRACE_HOURS)],
        help_text=_(
            "A slot that is due without an approved issue is held, and people are told. For this"
            " long the issue can still be sent with one click; then the slot is skipped."
        ),
    )
    #: When the rhythm was changed last, and how often: calendar programs count the changes.
    rhythm_changed_at = models.DateTimeField(null=True, editable=False)
    rhythm_version = models.PositiveIntegerField(default=0, editable=False)
    #: Dates that the rhythm has no more, with their times (`newsletter.scheduling.dropped_dates`).
    dropped_dates: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(
        default=dict, blank=True, editable=False
    )

    class Meta:
        abstract = True

    def zone_problem(self) -> str:
        """Say what is wrong with the time zone, or nothing."""
        if read_zone(self.time_zone) is None:
            return gettext("There is no such time zone; give one such as America/New_York.")
        return ""

    def regions_problem(self) -> str:
        """Say which region of the holidays is none, or nothing."""
        unknown = ", ".join(str(code) for code in self.holiday_regions if not is_region(code))
        words = gettext("No holidays are known of {codes}; choose from the list.")
        return words.format(codes=unknown) if unknown else ""

    def quiet_dates_problem(self) -> str:
        """Say which line of the quiet dates cannot be read, or nothing."""
        try:
            parse_quiet_dates(self.quiet_dates)
        except UnreadableLine as error:
            words = gettext(
                "Line {line} is not a date: {text}. Write 2026-12-24 Closed, or"
                " 2026-12-24 to 2027-01-01 Closed; at most a year."
            )
            return words.format(line=error.line, text=error.text)
        return ""
