"""Ask whether the links and pictures of a mail are there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from newsletter.phrases import phrase
from newsletter.rendering.preflight.addresses import Answer, Web
from newsletter.rendering.preflight.codes import make_finding
from newsletter.rendering.preflight.images import HEAVIEST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsletter.rendering.findings import Finding
    from newsletter.rendering.preflight.pages import Page

#: Seconds for one address with its redirects, and for all together.
ONE, ALL = 8.0, 30.0
AT_ONCE = 16

#: Not there, for good (RFC 9110 §15.5).
_GONE = frozenset({404, 410})


def check_links(page: Page, web: Web | None = None, *, seconds: float = ALL) -> tuple[Finding, ...]:
    """Return which links and pictures of a mail cannot be reached; asks the network.

    The links that are the reader's own, such as the way out, are not touched, nor is a site
    that only this machine can reach.
    """
    addresses = _addresses(page)
    answers = _answers(addresses, web or Web(), seconds)
    pictures = {each.get("src") for each in page.pictures}
    return tuple(
        finding
        for address in addresses
        for finding in _judged(address, answers[address], address in pictures, page)
    )


def _addresses(page: Page) -> list[str]:
    own = {page.recipient.unsubscribe_url, page.recipient.preferences_url}
    every = [link.address for link in page.links]
    every += [each.get("src") or "" for each in page.pictures]
    return [
        each
        for each in dict.fromkeys(every)
        if each.lower().startswith(("http://", "https://"))
        and each not in own
        and not page.is_local(each)
    ]


def _answers(addresses: list[str], web: Web, seconds: float) -> dict[str, Answer]:
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="links")
    asked = {each: pool.submit(web.ask, each, seconds=min(ONE, seconds)) for each in addresses}
    done, _ = wait(asked.values(), timeout=seconds)
    pool.shutdown(wait=False, cancel_futures=True)
    late = Answer(problem=phrase("no answer in time"))
    return {each: future.result() if future in done else late for each, future in asked.items()}


def _judged(address: str, answer: Answer, picture: bool, page: Page) -> Iterator[Finding]:
    where, shown = page.place(address), address[:120]
    if answer.private:
        yield make_finding(
            "link-private",
            phrase("{address}: {problem}", address=shown, problem=answer.problem),
            where,
            quote=address,
        )
    elif answer.unknown or answer.status in _GONE:
        problem = answer.problem or phrase("status {number}", number=answer.status)
        yield make_finding(
            "link-broken",
            phrase("{address}: {problem}", address=shown, problem=problem),
            where,
            quote=address,
        )
    elif answer.problem or answer.status >= 400:
        problem = answer.problem or phrase("status {number}", number=answer.status)
        yield make_finding(
            "link-unsure",
            phrase("{address}: {problem}", address=shown, problem=problem),
            where,
            quote=address,
        )
    elif picture and answer.size > HEAVIEST:
        yield make_finding(
            "image-heavy",
            phrase("{picture} has {size} MB", picture=shown, size=f"{answer.size / 1e6:.1f}"),
            where,
            quote=address,
        )
