"""The menu offers what a newsletter's desk needs."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.template import Context
from django.test import Client, RequestFactory
from wagtail.admin.templatetags import wagtailadmin_tags as wagtails

from newsletter.desk.templatetags.wagtailadmin_tags import wagtail_config
from newsletter.publishing.models import Publication
from tests import desks
from tests.unit.desk.conftest import LogIn

_SIDEBAR = re.compile(r'<script id="wagtail-sidebar-props" type="application/json">(.*?)</script>')


def labels(client: Client) -> list[str]:
    """Return what the menu offers, what is in its folders too."""
    page = client.get("/admin/").content.decode()
    [props] = _SIDEBAR.findall(page)
    return list(walked(json.loads(props)))


def walked(value: Any) -> list[str]:
    """Return the labels of menu items anywhere in the description of the sidebar."""
    if isinstance(value, dict):
        inner = [label for each in value.values() for label in walked(each)]
        return [value["label"], *inner] if "label" in value else inner
    if isinstance(value, list):
        return [label for each in value for label in walked(each)]
    return []


@pytest.mark.parametrize("unwanted", ["Pages", "Documents", "Help", "Workflows", "Sites"])
def test_nothing_of_a_tree_of_pages(log_in: LogIn, unwanted: str) -> None:
    """Even who may do anything is not offered what does not concern a newsletter."""
    assert unwanted not in labels(log_in(""))


WRITERS = "Home Issues Calendar Images"
SENDERS = (
    "Home Issues Calendar Sends Subscribers Lists Segments Suppressions Reports Images Publications"
)


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        ("Writers", WRITERS),
        ("Approvers", "Home Issues Calendar Sends Reports Images"),
        ("Senders", SENDERS),
        ("Admins", f"{SENDERS} Settings Accounts System_check"),
        ("", f"{SENDERS} Settings Accounts Roles System_check"),
    ],
)
def test_each_role_has_its_menu(log_in: LogIn, role: str, offered: str) -> None:
    """Each role is offered, in this order, what it may do: writers no subscribers, for example."""
    names = [name.replace("_", " ") for name in offered.split()]
    assert labels(log_in(role)) == [*names, "Account", "Log out"]


def test_no_version_of_the_cms(log_in: LogIn) -> None:
    """Below the settings stands no name and no version of the CMS."""
    [props] = _SIDEBAR.findall(log_in("").get("/admin/").content.decode())

    assert "Wagtail v" not in props


def test_strangers(client: Client, log_in: LogIn) -> None:
    """Nobody sees the desk without logging in."""
    response = client.get("/admin/")

    assert (response.status_code, response["Location"]) == (302, "/admin/login/?next=/admin/")
    assert "Sign in to the desk" in client.get("/admin/login/").content.decode()


def marked(client: Client, address: str) -> str:
    """Return the name of the item that the sidebar marks: the longest address that begins it."""
    [props] = _SIDEBAR.findall(client.get(address).content.decode())
    items = [each for each in items_of(json.loads(props)) if address.startswith(each["url"])]
    return str(max(items, key=lambda each: len(each["url"]))["name"])


def items_of(value: Any) -> list[dict[str, Any]]:
    """Return the items of the menu anywhere in the description of the sidebar."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    own = [value] if isinstance(value, dict) and {"name", "url"} <= value.keys() else []
    return own + [item for each in inner for item in items_of(each)]


def test_each_page_marks_its_item(publication: Publication, log_in: LogIn) -> None:
    """Home is marked on the first page alone, *Issues* on every page of an issue."""
    issue, client = desks.draft(publication), log_in("")
    addresses = {
        "/admin/": "home",
        f"/admin/pages/{issue.pk}/edit/": "issues",
        f"/admin/pages/add/publishing/issue/{issue.get_parent().pk}/": "issues",
        f"/admin/issues/{issue.pk}/check/": "issues",
        "/admin/bring-in/": "issues",
        "/admin/calendar/": "calendar",
        "/admin/imports/": "lists",
        "/admin/lists/": "lists",
        "/admin/segments/": "segments",
        "/admin/suppressions/": "suppressions",
        "/admin/report/history/": "reports",
        "/admin/images/": "images",
        "/admin/users/": "users",
        # The search is of no item.
        "/admin/search/?q=quay": "search",
    }

    assert {address: marked(client, address) for address in addresses} == addresses


def test_scripts_are_told_what_wagtail_tells_them(rf: RequestFactory, db: None) -> None:
    """What the scripts of a page read is what Wagtail says, but for the locales."""
    request = rf.get("/admin/")
    request.user = desks.member("")
    context = Context({"request": request})

    ours, theirs = wagtail_config(context), wagtails.wagtail_config(context)

    assert {**ours, "LOCALES": theirs["LOCALES"]} == {**theirs, "CSRF_TOKEN": ours["CSRF_TOKEN"]}
