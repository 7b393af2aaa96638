"""How the desk lays out the fields of a publication and of an issue."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    MultiFieldPanel,
    ObjectList,
    TabbedInterface,
)

PUBLICATION = [
    MultiFieldPanel(
        [FieldPanel("name", heading=_("Name")), FieldPanel("slug", heading=_("Short name"))],
        heading=_("Name"),
    ),
    MultiFieldPanel(
        [
            FieldRowPanel([FieldPanel("from_name"), FieldPanel("from_email")]),
            FieldPanel("reply_to"),
            FieldPanel("postal_address", heading=_("Postal address")),
            FieldPanel("privacy_url", heading=_("Address about privacy")),
        ],
        heading=_("Sender"),
    ),
    MultiFieldPanel(
        [
            FieldRowPanel([FieldPanel("every_weeks"), FieldPanel("weekday", heading=_("Weekday"))]),
            FieldRowPanel(
                [
                    FieldPanel("time", heading=_("Time")),
                    FieldPanel("time_zone", heading=_("Time zone")),
                ]
            ),
            FieldPanel("starts_on"),
        ],
        heading=_("Rhythm"),
    ),
    MultiFieldPanel(
        [
            FieldPanel("lists", heading=_("Lists")),
            FieldPanel("needs_approval", heading=_("Needs approval")),
            FieldPanel("second_person"),
        ],
        heading=_("Audience and approval"),
    ),
    FieldPanel("reviewers"),
    MultiFieldPanel(
        [FieldPanel("delivery_mode", heading=_("Delivery")), FieldPanel("preschedule_minutes")],
        heading=_("Delivery"),
    ),
    MultiFieldPanel([FieldPanel("canary"), FieldPanel("seeds")], heading=_("Canary")),
    MultiFieldPanel(
        [
            FieldRowPanel(
                [
                    FieldPanel("language", heading=_("Language")),
                    FieldPanel("template", heading=_("Template")),
                ]
            ),
            FieldPanel("boilerplate", heading=_("Closing text")),
        ],
        heading=_("Form"),
    ),
]

ISSUE = TabbedInterface(
    [
        ObjectList(
            [
                FieldPanel(
                    "title", classname="title", help_text=_("Stands on top of the web page.")
                ),
                FieldRowPanel(
                    [
                        FieldPanel("volume", heading=_("Volume")),
                        FieldPanel("number", heading=_("Number")),
                        FieldPanel("date", heading=_("Date")),
                    ]
                ),
                MultiFieldPanel(
                    [
                        FieldPanel("subject", heading=_("Subject")),
                        FieldPanel("preheader", heading=_("Preheader")),
                    ],
                    heading=_("In the inbox"),
                ),
                FieldPanel("body", heading=_("Content")),
            ],
            heading=_("Compose"),
        ),
        ObjectList(
            [
                FieldPanel("language", heading=_("Language")),
                FieldPanel("boilerplate", heading=_("Closing text")),
                FieldPanel("pdf_url"),
                MultiFieldPanel(
                    [
                        HelpPanel(_("Once the issue is on the web, changing this breaks links.")),
                        FieldPanel("slug", heading=_("Web address")),
                        FieldPanel("search_description"),
                    ],
                    heading=_("Web page"),
                ),
            ],
            heading=_("Details"),
        ),
    ]
)
