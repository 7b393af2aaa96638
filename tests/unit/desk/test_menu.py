"""The menu offers what a newsletter's desk needs."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

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
SENDERS = "Home Issues Calendar Sends Subscribers Lists Segments Reports Images Publications"


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        ("Writers", WRITERS),
        ("Approvers", "Home Issues Calendar Sends Reports Images"),
        ("Senders", SENDERS),
        ("Admins", f"{SENDERS} Settings Accounts"),
        ("", f"{SENDERS} Settings Accounts Roles"),
    ],
)
def test_each_role_has_its_menu(log_in: LogIn, role: str, offered: str) -> None:
    """Each role is offered, in this order, what it may do: writers no subscribers, for example."""
    assert labels(log_in(role)) == [*offered.split(), "Account", "Log out"]


def test_no_version_of_the_cms(log_in: LogIn) -> None:
    """Below the settings stands no name and no version of the CMS."""
    [props] = _SIDEBAR.findall(log_in("").get("/admin/").content.decode())

    assert "Wagtail v" not in props


def test_strangers(client: Client, log_in: LogIn) -> None:
    """Nobody sees the desk without logging in."""
    response = client.get("/admin/")

    assert (response.status_code, response["Location"]) == (302, "/admin/login/?next=/admin/")
    assert "Sign in to the desk" in client.get("/admin/login/").content.decode()
