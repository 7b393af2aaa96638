"""Our own site, asked under its public address, as a reader or a provider would reach it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from urllib.parse import urlsplit

import urllib3
from django.utils.crypto import constant_time_compare, salted_hmac

from newsletter.doctor.asking import ask_address
from newsletter.doctor.results import Result, Topic
from newsletter.doctor.surroundings import Surroundings
from newsletter.phrases import phrase
from newsletter.publishing.messages import unsubscribe_headers
from newsletter.transports.error_text import describe_network

ANSWERS = Topic("site", phrase("Site from outside"))
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
    yield judge_answer(url, status, ours=constant_time_compare(body, sign_question(question)))


def judge_answer(url: str, status: int, *, ours: bool) -> Result:
    """Judge what the site answered to a question that only we can answer."""
    if ours:
        return ANSWERS.right(phrase("{url} answers, and it is this newsletter", url=url))
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
