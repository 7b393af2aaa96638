"""The account at the provider: the key, what it may do, the senders, the quota, the time."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Collection, Iterator

from newsletter.doctor.clocks import judge_clock
from newsletter.doctor.results import Result, Topic
from newsletter.doctor.surroundings import Sender, Surroundings
from newsletter.errors import AccountError
from newsletter.phrases import phrase
from newsletter.transports.account import Credits, ProviderAccount
from newsletter.transports.factory import open_account, open_senders
from newsletter.transports.senders import SenderReason, SenderState, SenderStatus

KEY = Topic("provider-key", phrase("Key of the provider"))
CLOCK = Topic("provider-clock", phrase("Clock of the provider"))
SENDERS = Topic("provider-sender", phrase("Sender at the provider"))
QUOTA = Topic("provider-quota", phrase("Quota"))

AUTHENTICATE = phrase("Authenticate the domain at the provider, with its records in the DNS.")
#: What a scope is for that not everybody needs.
PURPOSES = {
    "prescheduled": phrase("pre-scheduled sends"),
    "email log": phrase("looking up answers that were lost"),
    "webhook": phrase("this check of the webhook"),
    "senders": phrase("checking senders"),
    "quota": phrase("this check of the quota"),
}


@contextlib.contextmanager
def opened_account(around: Surroundings) -> Iterator[ProviderAccount | None]:
    """Yield what tells of the account, None where nothing does; it is closed afterwards."""
    account = open_account(around.config)
    try:
        yield account
    finally:
        if account is not None:
            account.close()


def check_key(around: Surroundings) -> Iterator[Result]:
    """Check that the key is taken, and what it may do."""
    with opened_account(around) as account:
        if account is None:
            return
        try:
            scopes, time = account.read_scopes()
        except AccountError as error:
            yield KEY.wrong(
                error.message,
                phrase("Make a new key at the provider, and set it where the programs run."),
            )
            return
        now = dt.datetime.now(dt.UTC)
        prescheduled = any(sender.preschedules for sender in around.senders)
        yield from judge_scopes(account, scopes, prescheduled=prescheduled)
        if time is not None:
            yield judge_clock(CLOCK, now - time)


def judge_scopes(
    account: ProviderAccount, scopes: Collection[str], *, prescheduled: bool
) -> Iterator[Result]:
    """Judge what a key may do: it must send, and may do more."""
    lacking = [name for name in account.needed_scopes if name not in scopes]
    others = {name: use for name, use in account.useful_scopes.items() if name not in scopes}
    if prescheduled:
        lacking += [name for name, use in others.items() if use == "prescheduled"]
    fix = phrase("Give the key these scopes at the provider.")
    if lacking:
        yield KEY.wrong(phrase("the key lacks {scopes}", scopes=", ".join(lacking)), fix)
        return
    by_use: dict[str, list[str]] = {}
    for name, use in others.items():
        by_use.setdefault(use, []).append(name)
    for use, names in by_use.items():
        found = phrase("for {use} it lacks {scopes}", use=PURPOSES[use], scopes=", ".join(names))
        yield KEY.look(found, fix)
    if not by_use:
        yield KEY.right(phrase("it is accepted, and has all scopes that we use"))


def check_senders(around: Surroundings) -> Iterator[Result]:
    """Check that the provider takes mail from the sender of each publication."""
    directory = open_senders(around.config)
    if directory is None:
        return
    try:
        for address in sorted({sender.address for sender in around.senders}):
            yield judge_sender(address, directory.check(address))
    finally:
        directory.close()


def judge_sender(address: str, status: SenderStatus) -> Result:
    """Judge what a provider says of an address; a domain is better than an address alone."""
    if status.state is SenderState.VERIFIED:
        if status.reason is SenderReason.DOMAIN:
            return SENDERS.right(phrase("{address}: its domain is verified", address=address))
        found = phrase(
            "{address}: the address is verified, but not its domain: DMARC fails", address=address
        )
        return SENDERS.look(found, AUTHENTICATE)
    if status.state is SenderState.NOT_VERIFIED:
        return SENDERS.wrong(phrase("{address} is not verified", address=address), AUTHENTICATE)
    return SENDERS.look(
        phrase("{address}: the provider does not say whether it takes it", address=address),
        phrase("Send a test to yourself."),
    )


def check_quota(around: Surroundings) -> Iterator[Result]:
    """Check that what is left is enough for one issue of each publication."""
    with opened_account(around) as account:
        if account is None:
            return
        credits_left = account.read_credits()
    if credits_left is None:
        yield QUOTA.look(
            phrase("the key may not ask for it"),
            phrase("Give it the scope user.credits.read, or look at the provider."),
        )
        return
    yield judge_quota(credits_left, around.senders)


def judge_quota(left: Credits, senders: Collection[Sender]) -> Result:
    """Judge the credits by the people of the largest publication."""
    most = max((sender.people for sender in senders), default=0)
    found = phrase(
        "{remain} of {total} mails are left until {day}",
        remain=f"{left.remain:,}",
        total=f"{left.total:,}",
        day=left.next_reset or "–",
    )
    if left.remain < most:
        enough = phrase("{found}; one issue needs {most}", found=found, most=f"{most:,}")
        return QUOTA.wrong(enough, phrase("Buy more at the provider, or wait for the day."))
    return QUOTA.right(found)
