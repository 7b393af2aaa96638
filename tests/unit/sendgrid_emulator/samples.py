"""Requests to send, as a good sender makes them, and what it takes to inject them."""

from __future__ import annotations

import copy
from typing import Any

import orjson

NAME_TAG, LINK_TAG = "NLq7x01", "NLq7x02"
TEXT = f"Dear {NAME_TAG}, the river is high.\nLeave: https://news.example.org/u/{LINK_TAG}\n"
HTML = (
    f"<html><body><p>Dear {NAME_TAG}, the river is high.</p>"
    f'<a href="https://news.example.org/u/{LINK_TAG}">Leave</a></body></html>'
)
TRACKED = {
    "click_tracking": {"enable": True, "enable_text": False},
    "open_tracking": {"enable": True},
    "subscription_tracking": {"enable": False},
}
UNTRACKED = {name: {"enable": False} for name in TRACKED}


def person(number: int, address: str = "") -> dict[str, Any]:
    """Return the personalization of one recipient."""
    token = f"token{number:06}x"
    return {
        "to": [{"email": address or f"reader{number}@example.org"}],
        "headers": {
            "List-Unsubscribe": f"<https://news.example.org/u/{token}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
        "substitutions": {NAME_TAG: f"Reader {number}", LINK_TAG: token},
        "custom_args": {"nl_d": f"d{number}", "nl_a": "a1"},
    }


def letter(*addresses: str, people: int = 1, **changes: Any) -> dict[str, Any]:
    """Return a request for these addresses (or N made-up people); None removes a field."""
    everyone = addresses or tuple(f"reader{number}@example.org" for number in range(people))
    whole = {
        "from": {"email": "digest@news.example.org", "name": "The Digest"},
        "subject": "The river is high",
        "content": [
            {"type": "text/plain", "value": TEXT},
            {"type": "text/html", "value": HTML},
        ],
        "headers": {"List-Id": "<digest.news.example.org>"},
        "categories": ["digest"],
        "custom_args": {"nl_i": "issue-1"},
        "tracking_settings": copy.deepcopy(TRACKED),
        "personalizations": [person(number, each) for number, each in enumerate(everyone)],
    }
    return {key: value for key, value in {**whole, **changes}.items() if value is not None}


def encoded(*addresses: str, **changes: Any) -> bytes:
    """Return the same as bytes."""
    return orjson.dumps(letter(*addresses, **changes))
