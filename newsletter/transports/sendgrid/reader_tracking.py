"""What SendGrid may count of readers: opens by an invisible picture, clicks by rewritten links.

`tracking_settings` belong to a request, not to a recipient: whoever is not to be counted is in
another request.  Source: Twilio SendGrid, "Mail Send" and "Click Tracking & HTML
Best Practices".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from newsletter.transports.base import Message, Recipient

#: The start of a link, with its attributes; a value in quotation marks may hold any sign.
LINK = re.compile(r"""<a\b(?:[^<>"']|"[^"]*"|'[^']*')*>""", re.IGNORECASE)
#: SendGrid rewrites no link that has this before its `href`; spelt as in its documents.
UNTRACKED = " clicktracking=off"


def tracking_settings(message: Message) -> dict[str, Any]:
    """Return all settings of a request: a missing one follows the account's.

    Links in the text part are never rewritten: a reader would see the long address.
    """
    return {
        "click_tracking": {"enable": message.count_clicks, "enable_text": False},
        "open_tracking": {"enable": message.count_opens},
        "subscription_tracking": {"enable": False},
        "ganalytics": {"enable": False},
    }


def tracked_html(message: Message, recipients: Sequence[Recipient]) -> str:
    """Return the HTML part, in which links that hold something of one person stay as they are.

    These are the links for leaving and for preferences, and every link with a merge field.
    """
    keys = {key for person in recipients[:1] for key in person.values}
    if not message.count_clicks or not keys:
        return message.html
    personal = re.compile("|".join(map(re.escape, sorted(keys))))
    return LINK.sub(lambda link: leave_untracked(link[0], personal), message.html)


def leave_untracked(link: str, personal: re.Pattern[str]) -> str:
    """Return the start of a link, marked if it holds something of one person."""
    if not personal.search(link):
        return link
    return link[:2] + UNTRACKED + link[2:]
