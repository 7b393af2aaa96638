"""What stands beside the editor: the mail, and nothing that contradicts the desk.

Wagtail's panel of states speaks of pages, and its checker looks at the page around the mail.  The
status of an issue stands above it (`newsletter.desk.composer.status_band`), and the check has a
page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wagtail.admin.views.pages.create import CreateView
from wagtail.admin.views.pages.edit import EditView

#: Panels of Wagtail that the desk has pages of its own for.
HIDDEN = frozenset({"status", "checks"})


def hide_panels(view: type) -> None:
    """Leave these panels out of a view of Wagtail's."""
    given: Callable[[Any], Any] = view.get_side_panels  # type: ignore[attr-defined]

    def get_side_panels(self: Any) -> Any:
        panels = given(self)
        return type(panels)([panel for panel in panels if panel.name not in HIDDEN])

    view.get_side_panels = get_side_panels  # type: ignore[attr-defined]


for each in (CreateView, EditView):
    hide_panels(each)
