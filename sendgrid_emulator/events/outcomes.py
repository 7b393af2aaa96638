"""The outcome of a mail, as a word and a colour for people."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sendgrid_emulator.events.delivery_scenarios import Step
from sendgrid_emulator.events.event import history_of
from sendgrid_emulator.state.messages import Message, Phase


class Tone(StrEnum):
    """The colour of a word."""

    GOOD = "good"
    BAD = "bad"
    WARNING = "warning"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A word such as "delivered", the reason, and the colour."""

    word: str
    tone: Tone
    why: str = ""


_WAITING = {
    Phase.QUEUED: Outcome("scheduled", Tone.QUIET),
    Phase.PAUSED: Outcome("paused", Tone.WARNING),
    Phase.CANCELLED: Outcome("cancelled", Tone.WARNING),
    Phase.EXPIRED: Outcome("expired", Tone.BAD),
}
_WORDS = {
    "processed": ("on its way", Tone.QUIET),
    "delivered": ("delivered", Tone.GOOD),
    "deferred": ("deferred", Tone.WARNING),
    "dropped": ("dropped", Tone.BAD),
    "open": ("opened", Tone.GOOD),
    "click": ("clicked", Tone.GOOD),
    "spamreport": ("reported as spam", Tone.BAD),
    "unsubscribe": ("unsubscribed", Tone.WARNING),
    "group_unsubscribe": ("left the group", Tone.WARNING),
    "group_resubscribe": ("back in the group", Tone.GOOD),
}


def outcome_of(message: Message, now: float) -> Outcome:
    """Return what is known about a mail at the Unix time `now`."""
    if message.request.phase in _WAITING:
        return _WAITING[message.request.phase]
    happened = history_of(message, now)
    return of_step(happened[-1][1]) if happened else Outcome("on its way", Tone.QUIET)


def of_step(step: Step) -> Outcome:
    """Return the outcome if a step is the last one."""
    why = str(step.details.get("reason") or step.details.get("response") or "")
    if step.event == "bounce":
        blocked = step.details["type"] == "blocked"
        return Outcome("blocked" if blocked else "bounced", Tone.BAD, why)
    word, tone = _WORDS[step.event]
    return Outcome(word, tone, why)
