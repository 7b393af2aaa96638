"""Wagtail's tags for its pages, of which one asks the database for less.

The settings name this library in the place of Wagtail's (`TEMPLATES`, `libraries`).
"""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.http.request import HttpHeaders
from django.middleware.csrf import get_token
from django.template import Context
from django.urls import reverse
from wagtail.admin.localization import get_js_translation_strings
from wagtail.admin.templatetags import wagtailadmin_tags as wagtails

#: The pages that scripts of Wagtail's ask, by the names they have there.
ASKED = {
    "PAGES": "wagtailadmin_api:pages:listing",
    "DOCUMENTS": "wagtailadmin_api:documents:listing",
    "IMAGES": "wagtailadmin_api:images:listing",
}
SHOWN = {
    "DISMISSIBLES": "wagtailadmin_dismissibles",
    "PAGES": "wagtailadmin_explore_root",
    "BLOCK_PREVIEW": "wagtailadmin_block_preview",
}

register = template.Library()
register.tags.update(wagtails.register.tags)
register.filters.update(wagtails.register.filters)


@register.simple_tag(takes_context=True)
def wagtail_config(context: Context) -> dict[str, Any]:
    """Return what scripts of Wagtail's read, as its tag does, without asking for locales.

    They are for sites whose pages are translated, which those here are not
    (`WAGTAIL_I18N_ENABLED`): each page of the desk would read them.
    """
    request = context["request"]
    profile = getattr(request.user, "wagtail_userprofile", None)
    return {
        "CSRF_TOKEN": get_token(request),
        "CSRF_HEADER_NAME": HttpHeaders.parse_header_name(settings.CSRF_HEADER_NAME),
        "ADMIN_API": {
            **{name: reverse(page) for name, page in ASKED.items()},
            "EXTRA_CHILDREN_PARAMETERS": "",
        },
        "ADMIN_URLS": {name: reverse(page) for name, page in SHOWN.items()},
        "I18N_ENABLED": False,
        "LOCALES": [],
        "STRINGS": get_js_translation_strings(),
        "KEYBOARD_SHORTCUTS_ENABLED": profile.keyboard_shortcuts if profile else True,
    }
