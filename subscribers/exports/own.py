"""What our own exports write, so that a file comes back as it went.

Both exports begin with some of `TITLES`; attributes follow under their own keys.  A file with the
titles of `SIGNATURE` counts as one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from newsletter.formulas import harmless
from subscribers.exports.meanings import REASONS, SUPPRESSED, Meaning
from subscribers.exports.rules import Kind, Rule

#: What every row begins with; times are of ISO 8601, in UTC.
TITLES = (
    "email",
    "name",
    "language",
    "status",
    "suppressed",
    "suppressed_for",
    "suppressed_at",
    "joined_at",
    "changed_at",
    "source",
)
#: Of people found on any list: each list for which they are suppressed, as `write_stops` has it.
#: Of the people of a list: `THIS_LIST`, where they are suppressed for it beside for all mail.
LISTS_TITLE = "suppressed_lists"
#: Exports of earlier versions have these, too.
SIGNATURE = ("email", "name", "status", "suppressed", "joined_at")
#: What `suppressed_for` says.
ALL_MAIL, THIS_LIST = "all mail", "this list"
#: What columns hold that are no attributes, and that their titles alone do not say; where a
#: subscription came from is not taken over, for it comes from the file now.
KINDS = {
    "joined_at": "joined",
    "changed_at": "changed",
    "suppressed_for": "suppressed_for",
    "suppressed_at": "suppressed_at",
    LISTS_TITLE: LISTS_TITLE,
    "source": "ignore",
}
PREFIX = "attribute_"
#: Titles that no attribute has without the prefix.
TAKEN = (*TITLES, LISTS_TITLE)
#: What `suppressed` says: here each reason means itself.
REASON_HERE = Rule(
    kind=Kind.GONE,
    meaning=SUPPRESSED,
    values={reason: Meaning(suppression=at) for at, reason in enumerate(REASONS) if reason},
)


def is_own(titles: Iterable[str]) -> bool:
    """Whether a file with these titles is an export of ours."""
    return set(SIGNATURE) <= set(titles)


def title_of(key: str) -> str:
    """Return the title of an attribute; one that is called like a fixed column has a longer one."""
    return harmless(f"{PREFIX}{key}" if key in TAKEN else key)


def key_of(title: str) -> str:
    """Return the key of the attribute that an export of ours wrote under a title."""
    key = title.removeprefix(PREFIX)
    return key if key in TAKEN else title


def write_stops(stops: Iterable[tuple[str, str, str]]) -> str:
    """Return suppressions for single lists (short name, reason, since when) as one cell.

    >>> write_stops([("weekly", "manual", "2026-11-26T09:00:00+00:00")])
    'weekly=manual 2026-11-26T09:00:00+00:00'
    """
    return "; ".join(f"{slug}={reason} {since}" for slug, reason, since in stops)


def find_stop(cell: str, slug: str) -> tuple[str, str] | None:
    """Return the reason and the time that such a cell names for a list; None where it has none.

    `THIS_LIST` is the list that the file is brought into.
    """
    for stop in cell.split(";"):
        name, _equals, said = stop.strip().partition("=")
        if name.strip() in (slug, THIS_LIST) and said.strip():
            reason, _space, since = said.strip().partition(" ")
            return reason, since
    return None


def kinds_of(titles: Sequence[str]) -> dict[int, str]:
    """Return what the fixed columns of an export of ours hold, by place."""
    return {place: KINDS[title] for place, title in enumerate(titles) if title in KINDS}
