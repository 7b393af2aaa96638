"""The text of a refusal: whether it names a limit of the sender, and what two texts share."""

from __future__ import annotations

import re

#: Sent too much: a quota, a rate, money.
LIMIT = re.compile(
    r"limit|quota|credits?\b|\brate\b|throttl|too (?:many|much|fast|quickly)|exceed|threshold"
    r"|\bmax(?:imum)?\b|billing|payment|upgrade|free (?:account|plan|tier)|trial",
    re.IGNORECASE,
)
#: Limits that are not the sender's: of a mailbox, of a message.
NOT_OUR_LIMIT = re.compile(
    r"mailbox|inbox|storage|disk|over ?quota|quota (?:is )?full|\bfull\b"
    r"|recipient'?s? (?:quota|is|has|was|mailbox|account)|\bhops?\b"
    r"|(?:message|mail|e-?mail|header|line|content|attachment)s?(?: \w+){0,2} (?:size|length)"
    r"|(?:size|length)\b|too (?:large|big|long)|bytes|user (?:is|has)|receiving mail",
    re.IGNORECASE,
)
#: Clearly about the sender, so that it counts more than a code that is mostly about recipients.
OUR_LIMIT = re.compile(
    r"\bsend(?:ing|er)?\b.{0,40}(?:limit|quota|rate|exceed)|(?:daily|hourly|monthly|outgoing"
    r"|outbound|per (?:day|hour|minute|month)|your) (?:[\w-]+ ){0,4}(?:limit|quota|rate|credits?)"
    r"|(?:limit|quota|max\w*).{0,40}(?:per|in|this|for the|a|within) (?:the )?(?:last )?(?:\d+ )?"
    r"(?:day|hour|minute|month|today)|credits?\b"
    r"|sending (?:is |has been |was )?(?:suspended|paused|disabled|blocked)",
    re.IGNORECASE,
)
#: About somebody who cannot be reached, whatever limit is named besides.
THEIRS = re.compile(r"trying to|tried to", re.IGNORECASE)


def is_about_the_account(words: str) -> bool:
    """Return whether a text is about a limit of the sender: a quota, a rate, money."""
    if THEIRS.search(words):
        return False
    return bool(
        OUR_LIMIT.search(words) or (LIMIT.search(words) and not NOT_OUR_LIMIT.search(words))
    )


def normalise(words: str) -> str:
    """Return a text without numbers and names, to compare two replies."""
    return " ".join("#" if re.search(r"[\d…@<>]", each) else each for each in words.lower().split())
