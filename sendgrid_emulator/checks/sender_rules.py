"""The rules that a good sender keeps, by number."""

from __future__ import annotations

SENDER_RULES = {
    "R1": "Nobody gets the same issue twice.",
    "R2": "Every mail has its own one-click unsubscribe link, the same in header and body.",
    "R3": "Nothing is left unreplaced, and nobody else's data shows.",
    "R4": "Every mail has a text part and an HTML part.",
    "R5": "The HTML is at most 100 KB, so that no mail program clips it.",
    "R6": "Every mail has one recipient.",
    "R7": "Nobody is mailed who must not be mailed any more.",
    "R8": "At most eight requests are open at once, and ten batches stopped, none for ever.",
    "R9": "Nothing is posted that the sender's ledger does not know of already.",
    "R10": "Custom arguments tell nothing about a person.",
    "R11": "Tracking is switched on or off explicitly.",
    "R12": "The API key stands in no log.",
    "R13": "Opening every link of every mail changes nothing.",
    "R14": "One POST to the link in the header is enough to leave.",
    "R15": "Everybody who was planned is accounted for, as far as the mailbox can tell.",
}

#: Rules that do not show by themselves: somebody must be asked, or open the links.
HIDDEN = frozenset({"R9", "R12", "R13", "R14", "R15"})
