"""What well-known mail servers say, and whom it is about."""

from __future__ import annotations

import pytest

from newsletter.transports.replies import (
    About,
    Reply,
    Stage,
    about,
    alike,
    lasts,
    limits_connection,
    waits_for_one,
)


def reply(text: str) -> Reply:
    """Return a reply from its line."""
    code, _, words = text.partition(" ")
    return Reply(int(code), words)


#: Certainly the account or the sender.
ACCOUNT = """
550 5.4.5 Daily user sending limit exceeded. For more information on Gmail sending limits go to
550 5.4.5 Daily SMTP relay sending limit exceeded for customer.
550 5.1.90 Your message can't be sent because you've reached your daily limit for message recipients
550 5.1.8 Access denied, bad outbound sender AS(42004)
550 5.7.501 Service unavailable. Access denied, spam abuse detected from IP range
550 5.7.705 Service unavailable. Access denied, tenant has exceeded threshold.
550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP.
550 5.7.60 SMTP; Client does not have permissions to send as this sender
550 5.7.57 Client not authenticated to send mail.
550 5.7.26 This mail has been blocked because the sender is unauthenticated. SPF did not pass
550 5.7.25 The IP address sending this message does not have a PTR record setup
530 5.7.0 Authentication Required
535 5.7.8 Username and Password not accepted
554 Message rejected: Sending suspended for this account.
454 Throttling failure: Daily message quota exceeded.
550 Domain tideline.example has exceeded the max emails per hour (150/150 (100%)) allowed.
550 Account has exceeded max defers and failures per hour (5/5 (100%)) allowed.
554 5.7.1 [M1] Message limit exceeded
554 Free accounts are for test purposes only. Please upgrade or add the address to authorized
550 Maximum credits exceeded
550 5.7.1 sending limit exceeded
552 5.2.2 You have exceeded your sending quota
550 5.2.0 sending rate limit exceeded
""".strip().splitlines()

#: Perhaps: what comes next shows it.
PERHAPS = """
554 5.7.1 Relay access denied
550 relay not permitted
550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain
550 5.7.1 Unable to relay
553 5.7.1 Sender address rejected: not owned by user tideline
550 5.7.1 Helo command rejected: Host not found
550 Sender verify failed
550 Administrative prohibition
554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org
550 5.7.1 Our system has detected that this message is likely unsolicited mail
550 The from address does not match a verified Sender Identity. Mail cannot be sent
554 5.7.9 Message not accepted for policy reasons.
552 5.3.4 Message size exceeds fixed limit
550 5.1.1 relaying denied
550 5.4.6 Unusual sending activity detected.
""".strip().splitlines()

#: One person.
PERSON = """
550 5.1.1 The email account that you tried to reach does not exist.
550 5.1.1 Recipient address rejected: User unknown in local recipient table
550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup
550 5.4.1 Recipient address rejected: Access denied. AS(201806281)
550 5.2.1 The email account that you tried to reach is disabled.
550 5.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional
552 5.2.2 The recipient's inbox is out of storage space and inactive.
552 5.2.2 Mailbox full, quota exceeded
552 5.2.2 This message is larger than the current system limit or the recipient's mailbox is full
550 5.7.1 Recipient address rejected: user unknown
554 5.7.1 Recipient address rejected: Access denied
550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required
550 Unrouteable address
550 No such user here
550 Requested action not taken: mailbox unavailable
554 delivery error: This user doesn't have a yahoo.com account
550 5.1.2 Bad destination mailbox address: domain not found
""".strip().splitlines()


@pytest.mark.parametrize("line", ACCOUNT)
def test_account_is_at_fault(line: str) -> None:
    """Quota, rate, money, login, the right to send: nobody is refused for it."""
    said = reply(line)
    for stage in (Stage.PERSON, Stage.MESSAGE):
        if said.is_no:
            assert about(stage, said) is About.ACCOUNT
        else:
            assert lasts(said)


@pytest.mark.parametrize("line", PERHAPS)
def test_account_may_be_at_fault(line: str) -> None:
    """Relaying, policy, content, reputation: it takes more than one to know."""
    for stage in (Stage.PERSON, Stage.MESSAGE):
        assert about(stage, reply(line)) in (About.PERHAPS_ACCOUNT, About.ACCOUNT)


@pytest.mark.parametrize("line", PERSON)
def test_person_is_meant(line: str) -> None:
    """Their address, their mailbox: they are refused, and nobody else."""
    for stage in (Stage.PERSON, Stage.MESSAGE):
        assert about(stage, reply(line)) is About.PERSON


@pytest.mark.parametrize("line", [*ACCOUNT, *PERHAPS, *PERSON])
def test_no_to_the_sender_is_about_everybody(line: str) -> None:
    """Whatever is answered to MAIL FROM, everybody would get it."""
    assert about(Stage.SENDER, reply(line)) is About.ACCOUNT


@pytest.mark.parametrize(
    ("line", "one"),
    [
        ("450 4.2.0 Greylisted, please come back later", True),
        ("451 4.7.1 Greylisting in action", True),
        ("450 4.7.1 Recipient address rejected: Greylisted", True),
        ("452 4.2.2 The email account that you tried to reach is over quota", True),
        ("450 4.2.1 The user you are trying to contact is receiving mail too quickly", True),
        ("450 mailbox busy", True),
        ("454 4.7.0 Throttled", False),
        ("450 4.1.8 Sender address rejected: Domain not found", False),
        ("450 4.7.1 Client host rejected: cannot find your hostname", False),
        ("450 4.7.1 Helo command rejected: Host not found", False),
        ("451 4.7.1 Ratelimit exceeded", False),
        ("450 4.7.1 Error: too much mail from 192.0.2.1", False),
        ("451 4.3.0 Temporary lookup failure", False),
        ("452 4.5.3 Too many recipients", False),
        ("432 4.3.2 Concurrent connections limit exceeded", False),
        ("421 4.7.28 unusual rate of mail", False),
    ],
)
def test_not_now(line: str, one: bool) -> None:
    """Who is put off for themselves is refused in the end; a limit of ours refuses nobody."""
    assert waits_for_one(reply(line)) is one


@pytest.mark.parametrize(
    ("line", "limit"),
    [
        ("421 4.7.0 Too many messages on this connection", True),
        ("421 closing", True),
        ("452 too many messages", True),
        ("452 4.5.3 Too many recipients", True),
        ("451 4.7.1 max 20 messages per session", True),
        ("450 4.7.0 limit of 50 messages per connection reached", True),
        ("452 4.2.2 mailbox full", False),
        ("452 4.3.1 Insufficient system storage", False),
        ("451 4.3.0 try again", False),
    ],
)
def test_limit_of_one_connection(line: str, limit: bool) -> None:
    """What another connection may take is known from what none will take."""
    assert limits_connection(reply(line)) is limit


def test_words_are_compared_without_what_differs() -> None:
    """Numbers, addresses and identifiers do not make two answers different."""
    first = alike("550 rejected (id 4Xy12) for … on 2026-11-27")
    assert first == alike("550 Rejected (id 7Zq99) for … on 2026-11-28")
    assert first != alike("550 no such user")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("550 5.4.5 Daily", "4.5"),
        ("550 #5.1.0 Address rejected", "1.0"),
        ("550 blocked [5.7.1.2]", ""),
        ("550 4.7.1 odd", ""),
        ("250 fine", ""),
    ],
)
def test_enhanced_code(line: str, code: str) -> None:
    """An enhanced code belongs to its class, and is no part of an IP address."""
    assert reply(line).enhanced == code
