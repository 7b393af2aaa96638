"""What stands beside the editor: the mail, and nothing that contradicts the desk.

Wagtail's panel of states speaks of pages, and its checker looks at the page around the mail.  The
status of an issue stands above it (`newsletter.desk.composer.status_band`), and the check has a
page.  Its preview takes two requests for each change, and shows no inbox; ours is `previews`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.side_panels import PreviewSidePanel
from wagtail.admin.views.pages.create import CreateView
from wagtail.admin.views.pages.edit import EditView

from newsletter.desk.composer.mail_tests import MAY_SEE_READERS
from newsletter.publishing.content.drafts import sample_reader
from newsletter.publishing.models import Issue

#: Panels of Wagtail that the desk has pages of its own for.
HIDDEN = frozenset({"status", "checks"})
#: What the preview shows, by its name in `previews.MODES`.
MODES = (
    ("mail", _("Email")),
    ("text", _("Plain text")),
    ("web", _("Web page")),
    ("pdf", _("PDF")),
)
#: How wide it is drawn, in pixels.
SIZES = (("phone", 375, _("Phone")), ("desktop", 680, _("Desktop")))


class MailPanel(PreviewSidePanel):
    """The mail as the form is now, below the lines that inboxes show of it."""

    template_name = "desk/preview_panel.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        """Return where previews are made, and what can be chosen."""
        context: dict[str, Any] = super().get_context_data(parent_context)
        return context | {
            "modes": MODES,
            "sizes": SIZES,
            "sample": sample_reader(),
            "edit_url": reverse("desk_preview", args=[0]),
            "new_url": reverse("desk_preview_new", args=[0]),
            "readers_url": (
                reverse("desk_preview_readers")
                if self.request.user.has_perm(MAY_SEE_READERS)
                else ""
            ),
        }


def show_ours(view: type) -> None:
    """Leave panels of Wagtail's out of a view, and show ours of an issue."""
    given: Callable[[Any], Any] = view.get_side_panels  # type: ignore[attr-defined]

    def get_side_panels(self: Any) -> Any:
        panels = given(self)
        kept = [replace_preview(panel) for panel in panels if panel.name not in HIDDEN]
        return type(panels)(kept)

    view.get_side_panels = get_side_panels  # type: ignore[attr-defined]


def replace_preview(panel: Any) -> Any:
    """Return a panel, or ours in place of the preview of an issue."""
    if panel.name != "preview" or not isinstance(panel.object, Issue):
        return panel
    return MailPanel(panel.object, panel.request, preview_url=panel.preview_url)


for each in (CreateView, EditView):
    show_ours(each)
