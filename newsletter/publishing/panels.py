"""How the desk lays out the fields of a publication and of an issue."""

from __future__ import annotations

from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    MultiFieldPanel,
    ObjectList,
    TabbedInterface,
)

PUBLICATION = [
    MultiFieldPanel([FieldPanel("name"), FieldPanel("slug")], heading="Name"),
    MultiFieldPanel(
        [
            FieldRowPanel([FieldPanel("from_name"), FieldPanel("from_email")]),
            FieldPanel("reply_to"),
            FieldPanel("postal_address"),
            FieldPanel("privacy_url"),
        ],
        heading="Sender",
    ),
    MultiFieldPanel(
        [
            FieldRowPanel([FieldPanel("every_weeks"), FieldPanel("weekday")]),
            FieldRowPanel([FieldPanel("time"), FieldPanel("time_zone")]),
            FieldPanel("starts_on"),
        ],
        heading="Rhythm",
    ),
    MultiFieldPanel(
        [FieldPanel("lists"), FieldPanel("needs_approval"), FieldPanel("second_person")],
        heading="Audience and approval",
    ),
    FieldPanel("reviewers"),
    MultiFieldPanel(
        [FieldPanel("delivery_mode"), FieldPanel("preschedule_minutes")], heading="Delivery"
    ),
    MultiFieldPanel([FieldPanel("canary"), FieldPanel("seeds")], heading="Canary"),
    MultiFieldPanel(
        [
            FieldRowPanel([FieldPanel("language"), FieldPanel("template")]),
            FieldPanel("boilerplate"),
        ],
        heading="Form",
    ),
]

ISSUE = TabbedInterface(
    [
        ObjectList(
            [
                FieldPanel("title", classname="title", help_text="Stands on top of the web page."),
                FieldRowPanel([FieldPanel("volume"), FieldPanel("number"), FieldPanel("date")]),
                MultiFieldPanel(
                    [FieldPanel("subject"), FieldPanel("preheader")], heading="In the inbox"
                ),
                FieldPanel("body", heading="Content"),
            ],
            heading="Compose",
        ),
        ObjectList(
            [
                FieldPanel("language"),
                FieldPanel("boilerplate"),
                FieldPanel("pdf_url"),
                MultiFieldPanel(
                    [
                        HelpPanel("Once the issue is on the web, changing this breaks links."),
                        FieldPanel("slug"),
                        FieldPanel("search_description"),
                    ],
                    heading="Web page",
                ),
            ],
            heading="Details",
        ),
    ]
)
