"""How the settings of a publication are laid out: in groups that answer one question each."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel, ObjectList

from newsletter.desk.publications.forms import PublicationForm
from newsletter.desk.publications.template_pictures import TemplatePictures
from newsletter.sending.planning.reader_counting import can_count


class LaterPanel(HelpPanel):
    """A panel for a publication that is there already."""

    class BoundPanel(HelpPanel.BoundPanel):
        """The same, on a page."""

        def is_shown(self) -> bool:
            """Leave it out while the publication is being created."""
            return bool(self.instance.pk)


class CountingPanel(HelpPanel):
    """Says whether opens and clicks can be counted at all, and what the law wants."""

    class BoundPanel(HelpPanel.BoundPanel):
        """The same, on a page."""

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            """Add whether the transport can count."""
            context: dict[str, Any] = super().get_context_data(parent_context)
            return context | {"can_count": can_count()}


def settings_panels() -> list[Any]:
    """Return the groups in the order in which somebody sets a publication up."""
    return [
        MultiFieldPanel(
            [FieldPanel("name", heading=_("Name")), FieldPanel("slug", heading=_("Short name"))],
            heading=_("Name"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("from_name"), FieldPanel("from_email")]),
                HelpPanel(template="desk/publications/sender_panel.html"),
                FieldPanel("reply_to"),
                FieldPanel("postal_address", heading=_("Postal address")),
                FieldPanel("privacy_url", heading=_("Address about privacy")),
            ],
            heading=_("Sender"),
        ),
        MultiFieldPanel(
            [
                FieldPanel(
                    "template",
                    heading=_("Template"),
                    widget=TemplatePictures,
                    help_text=_("It can be changed later, and so can its colours and fonts."),
                ),
                LaterPanel(template="desk/publications/look_panel.html"),
                FieldPanel("language", heading=_("Language")),
                FieldPanel("boilerplate", heading=_("Closing text")),
            ],
            heading=_("Look and language"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("pattern", heading=_("How often")),
                FieldRowPanel(
                    [
                        FieldPanel("every_weeks", classname="rhythm-weeks"),
                        FieldPanel(
                            "weekday",
                            heading=_("Weekday"),
                            classname="rhythm-weeks rhythm-weekdays",
                        ),
                    ]
                ),
                FieldPanel("more_weekdays", classname="rhythm-weeks rhythm-weekdays"),
                FieldPanel("ordinals", classname="rhythm-weekdays"),
                FieldPanel("month_days", classname="rhythm-days"),
                FieldRowPanel(
                    [
                        FieldPanel("time", heading=_("Time")),
                        FieldPanel("time_zone", heading=_("Time zone")),
                    ]
                ),
                FieldPanel("starts_on"),
                HelpPanel(template="desk/publications/rhythm_panel.html"),
            ],
            heading=_("When it comes out"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("holiday_regions"),
                FieldPanel("quiet_dates"),
                FieldPanel("quiet_policy"),
            ],
            heading=_("Holidays"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("volume_rule"), FieldPanel("issues_per_volume")]),
                FieldRowPanel([FieldPanel("draft_days"), FieldPanel("draft_start")]),
                FieldPanel("grace_hours"),
            ],
            heading=_("Numbers, drafts and late issues"),
        ),
        MultiFieldPanel([FieldPanel("lists", heading=_("Lists"))], heading=_("Who gets it")),
        MultiFieldPanel(
            [
                FieldPanel("needs_approval", heading=_("Needs approval")),
                FieldPanel("second_person"),
                FieldPanel("reviewers"),
            ],
            heading=_("Who looks at it before"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("delivery_mode", heading=_("Delivery")),
                FieldPanel("preschedule_minutes"),
                FieldPanel("canary"),
                FieldPanel("seeds"),
                FieldPanel("seed_segment"),
            ],
            heading=_("How it goes out"),
        ),
        MultiFieldPanel(
            [
                CountingPanel(template="desk/publications/counting_panel.html"),
                FieldPanel("count_opens"),
                FieldPanel("count_clicks"),
            ],
            heading=_("Opens and clicks"),
        ),
    ]


def settings_form() -> ObjectList:
    """Return the whole form."""
    return ObjectList(settings_panels(), base_form_class=PublicationForm)
