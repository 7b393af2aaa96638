"""How the desk lays out the fields of an issue."""

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
