"""What the sign-up asks of the packages above: the publication of a list, and mails about it.

They connect themselves when the program starts, so that nothing here knows a page or a transport.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from subscribers.models import List, Subscriber
    from subscribers.sign_up.models import SignUp


@dataclass(frozen=True, kw_only=True, slots=True)
class Publisher:
    """Whose list it is: the name people know, the tag of its language, where privacy is explained.

    `language` is empty where publications of several languages go to the list.
    """

    name: str
    language: str
    privacy_url: str


class ReadyMail(Protocol):
    """A mail that is made, and not submitted yet."""

    def submit(self) -> None:
        """Submit it once; raises a `TransportError` as a transport does."""
        ...


class Mailer(Protocol):
    """Makes the mails about a sign-up; raises `NewsletterError` for what cannot be made."""

    def confirmation(self, sign_up: SignUp, url: str, ends_at: dt.datetime) -> ReadyMail:
        """Return the mail that asks to confirm, by the page at an address."""
        ...

    def already(self, sign_up: SignUp, person: Subscriber) -> ReadyMail:
        """Return the mail to somebody who is subscribed and signed up again."""
        ...

    def welcome(self, sign_up: SignUp, person: Subscriber) -> ReadyMail:
        """Return the mail to somebody who has just been subscribed."""
        ...


_publishers: list[Callable[[List], Publisher | None]] = []


def connect_publishers(find: Callable[[List], Publisher | None]) -> None:
    """Set what finds the publisher of a list."""
    _publishers[:] = [find]


def publisher_of(one: List) -> Publisher | None:
    """Return whose list it is; nothing if no publication goes to it."""
    return _publishers[0](one) if _publishers else None
