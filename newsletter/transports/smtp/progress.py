"""What became of whom in a batch, and when it ends early.

Mails of a batch go over several connections at once, so their answers come in any order.  "Before"
and "after" are counted: a yes shows whom an earlier refusal was about only if its message began to
leave when that refusal was known.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from newsletter.errors import (
    AccountError,
    Deferred,
    NotSubmitted,
    PartiallySubmitted,
    Refused,
    Throttled,
    TransportError,
)
from newsletter.phrases import phrase
from newsletter.transports.base import SubmitResult
from newsletter.transports.error_text import kind_of, log_unexpected, make_printable

#: From this many refusals in a row that may be about us, they are.
MIN_REFUSALS_ABOUT_US = 3
#: From this many in a row in the same words, which do not say whom they mean: they mean us.
MIN_ALIKE_REFUSALS = 10
#: Seconds after which those are tried again who were refused last, perhaps because of us.
RETRY_SECONDS = 30.0
#: What to do where nobody else has shown whom refusals are about.
PERHAPS_THEY = (
    "Correct the cause, then: newsletter send resume ID."
    " If the same people get the same answer again then, they are refused, and the others go on;"
    " who they are: newsletter send who ID --state planned"
)
#: After this many requests to wait in a row the server means everybody.
MAX_WAIT_REQUESTS = 3


@dataclass(slots=True)
class Streak:
    """Refusals in a row, over all batches, whose words are the same and say not whom they mean."""

    words: str = ""
    count: int = 0
    #: How many refusals there have been, of any words.
    total: int = 0

    def count_refusal(self, words: str) -> int:
        """Count another one; return how many there are in a row."""
        self.count = self.count + 1 if words == self.words else 1
        self.words = words
        return self.count

    def end(self, begun_after: int) -> None:
        """Begin again: somebody was accepted whose message left after this many refusals."""
        self.count = min(self.count, self.total - begun_after)
        if not self.count:
            self.words = ""


@dataclass(kw_only=True, slots=True)
class Progress:
    """What became of whom so far; places in the batch."""

    streak: Streak
    #: Those whose message began to leave, until it is known what became of it.
    leaving: set[int] = field(default_factory=set)
    accepted: set[int] = field(default_factory=set)
    refused: dict[int, str] = field(default_factory=dict)
    unknown: set[int] = field(default_factory=set)
    #: Those refused since the last yes whose refusal may be about us, and as which refusal.
    about_us: dict[int, int] = field(default_factory=dict)
    #: Those refused since the last yes in the same words, which do not say whom they mean.
    alike: dict[int, int] = field(default_factory=dict)
    cause: TransportError | None = None
    interruption: BaseException | None = None
    message_id: str = ""
    waits: int = 0
    #: Whether nobody else begins.
    is_stopped: bool = False

    @property
    def has_begun(self) -> bool:
        """Whether a message has left, or somebody was refused."""
        return bool(self.leaving or self.accepted or self.refused or self.unknown)

    def stop(self, cause: TransportError) -> None:
        """End the batch early: the cause is the decision about all who are in no set.

        What holds the send wins over what comes before or after it.
        """
        if isinstance(cause, AccountError) and isinstance(self.cause, AccountError):
            self.cause.persons.update(cause.persons)
        elif not self.is_stopped or isinstance(cause, AccountError):
            self.cause = cause
        self.is_stopped = True

    def record_accepted(self, place: int, words: str, begun_after: int) -> None:
        """Note a yes: whoever was refused before it was refused for themselves."""
        # First of all: who is in no set goes again, whatever breaks behind it.
        self.accepted.add(place)
        self.leaving.discard(place)
        self.waits = 0
        self.about_us = later_than(begun_after, self.about_us)
        self.alike = later_than(begun_after, self.alike)
        self.streak.end(begun_after)
        self.message_id = self.message_id or make_printable(words)[:200]

    def record_refused(self, place: int, error: Refused) -> None:
        """Note a refusal; stop when too many in a row mean everybody."""
        self.refused[place] = str(error)
        self.streak.total += 1
        if error.about_us:
            self.about_us[place] = self.streak.total
            if len(self.about_us) >= MIN_REFUSALS_ABOUT_US:
                self.stop(self.account_error(str(error)))
        elif error.alike:
            count = self.streak.count_refusal(error.alike)
            self.alike = {**(self.alike if count > 1 else {}), place: self.streak.total}
            if count >= MIN_ALIKE_REFUSALS:
                self.about_us |= self.alike
                self.streak.end(self.streak.total)
                self.stop(self.account_error(f"{count} people in a row: {error}"))

    def account_error(self, words: str) -> AccountError:
        """Return the decision that refusals are about us, or perhaps about those who got them."""
        persons = {place: self.refused[place] for place in self.about_us}
        return AccountError(words, persons=persons, hint=PERHAPS_THEY)

    def record_account(self, place: int, error: AccountError) -> None:
        """Note a refusal that is plainly about us, and stop."""
        here = dict.fromkeys([place] if error.persons else [], str(error))
        self.stop(AccountError(str(error), persons=here, certain=True, hint=error.hint))

    def record_wait(self, error: Throttled, *, still_there: bool) -> None:
        """Leave one person for later; stop when the server means everybody."""
        self.waits += not isinstance(error, Deferred)
        if not isinstance(error, Deferred) and (self.waits >= MAX_WAIT_REQUESTS or not still_there):
            self.stop(error)
        elif not self.is_stopped:
            self.cause = error

    def record_interruption(self, error: BaseException) -> None:
        """Note what came in between, and stop: who is in no set goes again, if that can help."""
        if isinstance(error, Exception):
            log_unexpected(error)
        else:
            self.interruption = error
        if isinstance(error, ValueError | TypeError):
            what = phrase("The mail cannot be written: {kind}", kind=kind_of(error))
            self.stop(AccountError(what))
        else:
            self.stop(NotSubmitted(phrase("interrupted: {kind}", kind=kind_of(error))))

    def record_crash(self, error: BaseException) -> None:
        """Note a fault of our own: only those whose message was leaving are in doubt."""
        if not isinstance(error, Exception):
            self.interruption = error
        self.stop(NotSubmitted(phrase("interrupted: {kind}", kind=kind_of(error))))

    def result(self, size: int) -> SubmitResult:
        """Return the result when everybody was accepted, else raise what became of whom."""
        self.unknown |= self.leaving - self.accepted - self.refused.keys()
        if len(self.accepted) == size and not self.interruption:
            return SubmitResult(message_id=self.message_id, status=250)
        self.decide_refusals(size)
        decided: TransportError = PartiallySubmitted(
            self.describe(),
            accepted=frozenset(self.accepted),
            refused=self.refused,
            unknown=frozenset(self.unknown),
            cause=self.cause,
            message_id=self.message_id,
        )
        if self.cause and not (self.accepted or self.refused or self.unknown):
            decided = self.cause
        decided.interruption = self.interruption
        raise decided

    def decide_refusals(self, size: int) -> None:
        """Refuse nobody for what may be about us, as long as nobody was accepted after it.

        If that is all that is known, the send is held; if some were accepted before, the same
        people are asked about once more.
        """
        if not self.about_us:
            return
        why = self.refused[max(self.about_us, key=self.about_us.__getitem__)]
        held = self.account_error(why)
        for place in self.about_us:
            self.refused.pop(place, None)
        if len(self.about_us) == size and not isinstance(self.cause, AccountError):
            self.cause = held
        elif self.cause is None or isinstance(self.cause, Deferred):
            self.cause = Throttled(why, seconds=RETRY_SECONDS)

    def describe(self) -> str:
        """Say in a few words how far it went, and why no further."""
        parts = (
            (len(self.accepted), "accepted"),
            (len(self.refused), "refused"),
            (len(self.unknown), "unknown"),
        )
        counted = ", ".join(f"{count} {what}" for count, what in parts if count)
        return f"{counted}; {self.cause}" if self.cause else counted


def later_than(number: int, refusals: dict[int, int]) -> dict[int, int]:
    """Return the refusals that came after the first `number` ones."""
    return {place: when for place, when in refusals.items() if when > number}
