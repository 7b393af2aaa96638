"""What well-known mail servers say, and whom it is about."""

from __future__ import annotations

import pytest

from newsletter.transports.reply_words import normalise
from newsletter.transports.smtp.replies import (
    About,
    Reply,
    Stage,
    is_lasting,
    limits_connection,
    people_refused,
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
550 5.7.28 Our system sees an unusual rate of unsolicited mail from your address
550 5.7.29 This mail has been rejected because it was not sent over a TLS connection
550 5.7.30 This mail has been blocked: DKIM did not pass
550 5.7.606 Access denied, banned sending IP [192.0.2.1]
550 5.7.511 Access denied, banned sender[192.0.2.1]. To request removal forward this message
550 5.7.615 Access denied, banned sending IP [192.0.2.1]
550 5.7.509 Access denied, sending domain tideline.example does not pass DMARC verification
550 5.7.515 Access denied, our domain does not meet the required level of authentication
550 5.7.750 Service unavailable. Client blocked from sending from unregistered domains
535 5.7.139 Authentication unsuccessful, basic authentication is disabled
554 5.2.252 SendAsDenied; desk not allowed to send as other
554 Sending paused for this account. For more information, please check the inbox of the address
535 Authentication Credentials Invalid
553 5.1.8 Domain of sender address does not exist
554 5.1.8 Email Outgoing Blocked
554 5.7.1 Message blocked: sending blocked for spam, contact support
550 Sender frequency limited
550 Ip frequency limited
550 Domain frequency limited
550 5.7.1 Maximum number of messages per day for your plan reached
554 5.7.1 You have reached your hourly sending limit
550 5.4.5 Recipient limit exceeded: daily quota of the mailbox you send from
550 5.7.232 Not sent: your trial tenant has exceeded its external recipient rate limit
550 5.7.233 Not sent: your tenant has exceeded its external recipient rate limit
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
550 5.7.1 This message is likely suspicious: very low reputation of the sending IP address
550 5.7.1 The user or domain that you are sending to (or from) has a policy that prohibited the mail
555 5.5.2 Syntax error, goodbye
550 5.7.1 Messages from [192.0.2.1] were not sent: their network is on our block list (S3140)
550 5.7.1 TRANSPORT.RULES.RejectMessage; the message was rejected by organization policy
553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.1, in Spamhaus's list
554 Message rejected: Email address is not verified. These identities failed the check: desk
554 Access denied: User is not authorized to perform ses:SendRawEmail
550 5.7.1 Relaying denied. Proper authentication required.
504 5.5.2 Helo command rejected: need fully-qualified hostname
550 rejected because 192.0.2.1 is in a black list at zen.spamhaus.org
550 Verification failed for the sender No Such User Here Sender verify failed
553 5.3.0 Spam blocked, see our pages
554 5.2.3 MailPolicy violation Error delivering to mailboxes
553 Relaying disallowed as desk
554 Transaction failed Reject due to policy restrictions. For explanation visit our pages
550 Requested action not taken: mailbox unavailable Reject due to SPF policy. Not permitted
550 Requested action not taken: mailbox unavailable Sender address is not allowed.
554 5.7.1 Spam detected by OVH
550 5.7.1 [CS01] Message rejected due to local policy.
554 5.7.1 [HM08] Message rejected due to local policy
550 5.7.1 Your email was rejected due to having a domain present in the Spamhaus DBL
550 5.7.0 Blocked - see support.proofpoint.com
554 5.7.1 Message rejected under suspicion of SPAM
550 5.7.1 Policy rejection on the target address
550 Mail content denied.
550 MI:SPF smtp12 the sending IP is not permitted
554 DT:SPM mx21 smells of bulk
550 RP:FRL no open relay here
553 Mail from must equal authorized user
550 permanent failure for one or more recipients (reader:blocked)
550 Rejected by header based manually blocked senders - block
554 Your access to this mail system has been rejected due to the sending MTA's poor reputation.
550 5.2.0 Mail rejete. Mail rejected. ofr_506
550 5.7.1 Not accepted from servers without a valid sender domain. Fix reverse DNS
553 5.3.0 DNSBL:RBL 521< 192.0.2.1 >_is_blocked. For assistance forward this error
550 Unauthenticated senders not allowed
525 5.7.1 Unauthorized IP address
502 5.7.0 Your SMTP account is not yet activated
550 5.7.1 Unconfigured Sending Domain
571 Message Refused
554 5.7.1 The message with the subject of (Reed beds) matches a profile of spam
550 5.1.0 sender rejected
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
550 5.2.1 The email account that you tried to reach is inactive
553 5.1.2 We weren't able to find the recipient domain
550 5.2.121 RESOLVER.ADR; recipient's per hour message receive limit from specific sender exceeded
550 5.2.122 The recipient has exceeded their limit of messages they can receive per hour
550 5.7.129 RESOLVER.RST.RestrictedToRecipientsPermission; not authorized to send to recipient
550 5.1.20 Multiple From addresses are not allowed for the recipient
552 1 Requested mail action aborted, mailbox not found
554 30 Sorry, your message cannot be delivered. This mailbox is disabled (554.30).
552 5.2.2 Quota exceeded (mailbox for user is full)
550 5.1.1 inactive email address
552 5.2.2 user is over quota
550 5.7.1 No such user!
550 Mailbox not found.
550 Mailbox unavailable or access denied
550 Mail is rejected by recipients
550 User not found: reader
550 Unknown user reader
550 Invalid recipient: reader
541 5.4.1 Mail rejected by destination domain
550 5.2.1 This mailbox has been blocked due to inactivity
550 5.1.0 Address rejected
550 5.1.1 Not our Customer
550 5.7.1 recipient address suppressed due to customer policy
550 Not delivering: address is on the suppression list
550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302).
550 5.1.6 Recipient no longer on server
550 5.1.3 Invalid address
553 5.1.3 bad recipient address syntax
550 RP:UNE no such mailbox
550 This account is not allowed to receive mail: mailbox disabled
511 5.1.1 unknown address
550 5.1.1 The email account that you tried to reach does not exist. Please check for typos
550 5.7.1 Recipient not authorized, your IP has been found on a block list
""".strip().splitlines()


@pytest.mark.parametrize("line", ACCOUNT)
def test_account_is_at_fault(line: str) -> None:
    """Quota, rate, money, login, the right to send: nobody is refused for it."""
    said = reply(line)
    for stage in (Stage.PERSON, Stage.MESSAGE):
        if said.is_no:
            assert people_refused(stage, said) is About.ACCOUNT
        else:
            assert is_lasting(said)


@pytest.mark.parametrize("line", PERHAPS)
def test_account_may_be_at_fault(line: str) -> None:
    """Relaying, policy, content, reputation: it takes more than one to know."""
    for stage in (Stage.PERSON, Stage.MESSAGE):
        assert people_refused(stage, reply(line)) in (About.PERHAPS_ACCOUNT, About.ACCOUNT)


@pytest.mark.parametrize("line", PERSON)
def test_person_is_meant(line: str) -> None:
    """Their address, their mailbox: they are refused, and nobody else."""
    for stage in (Stage.PERSON, Stage.MESSAGE):
        assert people_refused(stage, reply(line)) is About.PERSON


def test_message_that_is_too_long_for_everybody() -> None:
    """All get the same message: that it is too long may be about all, whatever the code."""
    said = reply("552 5.2.3 Your message exceeded Google's message size limits")

    assert people_refused(Stage.MESSAGE, said) is About.PERHAPS_ACCOUNT
    assert people_refused(Stage.PERSON, said) is About.UNCLEAR


@pytest.mark.parametrize("line", [*ACCOUNT, *PERHAPS, *PERSON])
def test_no_to_the_sender_is_about_everybody(line: str) -> None:
    """Whatever is answered to MAIL FROM, everybody would get it."""
    assert people_refused(Stage.SENDER, reply(line)) is About.ACCOUNT


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
        ("450 4.1.1 Recipient address rejected: unverified address: connection timed out", True),
        ("450 4.1.2 Recipient address rejected: Domain not found", True),
        ("452 4.2.2 Mailbox is full", True),
        ("452 mailbox full", True),
        ("450 4.2.1 The recipient has exceeded message rate limit. Try again later", True),
        ("451 4.5.1 The recipient has exceeded their message rate limit", True),
        ("451 4.7.1 Sorry, the service is currently unavailable. Please come back later", True),
        ("451 Internal resources are temporarily unavailable - greylisted", True),
        ("450 4.2.2 The email account that you tried to reach is over quota and inactive", True),
        ("451 4.7.1 Please try again later: you have been greylisted for 5 minutes", True),
        ("450 Requested mail action not taken: mailbox busy", True),
        (
            "452 4.2.2 Requested mail action aborted: exceeded storage allocation of the mailbox",
            True,
        ),
        (
            "421 4.7.0 This message is suspicious: very low reputation of the sending domain",
            False,
        ),
        (
            "421 4.7.32 From: header is not aligned with the authenticated SPF or DKIM domain",
            False,
        ),
        ("454 4.7.0 Too many login attempts, please try again later", False),
        ("451 4.7.500 Server busy. Please try again later from [192.0.2.1]. (S77714)", False),
        (
            "451 4.7.650 The server [192.0.2.1] is temporarily rate limited due to IP reputation",
            False,
        ),
        ("421 4.4.2 Connection dropped due to SocketError", False),
        ("452 4.3.1 Insufficient system resources", False),
        (
            "421 4.7.0 [TSS04] Messages from 192.0.2.1 deferred due to volume or user complaints",
            False,
        ),
        ("451 Message temporarily deferred - [160]", False),
        ("454 Throttling failure: Maximum sending rate exceeded.", False),
        ("454 4.7.1 Relay access denied", False),
        ("451 4.3.5 Server configuration error", False),
        ("450 4.3.2 Service currently unavailable", False),
        ("450 4.7.25 Client host rejected: cannot find your hostname", False),
        ("450 4.7.1 Sender address rejected: Policy Rejection- Quota Exceeded", False),
        ("451 Temporary local problem - please try later", False),
        ("451 4.1.8 Domain of sender address does not resolve", False),
        ("421 4.3.2 Connection rate limit exceeded", False),
        ("452 4.4.5 Insufficient disk space; try again later", False),
        ("421 4.7.1 Messages to … deferred due to excessive volume", False),
        ("451 DT:SPM ,please try again", False),
        ("450 MI:DMC too many mails on this connection", False),
        ("421 HL:IFC too many messages in a short time", False),
        ("421 4.1.0 192.0.2.1 Throttled - try again later", False),
        ("452 Too many recipients received this hour", False),
        ("451 4.7.1 Rate limit exceeded for this account", False),
        (
            "451 4.4.4 Mail received as unauthenticated, to a recipient domain of a hosted tenant",
            False,
        ),
        ("450 4.4.317 Cannot connect to remote server", False),
        ("451 4.3.0 Mail server temporarily rejected message", False),
        ("421 Service not available, closing transmission channel", False),
        ("451 Requested action aborted: local error in processing", False),
        ("450 4.7.0 TLS required", False),
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
    first = normalise("550 rejected (id 4Xy12) for … on 2026-11-27")
    assert first == normalise("550 Rejected (id 7Zq99) for … on 2026-11-28")
    assert first != normalise("550 no such user")


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
