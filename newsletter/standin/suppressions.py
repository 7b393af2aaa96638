"""Whom the account no longer mails, in SendGrid's five lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from newsletter.standin.events import Happening
from newsletter.standin.fates import Step

BOUNCES = "bounces"
BLOCKS = "blocks"
INVALID = "invalid_emails"
SPAM = "spam_reports"
UNSUBSCRIBES = "unsubscribes"

#: Why mail to an address on a list is dropped; addresses on `blocks` are mailed again.
DROP_REASONS = {
    BOUNCES: "Bounced Address",
    INVALID: "Invalid",
    SPAM: "Spam Reporting Address",
    UNSUBSCRIBES: "Unsubscribed Address",
}
LISTS = (BOUNCES, BLOCKS, INVALID, SPAM, UNSUBSCRIBES)

#: The list that an event puts the recipient on.
_EVENT_LISTS = {"spamreport": SPAM, "unsubscribe": UNSUBSCRIBES}


@dataclass(frozen=True, slots=True)
class Entry:
    """One address on a list; `created` is Unix time."""

    email: str
    created: int
    reason: str = ""
    status: str = ""


class Suppressions:
    """The lists of one account; the case of letters in addresses does not matter."""

    def __init__(self) -> None:
        self._lists: dict[str, dict[str, Entry]] = {name: {} for name in LISTS}

    def __bool__(self) -> bool:
        return any(self._lists.values())

    def add(self, name: str, entry: Entry) -> None:
        """Put an address on a list; it stays there from the first time on."""
        self._lists[name].setdefault(entry.email.lower(), entry)

    def remove(self, name: str, email: str) -> bool:
        """Take an address off a list; False if it was not on it."""
        return self._lists[name].pop(email.lower(), None) is not None

    def get(self, name: str, email: str) -> Entry | None:
        """Return the entry for an address."""
        return self._lists[name].get(email.lower())

    def entries(self, name: str) -> list[Entry]:
        """Return a list, the newest entry first, as the API does."""
        return sorted(self._lists[name].values(), key=lambda entry: -entry.created)

    def reason(self, email: str) -> str | None:
        """Return why mail to `email` is dropped, or None if it is not."""
        folded = email.lower()
        return next(
            (why for name, why in DROP_REASONS.items() if folded in self._lists[name]), None
        )

    def clear(self) -> None:
        """Empty all lists."""
        for entries in self._lists.values():
            entries.clear()


def learned(happening: Happening) -> Iterator[tuple[str, Entry]]:
    """Yield what an event says about its recipients: the list each goes on, and the entry."""
    name = _list_of(happening.step)
    if not name:
        return
    addresses, details = happening.request.addresses, happening.step.details
    reason, status = details.get("reason", ""), details.get("status", "")
    for position in happening.positions:
        yield name, Entry(addresses[position], int(happening.at), reason, status)


def _list_of(step: Step) -> str:
    if step.event == "bounce":
        return BLOCKS if step.details["type"] == "blocked" else BOUNCES
    if step.event == "dropped":
        return INVALID if step.details["reason"] == DROP_REASONS[INVALID] else ""
    return _EVENT_LISTS.get(step.event, "")
