"""What the menus offer: what a newsletter's desk needs, and no more."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from wagtail import hooks

#: Of Wagtail's own: the tree of pages is not how issues are found here.
HIDDEN = frozenset({"explorer", "help"})
#: Settings and reports that mean something without a tree of pages.
KEPT_SETTINGS = frozenset({"users", "groups"})
KEPT_REPORTS = frozenset({"site-history"})


@hooks.register("construct_main_menu")
def trim_main_menu(_request: HttpRequest, items: list[Any]) -> None:
    """Leave out what is not the desk's."""
    items[:] = [item for item in items if item.name not in HIDDEN]


@hooks.register("construct_settings_menu")
def trim_settings_menu(_request: HttpRequest, items: list[Any]) -> None:
    """Leave users and groups."""
    items[:] = [item for item in items if item.name in KEPT_SETTINGS]


@hooks.register("construct_reports_menu")
def trim_reports_menu(_request: HttpRequest, items: list[Any]) -> None:
    """Leave who did what when."""
    items[:] = [item for item in items if item.name in KEPT_REPORTS]
