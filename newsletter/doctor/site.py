"""Our own site, asked from this machine by the address that readers know.

That it answers here says nothing of other networks where the name leads to an address inside.
"""

from __future__ import annotations

import secrets
import socket
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

import urllib3
from django.utils.crypto import constant_time_compare, salted_hmac

from newsletter.doctor.asking import ask_address
from newsletter.doctor.results import Result, Topic
from newsletter.doctor.surroundings import Surroundings
from newsletter.networks import is_public
from newsletter.phrases import phrase
from newsletter.publishing.messages import unsubscribe_headers
from newsletter.transports.error_text import describe_network

ANSWERS = Topic("site", phrase("Site at its address"))
ONE_CLICK = Topic("one-click", phrase("Unsubscribe with one click"))

#: Where the site proves that it is this one: below `[site] base_url`.
PATH = "system-check/"
SALT = "newsletter.doctor.site"
HEADERS = ("List-Unsubscribe", "List-Unsubscribe-Post")


def sign_question(question: str) -> str:
    """Return what only a program with our signing key answers to a question."""
    return salted_hmac(SALT, question, algorithm="sha256").hexdigest()


def check_site(around: Surroundings) -> Iterator[Result]:
    """Ask the site a question under its public address."""
    url, question = around.config.site.base_url, secrets.token_hex(16)
    fix = phrase(
        "Start newsletter serve; let the DNS and the proxy lead {url} to it: docs/how-to/proxy.md",
        url=url,
    )
    try:
        status, body = ask_address("GET", f"{url}/{PATH}?question={question}")
    except urllib3.exceptions.HTTPError as error:
        found = phrase("{url} does not answer: {why}", url=url, why=describe_network(error))
        yield ANSWERS.look(found, fix) if around.stays_here else ANSWERS.wrong(found, fix)
        return
    ours = constant_time_compare(body, sign_question(question))
    if ours and around.stays_here:
        yield ANSWERS.right(
            phrase("asked from this machine: {url} answers, and it is this newsletter", url=url)
        )
        return
    yield judge_answer(url, status, ours=ours, addresses=find_addresses(url))


def find_addresses(url: str) -> list[str]:
    """Return the IP addresses to which a name leads from this machine."""
    parts = urlsplit(url)
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return sorted({str(each[4][0]) for each in found})


def judge_answer(url: str, status: int, *, ours: bool, addresses: Sequence[str]) -> Result:
    """Judge what the site answered to a question that only we can answer.

    `addresses` are those of its name, as this machine sees it.
    """
    shown = ", ".join(addresses)
    if ours and addresses and all(map(is_public, addresses)):
        return ANSWERS.right(
            phrase(
                "asked from this machine, by its public address {address}: {url} answers, and it is"
                " this newsletter",
                url=url,
                address=shown,
            )
        )
    if ours:
        return ANSWERS.look(
            phrase(
                "asked from this machine, where its name leads to {address}: {url} answers, and it"
                " is this newsletter; from outside: not known",
                url=url,
                address=shown,
            ),
            phrase("Open {url} from another network, such as a phone without Wi-Fi.", url=url),
        )
    if status == 200:
        return ANSWERS.wrong(
            phrase("{url} answers, but with another signing key or program", url=url),
            phrase("Let [site] base_url lead to this newsletter, with the same signing key."),
        )
    return ANSWERS.wrong(
        phrase("{url} answers {status}", url=url, status=status),
        phrase("Let the proxy pass all addresses on to newsletter serve: docs/how-to/proxy.md"),
    )


def check_one_click(around: Surroundings) -> Iterator[Result]:
    """Check the headers by which mail programs unsubscribe (RFC 2369, RFC 8058)."""
    url = f"{around.config.site.base_url}/u/"
    yield judge_one_click(unsubscribe_headers(url), url, stays_here=around.stays_here)


def judge_one_click(headers: dict[str, str], url: str, *, stays_here: bool) -> Result:
    """Judge the headers, and the address in them, which must be https (RFC 8058 3.1)."""
    missing = [name for name in HEADERS if name not in headers]
    if missing:
        return ONE_CLICK.wrong(
            phrase("mail lacks {headers}", headers=", ".join(missing)),
            phrase("Report it: each mail should have these headers."),
        )
    if urlsplit(url).scheme != "https":
        found = phrase("the headers lead to an address without https, which is not taken")
        fix = phrase(
            "Set [site] base_url in config.toml to the address readers know, with https://."
        )
        return ONE_CLICK.look(found, fix) if stays_here else ONE_CLICK.wrong(found, fix)
    return ONE_CLICK.right(phrase("each mail has {headers}", headers=", ".join(HEADERS)))
