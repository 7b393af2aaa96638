"""What Gmail, Yahoo and Microsoft ask of bulk senders, with a yes or no to each rule.

Judged by what the other checks found; nothing is asked.  Sources, as of 2026: Google, "Email sender
guidelines" (5,000 mails a day and more); Yahoo, "Sender Requirements & Recommendations";
Microsoft, "Outlook's new requirements for high-volume senders" (2025).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from newsletter.conf.config import Config
from newsletter.doctor.results import Result, Status, Topic
from newsletter.phrases import phrase

ALL = ("Gmail", "Yahoo", "Microsoft")
GOOGLE_AND_YAHOO = ("Gmail", "Yahoo")


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A rule, who has it, and the checks that must not be wrong (none: Fortnight keeps it)."""

    name: str
    title: str
    providers: tuple[str, ...]
    topics: tuple[str, ...] = ()


RULES = (
    Rule(name="spf", title=phrase("SPF passes"), providers=ALL, topics=("spf",)),
    Rule(name="dkim", title=phrase("Mail is signed (DKIM)"), providers=ALL, topics=("dkim",)),
    Rule(
        name="dmarc",
        title=phrase("There is a DMARC record"),
        providers=ALL,
        topics=("dmarc",),
    ),
    Rule(
        name="alignment",
        title=phrase("SPF or DKIM is about the sender's domain"),
        providers=ALL,
        topics=("alignment",),
    ),
    Rule(
        name="one-click",
        title=phrase("Readers unsubscribe with one click"),
        providers=GOOGLE_AND_YAHOO,
        topics=("one-click", "site"),
    ),
    Rule(name="visible-link", title=phrase("The mail has a link to unsubscribe"), providers=ALL),
    Rule(
        name="complaints",
        title=phrase("Fewer than 0.3 % report it as spam"),
        providers=GOOGLE_AND_YAHOO,
        topics=("complaints",),
    ),
    Rule(
        name="reverse-dns",
        title=phrase("The mail server has a name, and the name its address"),
        providers=GOOGLE_AND_YAHOO,
        topics=("reverse-dns",),
    ),
    Rule(name="tls", title=phrase("Mail travels by TLS"), providers=("Gmail",), topics=("tls",)),
    Rule(
        name="replies",
        title=phrase("Replies to the sender arrive"),
        providers=("Microsoft",),
        topics=("mx",),
    ),
    Rule(
        name="own-domain",
        title=phrase("The sender is at a domain of one's own"),
        providers=ALL,
        topics=("sender-address",),
    ),
)
TLS = Topic("tls", phrase("TLS to the mail server"))


def judge_tls(config: Config) -> Result:
    """Judge how mail leaves: providers with an API speak TLS by themselves."""
    if config.sending.transport == "smtp" and config.smtp.security == "none":
        return TLS.wrong(
            phrase("mail leaves without encryption"), phrase("Set [smtp] security to starttls.")
        )
    return TLS.right(phrase("mail leaves encrypted"))


def judge_rules(results: Sequence[Result]) -> list[Result]:
    """Return a result for each rule: yes or no, or not known where a check had no answer."""
    return [judge_rule(rule, results) for rule in RULES]


def judge_rule(rule: Rule, results: Sequence[Result]) -> Result:
    """Judge one rule by the checks that it rests on."""
    topic = Topic(
        f"rule-{rule.name}",
        phrase("{providers}: {rule}", providers=", ".join(rule.providers), rule=rule.title),
    )
    asked = [each for each in results if each.name in rule.topics]
    wrong = [each for each in asked if each.status is Status.WRONG]
    if wrong:
        return topic.wrong(phrase("no: {why}", why=wrong[0].found), wrong[0].fix)
    if asked and not any(each.answered for each in asked):
        return topic.look(phrase("not known"), phrase("See the check of the same name."))
    return topic.right(phrase("yes"))
