"""What is decided about a mail when the server does not say yes; nothing was accepted then."""

from __future__ import annotations

from collections.abc import Sequence

from newsletter.errors import (
    AccountError,
    Deferred,
    NotSubmitted,
    Refused,
    Throttled,
    TransportError,
)
from newsletter.phrases import phrase
from newsletter.transports.reply_words import normalise
from newsletter.transports.smtp.replies import (
    About,
    Reply,
    Stage,
    is_lasting,
    may_be_of_one,
    people_refused,
    seconds_to_wait,
    waits_for_one,
)

#: Greylisting lets people through after some minutes.
PERSON_RETRY_SECONDS = 300.0


def decide_envelope(replies: Sequence[Reply]) -> tuple[TransportError, Reply]:
    """Return the decision for the first no to from, to and DATA, and that reply."""
    for stage, reply in zip((Stage.SENDER, Stage.PERSON), replies, strict=False):
        if not reply.is_yes:
            return decide(stage, reply), reply
    return decide(Stage.DATA, replies[-1]), replies[-1]


def decide(stage: Stage, reply: Reply) -> TransportError:
    """Return the decision for a reply that is not a success."""
    if reply.asks_to_wait:
        return decide_wait(stage, reply)
    if not reply.is_no:
        return NotSubmitted(
            phrase("The mail server answered {code}: neither yes nor no", code=reply.code)
        )
    whom = people_refused(stage, reply)
    if whom is About.ACCOUNT:
        return decide_account(stage, reply)
    if stage is Stage.PERSON:
        words = phrase("The mail server refuses the address: {answer}", answer=reply)
    else:
        words = phrase("The mail server refuses the mail: {answer}", answer=reply)
    return Refused(
        words,
        about_us=whom is About.PERHAPS_ACCOUNT,
        alike="" if whom is About.PERSON else normalise(str(reply)),
    )


def decide_account(stage: Stage, reply: Reply) -> AccountError:
    """Return the decision for a no that is plainly about us."""
    if stage is Stage.SENDER:
        words = phrase("The mail server refuses the sender: {answer}", answer=reply)
    else:
        words = phrase("The mail server refuses what we send: {answer}", answer=reply)
    # By its place in what was submitted, which is one message.
    persons = {0: words} if may_be_of_one(stage, reply) else {}
    return AccountError(words, persons=persons, certain=True)


def decide_wait(stage: Stage, reply: Reply) -> TransportError:
    """Return the decision for a temporary refusal (RFC 5321 4.2.1)."""
    if is_lasting(reply):
        return AccountError(phrase("The mail server accepts no more mail: {answer}", answer=reply))
    if stage is not Stage.SENDER and waits_for_one(reply):
        return Deferred(
            phrase("The mail server defers the mail: {answer}", answer=reply),
            seconds=PERSON_RETRY_SECONDS,
        )
    return Throttled(
        phrase("The mail server asks to wait: {answer}", answer=reply),
        seconds=seconds_to_wait(reply.words),
    )
