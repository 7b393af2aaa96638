"""The settings, as far as they can be right and yet not enough for real mail."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from newsletter.conf.data_files import private_paths
from newsletter.conf.file_modes import check_file_modes
from newsletter.conf.signing_key import find_key, key_file
from newsletter.doctor.results import Result, Topic
from newsletter.doctor.surroundings import Surroundings
from newsletter.hostnames import is_loopback, is_placeholder
from newsletter.phrases import phrase
from newsletter.transports.factory import provider_of

SETTINGS = Topic("settings", phrase("Settings"))
BASE_URL = Topic("base-url", phrase("Address of the site"))
SIGNING_KEY = Topic("signing-key", phrase("Signing key"))
FILES = Topic("files", phrase("Private files"))
SENDER = Topic("sender-address", phrase("Sender's address"))
COUNTING = Topic("counting", phrase("Opens and clicks"))

#: Mailbox providers whose DMARC records refuse mail that others send in their name.
FREE_MAIL = frozenset(
    {
        *("gmail.com", "googlemail.com", "yahoo.com", "yahoo.co.jp", "yahoo.co.uk", "aol.com"),
        *("outlook.com", "hotmail.com", "live.com", "icloud.com", "me.com", "mail.ru", "qq.com"),
        *("gmx.de", "gmx.net", "web.de", "proton.me", "protonmail.com", "zoho.com"),
    }
)


def check_settings(around: Surroundings) -> Iterator[Result]:
    """Say which settings were read, and how mail leaves."""
    config = around.config
    where = phrase("stays on this machine") if around.stays_here else phrase("leaves this machine")
    yield SETTINGS.right(
        phrase(
            "{path}; mail goes by {transport}, and {where}",
            path=str(config.path),
            transport=config.sending.transport,
            where=where,
        )
    )


def check_base_url(around: Surroundings) -> Iterator[Result]:
    """Check the address that all links in mails begin with, and those of single publications."""
    yield judge_base_url(around.config.site.base_url, stays_here=around.stays_here)
    known = {sender.slug for sender in around.senders}
    # Without any publication the database did not tell, which another check says.
    for name in around.config.site.addresses if known else ():
        if name not in known:
            yield BASE_URL.look(
                phrase(
                    "[site] addresses gives {name} a host, and no publication has that short name",
                    name=name,
                ),
                phrase("Correct the short name in [site] addresses, or delete it there."),
            )


def judge_base_url(url: str, *, stays_here: bool) -> Result:
    """Judge the address of the site: readers elsewhere must reach it, by TLS (RFC 8058 3)."""
    fix = phrase("Set [site] base_url in config.toml to the address readers know, with https://.")
    if is_loopback(url):
        found = phrase("{url} leads to this machine only", url=url)
        return BASE_URL.look(found, fix) if stays_here else BASE_URL.wrong(found, fix)
    if urlsplit(url).scheme != "https":
        found = phrase("{url} is not encrypted; unsubscribing with one click needs https", url=url)
        return BASE_URL.look(found, fix) if stays_here else BASE_URL.wrong(found, fix)
    return BASE_URL.right(url)


def check_signing_key(around: Surroundings) -> Iterator[Result]:
    """Check that there is a key which subscribers' links are signed with."""
    config = around.config
    if not find_key(config, around.environ):
        yield SIGNING_KEY.wrong(
            phrase("there is none: no link in a mail can be signed"),
            phrase(
                "Set {variable}, or let this account write {path}.",
                variable=config.site.secret_key_env,
                path=str(key_file(config)),
            ),
        )
        return
    by_variable = config.site.secret_key_env in around.environ
    source = config.site.secret_key_env if by_variable else str(key_file(config))
    yield SIGNING_KEY.right(phrase("from {source}", source=source))


def check_files(around: Surroundings) -> Iterator[Result]:
    """Check that others on this machine cannot read addresses and keys."""
    open_ones = check_file_modes(*private_paths(around.config))
    for line in open_ones:
        yield FILES.look(line, phrase("Run the command that the line ends with."))
    if not open_ones:
        yield FILES.right(phrase("only this account can read them"))


def check_senders(around: Surroundings) -> Iterator[Result]:
    """Check that no publication has the sender that `newsletter init` invents."""
    invented = [sender for sender in around.senders if is_placeholder(sender.address)]
    for sender in invented:
        found = phrase(
            "{publication} sends from {address}, which is a placeholder",
            publication=sender.publication,
            address=sender.address,
        )
        fix = phrase("Enter an address of your own in the desk, under Publications.")
        yield SENDER.look(found, fix) if around.stays_here else SENDER.wrong(found, fix)
    for sender in around.senders:
        if sender.domain in FREE_MAIL:
            yield SENDER.wrong(
                phrase(
                    "{publication} sends from {domain}, which belongs to a mailbox provider",
                    publication=sender.publication,
                    domain=sender.domain,
                ),
                phrase("Use an address at a domain of your own: others refuse mail in that name."),
            )
    if not around.senders:
        yield SENDER.look(
            phrase("there is no publication"),
            phrase("Make one in the desk, under Publications."),
        )
    elif not invented and not any(each.domain in FREE_MAIL for each in around.senders):
        yield SENDER.right(", ".join(sorted({sender.address for sender in around.senders})))


def check_counting(around: Surroundings) -> Iterator[Result]:
    """Check that opens and clicks can be counted where a publication asks for it."""
    counting = [sender.publication for sender in around.senders if sender.counts]
    if not counting:
        return
    names = ", ".join(counting)
    if provider_of(around.config).counts_readers:
        yield COUNTING.right(phrase("counted for {publications}", publications=names))
        return
    yield COUNTING.look(
        phrase(
            "{publications} ask for it, but the transport {transport} cannot count",
            publications=names,
            transport=around.config.sending.transport,
        ),
        phrase("Nothing is counted. Switch it off under Publications, or send by SendGrid."),
    )
