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


def test_who_may_do_anything(log_in: LogIn) -> None:
    """The whole menu: issues and what belongs to them, people, and the desk's own settings."""
    offered = labels(log_in(""))

    wanted = ["Issues", "Publications", "Sends", "Subscribers", "Lists", "Images", "Users"]
    assert [label for label in wanted if label not in offered] == []


def test_writers(log_in: LogIn) -> None:
    """Writers are offered issues and pictures, not subscribers or settings."""
    offered = labels(log_in("Writers"))

    assert {"Issues", "Images"} <= set(offered)
    assert not {"Publications", "Sends", "Subscribers", "Lists", "Users"} & set(offered)


def test_strangers(client: Client, log_in: LogIn) -> None:
    """Nobody sees the desk without logging in."""
    response = client.get("/admin/")

    assert (response.status_code, response["Location"]) == (302, "/admin/login/?next=/admin/")
    assert "Sign in to the desk" in client.get("/admin/login/").content.decode()
