"""The form behind the composer."""

from __future__ import annotations

import time
from typing import Any, ClassVar

from wagtail.admin.forms import WagtailAdminPageForm

from newsletter.publishing.page_hooks import page_hooks
from newsletter.rendering.preflight.addresses import Web


class IssueForm(WagtailAdminPageForm):
    """Begins a new issue as the next of the publication whose archive it stands in."""

    #: Where pictures are asked for their size.
    web: ClassVar[Web] = Web()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        issue, archive = kwargs.get("instance"), kwargs.get("parent_page")
        if issue is not None and issue.publication_id is None and archive is not None:
            issue.begin(archive.publication)
        super().__init__(*args, **kwargs)

    def save(self, commit: bool = True) -> Any:
        """Store the draft, with the sizes of its pictures on the web."""
        page_hooks().measure_pictures(self.instance, self.web, time.time())
        return super().save(commit=commit)
