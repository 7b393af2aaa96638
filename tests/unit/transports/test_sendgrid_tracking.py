"""What SendGrid is told to count: nothing by itself, and never a link of one person."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from newsletter.transports.base import Message, Recipient
from newsletter.transports.sendgrid.submission import request_body

KEY = "NL7f3kQ2x01"
LINKS = (
    f'<p><a href="https://tideline.example/u/{KEY}">Leave</a>'
    f" <A class=\"a>b\" href='{KEY}'>Mine</A>"
    ' <a href="https://tideline.example/reed-beds">Reed beds</a>'
    f' <abbr title="{KEY}">x</abbr></p>'
)
MESSAGE = Message(
    from_email="desk@tideline.example",
    from_name="Tideline",
    reply_to="",
    subject="Reed beds",
    html=LINKS,
    text=f"Leave: https://tideline.example/u/{KEY}",
)
PEOPLE = [Recipient("reader@tideline.example", {KEY: "TOKEN"})]


def body_of(**changes: Any) -> dict[str, Any]:
    """Return the request for a message with such changes."""
    return request_body(dataclasses.replace(MESSAGE, **changes), PEOPLE)


@pytest.mark.parametrize("opens", [False, True])
@pytest.mark.parametrize("clicks", [False, True])
def test_each_setting_is_said(*, opens: bool, clicks: bool) -> None:
    """A missing one would follow the account; the text part is never rewritten."""
    assert body_of(count_opens=opens, count_clicks=clicks)["tracking_settings"] == {
        "click_tracking": {"enable": clicks, "enable_text": False},
        "open_tracking": {"enable": opens},
        "subscription_tracking": {"enable": False},
        "ganalytics": {"enable": False},
    }


def test_links_of_one_person_are_marked() -> None:
    """Whatever holds a merge field stays as it is; all else is left to the provider."""
    text, page = body_of(count_clicks=True)["content"]

    assert text["value"] == MESSAGE.text
    assert page["value"] == (
        f'<p><a clicktracking=off href="https://tideline.example/u/{KEY}">Leave</a>'
        f" <A clicktracking=off class=\"a>b\" href='{KEY}'>Mine</A>"
        ' <a href="https://tideline.example/reed-beds">Reed beds</a>'
        f' <abbr title="{KEY}">x</abbr></p>'
    )


def test_mail_stays_as_it_is_without_clicks() -> None:
    """Opens need no change of the mail."""
    assert body_of(count_opens=True)["content"][1]["value"] == LINKS
