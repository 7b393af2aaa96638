"""The rules by which a column of a file says something about the status of a person."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from subscribers.exports.dates import is_date, is_to_come
from subscribers.exports.meanings import (
    ACTIVE,
    BOUNCED,
    INVALID,
    PENDING,
    SUPPRESSED,
    UNSUBSCRIBED,
    Meaning,
    choose_stricter,
)
from subscribers.exports.notes import BETWEEN_TAGS, asks_in_phrases, takes_off, telling_tags
from subscribers.exports.words import (
    NO_MAILBOX,
    answers_no,
    answers_yes,
    fold_text,
    fold_words,
    is_false,
    is_true,
    over_folded,
    status_of,
)


class Kind(enum.Enum):
    """What the cells contain."""

    STATUS = "status"  #: a word for the status; a blank one is asked about
    DOUBTED = "doubted"  #: yes or no, perhaps about mail: a no is asked about
    WANTED = "wanted"  #: yes or no, or a date: does the person want mail?
    GONE = "gone"  #: a date, a yes, a reason: anything that is not "no" says the person left
    FLAG = "flag"  #: yes or no, or a date: did it happen?  Anything else is asked about
    UNCLEAR = "unclear"  #: whatever stands there is asked about, unless it says no
    NOTHING = "nothing"  #: means something else in that system
    LISTS = "lists"  #: the lists a person is on; who is on none is asked about
    ACCOUNT = "account"  #: a word for the status of an account: all but "active" is asked about
    BOUNCES = "bounces"  #: a count of mails that came back: many are asked about
    CHANNELS = "channels"  #: ways to be reached: who lacks mail is asked about
    TAGS = "tags"  #: several words, of which those for leaving take a person off
    OFTEN = "often"  #: how often mail is wanted: "never" says the person left


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A kind of column; `meaning` is what it says when it takes a person off.

    `values` are words with a meaning of their own here, folded; they come before all others.
    `blank` is what a blank cell says where the system leaves it blank for its readers.
    """

    kind: Kind
    meaning: Meaning = UNSUBSCRIBED
    values: Mapping[str, Meaning] = field(default_factory=dict)
    blank: Meaning | None = None

    def meaning_of(self, text: str) -> Meaning | None:
        """Return the meaning of a clean cell; None if it is unknown."""
        if text and (known := self.values.get(fold_text(text))) is not None:
            return known
        if not text and self.blank is not None:
            return self.blank
        return READERS[self.kind](self, text)


def read_status(rule: Rule, text: str) -> Meaning | None:
    """Read a word."""
    del rule
    return status_of(text) if text else None


def read_wanted(rule: Rule, text: str) -> Meaning | None:
    """Read whether mail is wanted; a blank cell leaves it open."""
    if not text:
        return None
    if is_true(text) or is_date(text) or answers_yes(text):
        return ACTIVE
    return rule.meaning if is_false(text) or answers_no(text) else status_of(text)


def read_gone(rule: Rule, text: str) -> Meaning | None:
    """Read what only stands there when somebody left."""
    if is_false(text):
        return ACTIVE
    if rule.meaning == BOUNCED or not (told := status_of(text)) or not told.left:
        return rule.meaning
    # A reason that says more: "ABUSE" where somebody unsubscribed, "HARD_BOUNCE" for a suppression.
    return told if rule.meaning == SUPPRESSED else choose_stricter(rule.meaning, told)


def read_flag(rule: Rule, text: str) -> Meaning | None:
    """Read whether it happened; a hard bounce is one, a soft one is asked about."""
    if is_false(text):
        return ACTIVE
    folded = fold_text(text)
    if is_true(text) or is_date(text) or folded.startswith(("hard", "permanent")):
        return rule.meaning
    if folded in GRANTED:  # "Do not email: granted"
        return rule.meaning
    if rule.meaning == BOUNCED and NO_MAILBOX.fullmatch(text):
        return BOUNCED
    return status_of(text)


def read_unclear(rule: Rule, text: str) -> Meaning | None:
    """Ask about everything but a no, and a date to come."""
    del rule
    return ACTIVE if is_false(text) or is_to_come(text) else None


def read_lists(rule: Rule, text: str) -> Meaning | None:
    """Ask about who is on no list; a plain yes or no is none, and says what it says."""
    del rule
    return None if is_false(text) or telling_tags(text) else ACTIVE


def read_doubted(rule: Rule, text: str) -> Meaning | None:
    """Believe a yes; ask about the rest."""
    del rule
    return ACTIVE if is_true(text) or answers_yes(text) or (text and is_date(text)) else None


def read_bounces(rule: Rule, text: str) -> Meaning | None:
    """Believe an address that few mails came back from; ask about more."""
    del rule
    return ACTIVE if grouped_bounces(text) != MANY_BOUNCES else None


def grouped_bounces(text: str) -> str:
    """Return what a count of bounces is counted as; an address that no mail reaches has many."""
    digits = text.partition(".")[0].strip()
    if is_false(text) or not digits.isdecimal():
        return text if digits and not is_false(text) else "0"
    return MANY_BOUNCES if int(digits[:9]) >= FEW_BOUNCES else "0"


def read_channels(rule: Rule, text: str) -> Meaning | None:
    """Ask about who named channels, and mail is none of them."""
    if text and (NEVER.match(fold_text(text)) or asks_in_phrases(text)):
        return rule.meaning
    return ACTIVE if MAIL_CHANNEL.search(fold_text(text)) else None


def read_account(rule: Rule, text: str) -> Meaning | None:
    """Believe that an account is active, or that its mail was stopped; ask about the rest."""
    del rule
    said = status_of(text) if text else ACTIVE
    return said if said == ACTIVE or telling_tags(text) else None


def read_often(rule: Rule, text: str) -> Meaning | None:
    """Read whether somebody wants mail at all."""
    if text and (NEVER.match(fold_text(text)) or is_false(text)):
        return rule.meaning
    told = status_of(text) if text else ACTIVE
    return told if told and told.left else ACTIVE


def read_tags(rule: Rule, text: str) -> Meaning | None:
    """Read the words for leaving among others; the rest says nothing."""
    del rule
    whole = ACTIVE
    for tag in BETWEEN_TAGS.split(text[:4000]):
        word = tag.strip(" []{}\"'#*:\t")[:200]
        said = status_of(word) if word and not is_false(word) else None
        if said is not None and said.left:
            whole = choose_stricter(whole, said)
        elif word and takes_off(word):
            whole = choose_stricter(whole, UNSUBSCRIBED)
    return whole


#: From that number on bounces are many, and how they are called in reports.
FEW_BOUNCES = 3
MANY_BOUNCES = f"{FEW_BOUNCES} or more"
MAIL_CHANNEL = over_folded(
    r"mail|newsletter|メール|邮件|郵件|이메일|почт|correo|courriel|all$|^any"
)
#: How often mail is wanted by who wants none, folded.
NEVER = over_folded(
    r"never|none|no(?:e?mails?|mailings?|newsletters?|thanks|contact)?$|nie(?:mals)?$|kein|jamais|aucun|"
    r"nunca|ningun|nenhum|mai$|nessun|nooit|geen|nigdy|никогда|なし|希望しない|不要|从不|從不|off$|stop"
)

#: Words that grant what the title asks for, whatever that is.
GRANTED = frozenset(
    fold_words("granted given agreed accepted permitted approved confirmed requested")
)

READERS = {
    Kind.STATUS: read_status,
    Kind.WANTED: read_wanted,
    Kind.GONE: read_gone,
    Kind.FLAG: read_flag,
    Kind.UNCLEAR: read_unclear,
    Kind.DOUBTED: read_doubted,
    Kind.NOTHING: lambda _rule, _text: ACTIVE,
    Kind.LISTS: read_lists,
    Kind.ACCOUNT: read_account,
    Kind.OFTEN: read_often,
    Kind.TAGS: read_tags,
    Kind.BOUNCES: read_bounces,
    Kind.CHANNELS: read_channels,
}

STATUS = Rule(kind=Kind.STATUS)
WANTED = Rule(kind=Kind.WANTED)
CONFIRMED = Rule(kind=Kind.WANTED, meaning=PENDING)
GONE = Rule(kind=Kind.GONE)
UNCLEAR = Rule(kind=Kind.UNCLEAR)
DOUBTED = Rule(kind=Kind.DOUBTED)
#: A status with a reason, which is blank where there is nothing to say.
REASON = Rule(kind=Kind.STATUS, blank=ACTIVE)
VALID = Rule(kind=Kind.WANTED, meaning=INVALID)
LISTS = Rule(kind=Kind.LISTS)
OFTEN = Rule(kind=Kind.OFTEN)
ACCOUNT = Rule(kind=Kind.ACCOUNT)
TAGS = Rule(kind=Kind.TAGS)
BOUNCES = Rule(kind=Kind.BOUNCES)
CHANNELS = Rule(kind=Kind.CHANNELS)


def gone(meaning: Meaning) -> Rule:
    """Return the rule of a column that holds something only for people who left."""
    return Rule(kind=Kind.GONE, meaning=meaning)


def flag(meaning: Meaning) -> Rule:
    """Return the rule of a column that says yes of people who left."""
    return Rule(kind=Kind.FLAG, meaning=meaning)


def coded(**values: Meaning) -> Rule:
    """Return the rule of a status column with codes of its own: `coded(_1=ACTIVE)`."""
    return Rule(
        kind=Kind.STATUS,
        values={fold_text(code.lstrip("_")): said for code, said in values.items()},
    )
