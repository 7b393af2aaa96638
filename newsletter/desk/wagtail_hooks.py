"""Hangs the desk into Wagtail's admin."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import URLPattern, path
from django.utils.html import format_html_join, json_script
from django.utils.safestring import SafeString
from wagtail import hooks

from newsletter.desk import menu
from newsletter.desk.composer.pasting import paste_words
from newsletter.desk.composer.script_words import (
    coediting_words,
    connection_words,
    counter_words,
    finding_words,
    item_words,
)
from newsletter.desk.home.page import NextPanel
from newsletter.desk.listings.pages import LISTINGS

__all__ = ["menu"]

#: The modules that register pages, buttons or menu items when they are imported, by their package.
PACKAGES = {
    "accounts": ("reminders", "security"),
    "approval": ("pages",),
    "calendar": ("feeds", "pages", "slot_pages"),
    "composer": (
        "actions",
        "beginnings",
        "checks",
        "coediting",
        "comparing",
        "history",
        "links",
        "live_findings",
        "mail_tests",
        "presence",
        "previews",
        "sessions",
        "side_panels",
        "web_publication",
    ),
    "founding": ("entrance",),
    "home": ("first_steps", "progress"),
    "importing": ("pages", "pictures"),
    "listings": ("lists", "search"),
    "people": ("actions", "bulk", "held", "pages", "stopping"),
    "people_files": ("pages",),
    "publications": ("looks", "rhythm", "senders"),
    "reports": ("history", "pages"),
    "segments": ("pages",),
    "sign_up": ("pages",),
    "suppressions": ("pages",),
    "system_check": ("pages",),
    "sends": ("actions", "jobs", "pages", "past_issues", "queueing", "resolving", "restores"),
}
for package, modules in PACKAGES.items():
    for module in modules:
        import_module(f"newsletter.desk.{package}.{module}")


@hooks.register("register_admin_viewset")
def add_listings() -> tuple[Any, ...]:
    """Add the desk's lists."""
    return LISTINGS


class NoDocuments:
    """Stands where Wagtail's scripts expect the address of its documents, which there are none of.

    https://docs.wagtail.org/en/stable/advanced_topics/api/v2/configuration.html
    """

    #: What the endpoint represents; no other is this.
    model = type("Document", (), {})

    @classmethod
    def get_urlpatterns(cls) -> list[URLPattern]:
        """Return the one address, at which there is nothing."""
        return [path("", not_there, name="listing")]


def not_there(_request: HttpRequest) -> HttpResponse:
    """Say that there is nothing at this address."""
    raise Http404


@hooks.register("construct_admin_api")
def without_documents(router: Any) -> None:
    """Keep Wagtail's scripts going without its documents."""
    router.register_endpoint("documents", NoDocuments)


@hooks.register("construct_homepage_panels")
def first_page(_request: HttpRequest, panels: list[Any]) -> None:
    """Show what is next, in place of Wagtail's panels."""
    panels[:] = [NextPanel()]


@hooks.register("insert_global_admin_js")
def add_scripts() -> SafeString:
    """Guard what is typed during a save; begin the choosers of dates; name fields without one."""
    return format_html_join(
        "",
        '<script src="{}"></script>',
        [
            (static("desk/autosave-guard.js"),),
            (static("desk/choosers.js"),),
            (static("desk/names.js"),),
            (static("desk/settings.js"),),
        ],
    )


#: The composer's scripts, and those of them that are modules.
PLAIN_SCRIPTS = ("composer", "issue-naming")
SCRIPT_MODULES = (
    "paste",
    "preview",
    "counters",
    "items",
    "links",
    "live-findings",
    "coediting",
    "connection",
)
#: What they say; each finds its sentences as `desk-NAME-words`.
WORDS = {
    "paste": paste_words,
    "counter": counter_words,
    "item": item_words,
    "finding": finding_words,
    "coediting": coediting_words,
    "connection": connection_words,
}


@hooks.register("insert_editor_js")
def editor_scripts() -> SafeString:
    """Open the preview beside the editor, let names follow the number, and read what is pasted."""
    plain = format_html_join(
        "", '<script src="{}"></script>', [(static(f"desk/{name}.js"),) for name in PLAIN_SCRIPTS]
    )
    modules = format_html_join(
        "",
        '<script type="module" src="{}"></script>',
        [(static(f"desk/{name}.js"),) for name in SCRIPT_MODULES],
    )
    words = format_html_join(
        "", "{}", [(json_script(given(), f"desk-{name}-words"),) for name, given in WORDS.items()]
    )
    return plain + words + modules


@hooks.register("insert_global_admin_css")
def add_styles() -> SafeString:
    """Add the desk's looks."""
    return format_html_join(
        "",
        '<link rel="stylesheet" href="{}">',
        [(static("desk/desk.css"),), (static("desk/look.css"),), (static("desk/composer.css"),)],
    )
