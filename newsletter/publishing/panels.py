"""How the desk lays out the fields of an issue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    MultiFieldPanel,
    ObjectList,
    Panel,
    TabbedInterface,
)


class StartPanel(Panel):
    """Lets a new issue begin with empty items, the skeleton, or as the last one was."""

    class BoundPanel(Panel.BoundPanel):
        """Shown until the issue is saved."""

        template_name = "publishing/start_panel.html"

        def is_shown(self) -> bool:
            """Say whether there is anything to choose."""
            return self.instance.pk is None and len(self.choices()) > 1

        def choices(self) -> list[dict[str, Any]]:
            """Return what the issue may begin with, and which of it is chosen."""
            chosen = self.request.GET.get("begin", "")
            starts: list[dict[str, Any]] = self.instance.publication.starts(chosen)
            return starts

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            """Add the choices."""
            context: dict[str, Any] = super().get_context_data(parent_context)
            return context | {"choices": self.choices()}


class Tab(ObjectList):
    """A tab whose id is the same in every language, so that findings can lead to its fields."""

    def __init__(self, children: Sequence[Panel], *, name: str, **options: Any) -> None:
        super().__init__(children, **options)
        self.name = name

    @property
    def clean_name(self) -> str:
        """Return what the ids begin with.  Wagtail would take the heading of whoever came first."""
        return self.name

    def clone_kwargs(self) -> dict[str, Any]:
        """Keep the name when the panel is bound to the model."""
        options: dict[str, Any] = super().clone_kwargs()
        return options | {"name": self.name}


ISSUE = TabbedInterface(
    [
        Tab(
            [
                StartPanel(),
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
            name="compose",
        ),
        Tab(
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
            name="details",
        ),
    ]
)
