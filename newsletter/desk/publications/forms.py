"""The form of a publication's settings."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from newsletter.desk.publications.cadence_fields import (
    MonthDaysField,
    OrdinalsField,
    WeekdaysField,
)
from newsletter.desk.publications.holiday_fields import RegionsField
from newsletter.desk.publications.listed_fields import LanguageField, ZoneField


class PublicationForm(WagtailAdminModelForm):
    """Asks a new publication for its template; later that is chosen with the look."""

    language = LanguageField(
        label=_("Language"),
        help_text=_("Type its name and choose it: English, 日本語, Português."),
    )
    time_zone = ZoneField(
        label=_("Time zone"),
        help_text=_("Type a city and choose it. The difference to UTC is the one of today."),
    )

    more_weekdays = WeekdaysField(
        label=_("Also on"), help_text=_("More weekdays of the same weeks.")
    )
    ordinals = OrdinalsField(
        label=_("Which of them"), help_text=_("Two of them make two issues a month.")
    )
    month_days = MonthDaysField(label=_("Days of the month"))

    holiday_regions = RegionsField(
        label=_("Holidays of"),
        help_text=_("Public holidays of these countries and regions stand in the calendar."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if slug := self.fields.get("slug"):
            slug.error_messages["unique"] = _(
                "Another publication has this short name. Choose another."
            )
        if self.instance.pk:
            self.fields.pop("template", None)
