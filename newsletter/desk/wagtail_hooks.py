"""Hangs the desk into Wagtail's admin; importing the modules below registers their hooks."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks

from newsletter.desk import actions, checks, deeds, jobs, menu, queueing, schedule, sends, settling
from newsletter.desk.home import NextPanel
from newsletter.desk.listings import LISTINGS

__all__ = [
    "actions",
    "checks",
    "deeds",
    "jobs",
    "menu",
    "queueing",
    "schedule",
    "sends",
    "settling",
]


@hooks.register("register_admin_viewset")
def listings() -> tuple[Any, ...]:
    """Add the desk's lists."""
    return LISTINGS


@hooks.register("construct_homepage_panels")
def first_page(_request: HttpRequest, panels: list[Any]) -> None:
    """Show what is next, in place of Wagtail's panels."""
    panels[:] = [NextPanel()]


@hooks.register("insert_global_admin_js")
def scripts() -> SafeString:
    """Guard what is typed during a save."""
    return format_html('<script src="{}"></script>', static("desk/autosave-guard.js"))


@hooks.register("insert_editor_js")
def editor_scripts() -> SafeString:
    """Open the preview beside the editor."""
    return format_html('<script src="{}"></script>', static("desk/composer.js"))


@hooks.register("insert_global_admin_css")
def styles() -> SafeString:
    """Add the desk's looks."""
    return format_html('<link rel="stylesheet" href="{}">', static("desk/desk.css"))
