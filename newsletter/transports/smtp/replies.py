"""Whom a refusal of a mail server is about: one person, everybody (account, sender), or time.

A reply has a code (RFC 5321 4.2), often an enhanced one (RFC 3463; registry: RFC 5248), and words.
The enhanced code counts first where it is clear.  Many servers use one code for many things (5.7.1)
or none, so the words of well-known ones are listed below it.

Sources of the codes: IANA, "SMTP Enhanced Status Codes"; Microsoft, "Email non-delivery reports
in Exchange Online"; Google Workspace, "SMTP error reference"; Amazon SES, "SMTP response codes".
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import NamedTuple

from newsletter.transports.reply_words import OUR_LIMIT, THEIRS, is_about_the_account

#: Seconds to wait where a server asks for it, and names no limit.
WAIT_SECONDS = 30.0


class Stage(Enum):
    """What was answered: RFC 5321 3.3."""

    SENDER = auto()  #: MAIL FROM
    PERSON = auto()  #: RCPT TO
    DATA = auto()  #: the question whether to go on
    MESSAGE = auto()  #: the message, behind its final dot
    RESET = auto()  #: the wish to begin again, or an empty message


class About(Enum):
    """Whom a reply is about."""

    #: This person: refuse them, or try them again later; the others go on.
    PERSON = auto()
    #: The account or the sender, certainly: everybody would be refused, so nobody is.
    ACCOUNT = auto()
    #: Perhaps the account, the sender or the message: what comes next shows it.
    PERHAPS_ACCOUNT = auto()
    #: It does not say.
    UNCLEAR = auto()


class Reply(NamedTuple):
    """A reply of the server: its code, and its words, those of a no without addresses."""

    code: int
    words: str

    def __str__(self) -> str:
        return f"{self.code} {self.words}"

    @property
    def is_yes(self) -> bool:
        """Whether the server takes it."""
        return 200 <= self.code < 300

    @property
    def asks_to_wait(self) -> bool:
        """Whether it may be different another time (RFC 5321 4.2.1)."""
        return 400 <= self.code < 500

    @property
    def is_no(self) -> bool:
        """Whether it will not be different another time."""
        return 500 <= self.code < 600

    @property
    def enhanced(self) -> str:
        """The enhanced code without its class, such as `7.1`; empty where there is none."""
        found = re.search(
            rf"(?<![\d.]){self.code // 100}\.(\d{{1,3}}\.\d{{1,3}})(?![\d.])", self.words
        )
        return found[1] if found else ""


#: Enhanced codes that are about the account or the sender, whatever the words are.
ACCOUNT_CODES = frozenset(
    {
        "1.7",  # the sender's address is malformed
        "1.8",  # the sender's domain is not known; Microsoft: a sender blocked for spam
        "1.90",  # Microsoft: the day's limit of recipients is reached
        "2.252",  # Microsoft: may not send as this sender
        "4.5",  # Google: the day's limit is reached; RFC 3463: the system is congested
        "7.3",  # Microsoft: not authenticated
        "7.4",  # a security feature is not supported
        "7.8",  # wrong user or password (RFC 4954)
        "7.9",  # the way of logging in is too weak (RFC 4954)
        "7.10",  # encryption needed
        "7.11",  # encryption needed to log in
        "7.13",  # the account is disabled (RFC 5248)
        "7.14",  # a trust relationship is needed
        "7.15",  # priority too low
        "7.20", "7.21", "7.22",  # DKIM (RFC 7372)
        "7.23", "7.24",  # SPF (RFC 7372)
        "7.25",  # no reverse name (RFC 7372)
        "7.26",  # several of these; Google: neither SPF nor DKIM, or DMARC
        "7.27",  # the sender's domain takes no mail (RFC 7505); Google: SPF
        "7.28",  # a flood of mail; Google: too much unsolicited mail
        "7.29", "7.30", "7.31", "7.32",  # Google: encryption, DKIM, alignment
        "7.54",  # Microsoft: may not relay
        "7.57",  # Microsoft: not authenticated to send
        "7.60",  # Microsoft: may not send as this sender
        "7.64",  # Microsoft: may not relay for this tenant
        "7.139",  # Microsoft: basic authentication is disabled
    }
)  # fmt: skip
#: Of these, limits that are used up, whoever is mailed.
LIMIT_CODES = frozenset({"1.90", "4.5", "7.28"})
#: Codes that ask for a login, or refuse one (RFC 4954).
LOGIN_CODES = (530, 534, 535, 538)
#: Microsoft: senders, addresses and tenants that are blocked or over a threshold.
ACCOUNT_RANGES = (range(500, 521), range(606, 700), range(700, 751))

#: Enhanced codes that are about the recipient, whatever the words are.
PERSON_CODES = frozenset(
    {
        "1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.9", "1.10",  # their address
        "1.20",  # Microsoft: several of the same address
        "2.0", "2.1", "2.2", "2.4",  # their mailbox; 2.3, a message too long, is ours as well
        "2.121", "2.122",  # Microsoft: so much mail as they may receive in an hour
        "4.1", "4.4", "4.310", "4.312", "4.316",  # the way to their server
        "7.2",  # a list that does not take our mail
        "7.12",  # Microsoft: their organisation takes no mail from outside
        "7.17", "7.18", "7.19",  # their address has another owner (RFC 7293)
        "7.124", "7.129", "7.130", "7.131", "7.132", "7.133", "7.134", "7.135", "7.136",
    }
)  # fmt: skip
#: Of these, codes that some servers also use for limits of the sender.
LOOSE_PERSON_CODES = frozenset({"1.0", "1.1", "2.0", "2.1", "2.2"})

#: A limit that no wait of minutes ends.
LONG_LIMIT = re.compile(
    r"daily|per day|a day|\btoday\b|24[ -]?h|monthly|per month|credits?\b|billing|payment|upgrade"
    r"|suspend|paused|free (?:account|plan|tier)|trial"
    r"|account (?:is |has been )?(?:disabled|blocked)",
    re.IGNORECASE,
)
#: So plainly about us that words such as "domain not found" behind them are too.
OURS = re.compile(
    r"relay|\bsender\b|send ?as\b|sendas|\bhelo\b|\behlo\b|client host|mail ?from", re.IGNORECASE
)
#: The login, the right to send or to relay, the name or the address we send from.
SENDER = re.compile(
    r"relay|authenticat|authoriz|authoris|\bauth\b|log ?in|credential|password|\baccount (?:is |has"
    r" been )?(?:disabled|suspended|blocked|not active|locked)|\bsender\b|from[ -]address"
    r"|\bfrom:? (?:header|domain|address)|envelope from|return[ -]path|send as|sendas|not verified"
    r"|unverified|verified sender|domain (?:is )?not (?:allowed|verified|found)|not allowed to send"
    r"|not permitted to send|client host|\bhelo\b|\behlo\b|reverse dns|\bptr\b|rdns|ip address"
    r"|\btls\b",
    re.IGNORECASE,
)
#: What the message is or comes from, in the eyes of the server.
POLICY = re.compile(
    r"\bspf\b|dkim|dmarc|spam|junk|unsolicited|\bbulk\b|virus|malware|phish|reputation|black ?list"
    r"|block ?list|\brbl\b|dnsbl|spamhaus|spamcop|barracuda|proofpoint|mimecast|blocked|banned"
    r"|polic|administrative prohibition|prohibited|content|(?:message|mail) (?:rejected|refused)"
    r"|rejected due to|\b(?:DT|HL|MI|RP|WM):[A-Z]{3}\b|not accepted for"
    r"|transaction failed|unusual|abuse|compromised",
    re.IGNORECASE,
)
#: Their address or mailbox.
PERSON = re.compile(
    r"(?:user|mailbox|recipient|address|account|addressee|person|subscriber|inbox)\b.{0,40}"
    r"(?:unknown|not found|does ?n[o']t exist|doesn't exist|no longer|not exist|disabled"
    r"|inactiv(?:e|ity)"
    r"|unavailable|invalid|full|over ?quota|expired|not (?:available|valid|known|listed)|suspended)"
    r"|(?:unknown|invalid|no such|nonexistent|non-existent|bad|inactive|disabled|undeliverable)"
    r" (?:local )?(?:user|mailbox|recipient|address|account|person|destination|domain)"
    r"|no (?:such )?(?:user|mailbox|person|recipient|account)|unrouteable|unroutable|undeliverable"
    r"|recipient (?:address )?rejected|recipient (?:not|unknown|refus|does|is not)|not our customer"
    r"|not a (?:valid|known) |mailbox (?:is )?(?:full|unavailable|disabled|not)|over ?quota"
    r"|resolver\.rst|no mailbox|not deliverable|no longer (?:works|with)|domain (?:not found|does)"
    r"|(?:does not|doesn'?t) have an? .{0,30}account"
    r"|(?:address|recipient|mailbox)\b.{0,20}suppress|suppression list"
    r"|rejected by (?:the )?recipient"
    r"|host (?:or domain name )?not found|trying to (?:contact|reach)|(?:you|we) tried to reach",
    re.IGNORECASE,
)
#: What everybody says who says no (RFC 5321 4.2.3), whatever the reason is that follows.
BOILERPLATE = re.compile(
    r"requested (?:mail )?action (?:not taken|aborted)\W+mailbox unavailable", re.IGNORECASE
)
#: So much as they may receive.
THEIR_LIMIT = re.compile(
    r"recipient (?:has )?exceeded|receiv(?:e|ing) (?:mail|limit)|message receive", re.IGNORECASE
)
#: Those who are not known are asked to come again (greylisting), which is about each of them.
GREYLISTED = re.compile(r"gr[ea]y ?list|postgrey|come (?:back|again)", re.IGNORECASE)
#: So much on one connection; the next may take more.
CONNECTION_LIMIT = re.compile(
    r"(?:too many|max\w{0,20}|limit|exceed|\d) .{0,40}(?:connection|session|transaction)"
    r"|(?:per|on|in|for) (?:this|the|a|one|each|your) (?:same )?(?:smtp )?(?:connection|session)"
    r"|per[ -](?:connection|session)|too many (?:messages|mails|e-?mails|recipients|transactions)",
    re.IGNORECASE,
)
#: A limit of connections, or messages, at the same time.
CONCURRENT = re.compile(
    r"concurren|simultaneous|too many (?:\w+ )?connections|sender thread limit"
    r"|connections? (?:count |number )?(?:limit|exceed)",
    re.IGNORECASE,
)


def people_refused(stage: Stage, reply: Reply) -> About:
    """Return whom a no (5xx) is about."""
    if stage is Stage.SENDER or reply.code in LOGIN_CODES:
        return About.ACCOUNT
    code, words = reply.enhanced, reply.words
    if code in PERSON_CODES:
        return about_a_mailbox(code, words)
    if is_account_code(code) or limits_us(reply):
        return About.ACCOUNT
    if OURS.search(words):
        return About.PERHAPS_ACCOUNT
    if is_about_a_person(words):
        return About.PERSON
    if stage is not Stage.PERSON or code.startswith(("3.", "5.", "6.", "7.")):
        return About.PERHAPS_ACCOUNT
    if SENDER.search(words) or POLICY.search(words):
        return About.PERHAPS_ACCOUNT
    return About.UNCLEAR


def about_a_mailbox(code: str, words: str) -> About:
    """Return whom a no is about whose code is about recipients; some servers are careless."""
    if code in LOOSE_PERSON_CODES and not THEIRS.search(words):
        if OUR_LIMIT.search(words):
            return About.ACCOUNT
        if OURS.search(words) or (POLICY.search(words) and not is_about_a_person(words)):
            return About.PERHAPS_ACCOUNT
    return About.PERSON


def is_about_a_person(words: str) -> bool:
    """Say whether words are about somebody's address or mailbox."""
    rest = BOILERPLATE.sub("", words)
    if rest != words and (POLICY.search(rest) or SENDER.search(rest)):
        return False
    return bool(PERSON.search(words))


def is_account_code(code: str) -> bool:
    """Say whether an enhanced code is about the account or the sender."""
    subject, _, detail = code.partition(".")
    if subject == "7" and any(int(detail) in each for each in ACCOUNT_RANGES):
        return True
    return code in ACCOUNT_CODES


def limits_us(reply: Reply) -> bool:
    """Say whether a reply is about a limit of the sender.

    By itself 552 is about the recipient's storage, and so is 452 (RFC 5321 4.2.3).
    """
    if reply.code in (452, 552) and not reply.enhanced:
        return bool(OUR_LIMIT.search(reply.words))
    return is_about_the_account(reply.words)


def may_be_of_one(stage: Stage, reply: Reply) -> bool:
    """Say whether a no that reads as one to the account may be one to this person after all.

    Their own server may have said it: a check of our domain, a block of our address.  Not so a
    limit that is used up, nor a login that is asked for.
    """
    if stage is Stage.SENDER or reply.code in LOGIN_CODES or reply.enhanced in LIMIT_CODES:
        return False
    return reply.is_no and not limits_us(reply)


def is_lasting(reply: Reply) -> bool:
    """Say whether a "not now" (4xx) is about a limit that stays until a person acts."""
    words = reply.words
    return reply.enhanced == "1.90" or bool(
        LONG_LIMIT.search(words) and is_about_the_account(words)
    )


def waits_for_one(reply: Reply) -> bool:
    """Say whether a "not now" (4xx) to an address is about that address alone."""
    code, words = reply.enhanced, reply.words
    if THEIR_LIMIT.search(words):
        return reply.code != 421
    if is_account_code(code) or OURS.search(words) or limits_us(reply):
        return False
    if GREYLISTED.search(words) or code.startswith(("1.", "2.")):
        return True
    if reply.code == 421 or code.startswith(("3.", "4.", "5.")):
        return False
    if is_about_a_person(words):
        return True
    # A fault or a limit of the server itself (RFC 5321 4.2.3).
    if reply.code in (432, 451, 452, 454):
        return False
    return not (SENDER.search(words) or POLICY.search(words))


def limits_connection(reply: Reply) -> bool:
    """Say whether a "not now" (4xx) may be over on another connection."""
    if reply.code == 421 or CONNECTION_LIMIT.search(reply.words):
        return True
    return reply.code == 452 and not reply.enhanced.startswith(("2.", "3."))


def limits_number(reply: Reply) -> bool:
    """Say whether a "not now" (4xx) is about too many connections at the same time.

    Microsoft: "432 4.3.2 Concurrent connections limit exceeded", after the message.
    """
    return bool(CONCURRENT.search(reply.words))


def seconds_to_wait(words: str) -> float:
    """Return how long to wait where a server does not say how long, by what it counts."""
    if re.search(r"hour", words, re.IGNORECASE):
        return 300.0
    return 60.0 if re.search(r"minute", words, re.IGNORECASE) else WAIT_SECONDS
