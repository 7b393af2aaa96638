"""What the menu offers, in which order: what a newsletter's desk needs, and no more."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem, SubmenuMenuItem, settings_menu

#: The items in their order.  Wagtail's others are not the desk's: how issues are found here is not
#: by a tree of pages.
ORDER = (
    "home",
    "issues",
    "calendar",
    "sends",
    "subscribers",
    "lists",
    "segments",
    "suppressions",
    "reports",
    "images",
    "publications",
    "settings",
)
#: Other names under which an item is registered.
ALSO_CALLED = {"schedule": "calendar"}
#: Of the settings, in their order: accounts and roles, who does the sending, and the system check.
SETTINGS = ("users", "groups", "jobs", "system-check")
#: What items are called here, where they are not ours.
LABELS = {
    "schedule": _("Calendar"),
    "users": _("Accounts"),
    "groups": _("Roles"),
    "jobs": _("Workers and jobs"),
}

#: Pages that belong to an item, and whose addresses do not begin as the item's does. Those of the
#: search belong to none.
ALSO_OF = {
    "pages/": "issues",
    "bring-in/": "issues",
    "imports/": "lists",
    "search/": "search",
}


@hooks.register("register_admin_menu_item")
def home_item() -> MenuItem:
    """Add the way to the first page."""
    return MenuItem(_("Home"), reverse("wagtailadmin_home"), name="home", icon_name="home")


@hooks.register("construct_main_menu")
def arrange_main_menu(request: HttpRequest, items: list[Any]) -> None:
    """Leave what is the desk's, in its order."""
    items[:] = arrange_items([*without_wagtails(items), *our_settings(request)], ORDER)
    items += marks_of(request.path)


def marks_of(path: str) -> list[MenuItem]:
    """Return what has the menu mark another item for a page than the one with the longest address.

    Wagtail's sidebar marks, by its name, the item whose address begins the page's: Home, where
    there is no other.  A second item of that name, which nobody sees, has the address.
    """
    home = reverse("wagtailadmin_home")
    return [
        MenuItem("", f"{home}{prefix}", name=name, classname="desk-menu-mark", order=len(ORDER))
        for prefix, name in ALSO_OF.items()
        if path.startswith(f"{home}{prefix}")
    ]


def without_wagtails(items: list[Any]) -> list[Any]:
    """Return the items without the folders that Wagtail fills."""
    return [item for item in items if not isinstance(item, SubmenuMenuItem)]


def our_settings(request: HttpRequest) -> list[MenuItem]:
    """Return the folder of the settings, where there is anything in it."""
    folder = SubmenuMenuItem(_("Settings"), settings_menu, name="settings", icon_name="cogs")
    return [folder] if folder.is_shown(request) else []


@hooks.register("construct_settings_menu")
def arrange_settings_menu(_request: HttpRequest, items: list[Any]) -> None:
    """Leave accounts, roles, who does the sending, and the system check."""
    items[:] = arrange_items(items, SETTINGS)


def arrange_items(items: list[Any], order: tuple[str, ...]) -> list[Any]:
    """Return the items that stand in an order, each with its place and the name it has here."""
    kept = []
    for item in items:
        name = ALSO_CALLED.get(item.name, item.name)
        if name in order:
            item.order = order.index(name)
            item.label = LABELS.get(item.name, item.label)
            kept.append(item)
    return kept
