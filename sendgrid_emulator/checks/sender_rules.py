"""The rules of a good sender, by number."""

from __future__ import annotations

SENDER_RULES = {
    "R1": "Nobody gets the same issue twice.",
    "R2": "Every mail has its own one-click unsubscribe link, the same in header and body.",
    "R3": "Every placeholder is replaced, and no data of another person is shown.",
    "R4": "Every mail has a text part and an HTML part.",
    "R5": "The HTML is at most 100 KB, so that no mail program cuts it off.",
    "R6": "Every mail has one recipient.",
    "R7": "Nobody gets mail who must not get any more.",
    "R8": "At most eight requests are open, and ten batches stopped, at the same time.",
    "R9": "Your ledger knows of every request before it is posted.",
    "R10": "Custom arguments are opaque: they say nothing about a person.",
    "R11": "Tracking is switched on or off explicitly.",
    "R12": "No log contains the API key.",
    "R13": "Opening every link of every mail changes nothing.",
    "R14": "One POST to the link in the header unsubscribes.",
    "R15": "Every planned person is accounted for, as far as the mailbox can tell.",
}

#: Rules that need an oracle, or a test that opens the links.
HIDDEN = frozenset({"R9", "R12", "R13", "R14", "R15"})
