"""The promises of a good sender, by number, and what it is to break one."""

from __future__ import annotations

from dataclasses import dataclass

TEETH = {
    "T1": "Nobody gets the same issue twice.",
    "T2": "Every mail has its own one-click unsubscribe link, the same in header and body.",
    "T3": "Nothing is left unreplaced, and nobody else's data shows.",
    "T4": "Every mail has a text part and an HTML part.",
    "T5": "The HTML is at most 100 KB, so that no mail program clips it.",
    "T6": "Every mail has one recipient.",
    "T7": "Nobody is mailed who must not be mailed any more.",
    "T8": "At most eight requests are open at once, and ten batches stopped, none for ever.",
    "T9": "Nothing is posted that the sender's ledger does not know of already.",
    "T10": "Custom arguments tell nothing about a person.",
    "T11": "Tracking is switched on or off explicitly.",
    "T12": "The API key stands in no log.",
    "T13": "Opening every link of every mail changes nothing.",
    "T14": "One POST to the link in the header is enough to leave.",
    "T15": "Everybody who was planned is accounted for, as far as the mailbox can tell.",
}


#: What does not show by itself: somebody must be asked, or open the links.
HIDDEN = frozenset({"T9", "T12", "T13", "T14", "T15"})


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken promise: which of `TEETH`, in what mail or request, and how."""

    tooth: str
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.tooth} {self.where}: {self.message}".replace(" :", ":")
