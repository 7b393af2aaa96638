"""Names of the fields in Wagtail's dialogs for links, which it takes from its code, in English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import (
    AnchorLinkChooserForm,
    EmailLinkChooserForm,
    ExternalLinkChooserForm,
    PhoneLinkChooserForm,
)
from wagtail.admin.viewsets.chooser import ChooserViewSet

FORMS = (
    AnchorLinkChooserForm,
    EmailLinkChooserForm,
    ExternalLinkChooserForm,
    PhoneLinkChooserForm,
)
LABELS: Mapping[str, Any] = {
    "link_text": _("Link text"),
    "email_address": _("Email address"),
    "subject": _("Subject"),
    "body": _("Text of the mail"),
    "phone_number": _("Phone number"),
}


def name_fields() -> None:
    """Give fields, and the tab for searching, names that are translated when they are shown."""
    for form in FORMS:
        for name, field in form.base_fields.items():
            field.label = LABELS.get(name, field.label)
    ChooserViewSet.search_tab_label = _("Search")
