"""SendGrid's five suppression lists, and its unsubscribe groups."""

from __future__ import annotations

from dataclasses import dataclass

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
GROUP_REASON = "Unsubscribed Address"
LISTS = (BOUNCES, BLOCKS, INVALID, SPAM, UNSUBSCRIBES)


@dataclass(frozen=True, slots=True)
class Group:
    """An unsubscribe group: people who leave it still get the mail of other groups."""

    id: int
    name: str
    description: str = ""
    is_default: bool = False

    @property
    def list(self) -> str:
        """The name of the list of those who left it."""
        return f"group {self.id}"


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
        self.groups: dict[int, Group] = {}

    def __bool__(self) -> bool:
        return any(self._lists.values())

    def form(self, group: Group) -> None:
        """Add a group, or change one; nobody has left a new one."""
        self.groups[group.id] = group
        self._lists.setdefault(group.list, {})

    def dissolve(self, group: Group) -> None:
        """Remove a group, and forget who left it."""
        del self.groups[group.id], self._lists[group.list]

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

    def reason(self, email: str, group: int = 0) -> str | None:
        """Return why mail of a group (0: of none) to `email` is dropped, or None if it is not."""
        folded = email.lower()
        own = {self.groups[group].list: GROUP_REASON} if group in self.groups else {}
        reasons = DROP_REASONS | own
        return next((why for name, why in reasons.items() if folded in self._lists[name]), None)

    def clear(self) -> None:
        """Empty all lists, and forget the groups."""
        self.groups.clear()
        self._lists = {name: {} for name in LISTS}
