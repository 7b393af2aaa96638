"""The form behind the composer."""

from __future__ import annotations

from typing import Any

from wagtail.admin.forms import WagtailAdminPageForm


class IssueForm(WagtailAdminPageForm):
    """Gives a new issue the publication of the archive it stands in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.publication_id is None and self.parent_page is not None:
            self.instance.publication = self.parent_page.publication
