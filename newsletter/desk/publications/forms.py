"""The form of a publication's settings."""

from __future__ import annotations

from typing import Any

from wagtail.admin.forms import WagtailAdminModelForm


class PublicationForm(WagtailAdminModelForm):
    """Asks a new publication for its template; later that is chosen with the look."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields.pop("template", None)
