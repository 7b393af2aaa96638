"""The meaning of a value in a file: may the person be mailed, and if not, why."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext as _

from newsletter.errors import BadInput


class Meaning(NamedTuple):
    """A statement about a person, on two scales; the higher value is the more restrictive.

    `status` is 0 active, 1 pending, 2 unsubscribed.  `suppression` is 0 none, or a place in
    `REASONS`.  They are independent: an address can be unsubscribed and bounced.
    """

    status: int = 0
    suppression: int = 0

    @property
    def mailable(self) -> bool:
        """Whether the person may be mailed."""
        return self == ACTIVE

    @property
    def left(self) -> bool:
        """Whether the person left, or the address must not be mailed."""
        return self.status >= UNSUBSCRIBED.status or self.suppression > 0


#: Reasons of a suppression, the weakest first; the values of `Suppression.Reason`.
REASONS = ("", "blocked", "manual", "bounced", "invalid", "unsubscribed", "complained")

ACTIVE = Meaning()
PENDING = Meaning(status=1)
UNSUBSCRIBED = Meaning(status=2)
SUPPRESSED = Meaning(suppression=REASONS.index("manual"))
BOUNCED = Meaning(suppression=REASONS.index("bounced"))
INVALID = Meaning(suppression=REASONS.index("invalid"))
COMPLAINED = Meaning(suppression=REASONS.index("complained"))

#: What people call the meanings on the command line and in reports.
STATES: dict[str, Meaning] = {
    "active": ACTIVE,
    "pending": PENDING,
    "unsubscribed": UNSUBSCRIBED,
    "suppressed": SUPPRESSED,
    "bounced": BOUNCED,
    "invalid": INVALID,
    "complained": COMPLAINED,
}


def choose_stricter(one: Meaning, other: Meaning) -> Meaning:
    """Return the combination of two statements: on each scale the more restrictive."""
    return Meaning(max(one.status, other.status), max(one.suppression, other.suppression))


def state_named(name: str) -> Meaning:
    """Return the meaning with that name, or raise `BadInput` naming those there are."""
    meaning = STATES.get(name.strip().lower())
    if meaning is None:
        raise BadInput(
            _("there is no state {name}").format(name=repr(name[:40])),
            hint=_("States: {states}").format(states=", ".join(STATES)),
        )
    return meaning


def name_of(meaning: Meaning) -> str:
    """Return what a meaning is called; what is suppressed is called by its reason."""
    plain = Meaning(0, meaning.suppression) if meaning.suppression else meaning
    names = (name for name, state in STATES.items() if state == plain)
    return next(names, REASONS[meaning.suppression])
