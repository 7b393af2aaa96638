"""The form behind the composer."""

from __future__ import annotations

from typing import Any

from wagtail.admin.forms import WagtailAdminPageForm


class IssueForm(WagtailAdminPageForm):
    """Begins a new issue as the next of the publication whose archive it stands in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        issue, archive = kwargs.get("instance"), kwargs.get("parent_page")
        if issue is not None and issue.publication_id is None and archive is not None:
            issue.begin(archive.publication)
        super().__init__(*args, **kwargs)
