"""From an issue as editors wrote it to `Content`, the data that every edition is made from."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from itertools import count
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.urls import NoReverseMatch, reverse
from wagtail.rich_text import RichText, expand_db_html

from newsletter.config import load
from newsletter.publishing.languages import direction_of
from newsletter.publishing.pictures import lead_image
from newsletter.rendering.content import (
    Block,
    Button,
    Callout,
    Content,
    Digest,
    Divider,
    Html,
    Item,
    Publisher,
    Quote,
    Text,
)
from newsletter.rendering.markdown import sanitise, to_html

if TYPE_CHECKING:
    from newsletter.publishing.models import Issue, Publication

#: What can be seen of HTML: text between tags, or a picture.  An empty editor has neither.
SHOWN = re.compile(r"(?:^|>)[^<]*[^<\s]|<(?:img|hr)\b")
#: The preheader of an issue without one ends after this many characters.
PREHEADER_LENGTH = 140


def content_of(issue: Issue) -> Content:
    """Return an issue, as the instance stands, with addresses that work from anywhere.

    What an editor has not filled in yet is left out, so that a draft can always be looked at.
    """
    publication, base_url = issue.publication, load().site.base_url
    blocks = tuple(blocks_of(issue.body))
    return Content(
        publication=publication.name,
        title=issue.title,
        subject=issue.subject or issue.title,
        preheader=issue.preheader or headlines(blocks),
        volume=issue.volume,
        number=issue.number,
        date=issue.date or today(publication),
        language=issue.spoken_language,
        direction=direction_of(issue.spoken_language),
        publisher=publisher(publication, base_url),
        lead=next((lead_image(each.value, base_url) for each in leads(issue.body)), None),
        blocks=blocks,
        boilerplate=to_html(issue.boilerplate or publication.boilerplate),
        web_url=web_url(issue, base_url),
        pdf_url=issue.pdf_url,
    )


def today(publication: Publication) -> dt.date:
    """Return the date where the publication is at home."""
    return dt.datetime.now(ZoneInfo(publication.time_zone)).date()


def publisher(publication: Publication, base_url: str) -> Publisher:
    """Return who answers for the mail."""
    signup = path_of("signup")
    return Publisher(
        name=publication.from_name,
        postal_address=publication.postal_address,
        email=publication.reply_to or publication.from_email,
        privacy_url=publication.privacy_url or f"{base_url}{reverse('privacy')}",
        signup_url=f"{base_url}{signup}" if signup else "",
    )


def path_of(name: str) -> str:
    """Return the path of a page by its name, or nothing on a site without such a page."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def web_url(issue: Issue, base_url: str) -> str:
    """Return where the issue is on the web, or will be once it is sent."""
    parts = issue.get_url_parts() if issue.url_path else None
    return f"{base_url}{parts[2]}" if parts and parts[2] else ""


def leads(body: Any) -> Iterator[Any]:
    """Yield the lead picture, at most one."""
    return (child for child in body if child.block_type == "lead_image")


def headlines(blocks: tuple[Block, ...]) -> str:
    """Return as many headlines as stand well beside a subject."""
    found = [item.headline for block in blocks if isinstance(block, Digest) for item in block.items]
    line = ""
    for headline in found:
        longer = f"{line} · {headline}" if line else headline
        if len(longer) > PREHEADER_LENGTH:
            break
        line = longer
    return line


def blocks_of(body: Any) -> Iterator[Block]:
    """Yield the blocks of a body that have something to show."""
    numbers = count(1)
    for child in body:
        if child.block_type == "digest":
            block: Block | None = digest(child.value, numbers)
        else:
            block = PLAIN[child.block_type](child.value)
        if block is not None:
            yield block


def digest(value: Any, numbers: Iterator[int]) -> Digest | None:
    """Return the items that have a headline or a text; their ids run through the whole issue."""
    written = ((each["headline"].strip(), item_body(each)) for each in value["items"])
    items = tuple(
        Item(id=f"item-{next(numbers)}", headline=headline, body=body)
        for headline, body in written
        if headline or body
    )
    return Digest(items=items, show_headlines=value["show_headlines"]) if items else None


def item_body(value: Any) -> Html:
    """Return the text of an item, what was written as Markdown last."""
    return Html(rich(value["body"]) + marked(value["markdown"]))


def text(value: RichText) -> Text | None:
    """Return running text."""
    return Text(body=body) if (body := rich(value)) else None


def markdown(value: str) -> Text | None:
    """Return running text that was written as Markdown."""
    return Text(body=body) if (body := marked(value)) else None


def button(value: Any) -> Button | None:
    """Return a button that leads somewhere."""
    if not (value["label"] and value["url"]):
        return None
    return Button(label=value["label"], url=value["url"])


def callout(value: Any) -> Callout | None:
    """Return a box."""
    return Callout(body=body, tone=value["tone"]) if (body := rich(value["body"])) else None


def quote(value: Any) -> Quote | None:
    """Return somebody's words."""
    body = rich(value["body"])
    return Quote(body=body, attribution=value["attribution"]) if body else None


def nothing(_value: Any) -> None:
    """Leave out the lead picture, which stands apart from the blocks."""


PLAIN: dict[str, Callable[[Any], Block | None]] = {
    "lead_image": nothing,
    "text": text,
    "markdown": markdown,
    "button": button,
    "callout": callout,
    "quote": quote,
    "divider": lambda _value: Divider(),
}


def rich(value: RichText | None) -> Html:
    """Return what the text editor made, links to pages of the site written out."""
    if not value or not value.source:
        return Html("")
    html = sanitise(expand_db_html(value.source))
    return html if SHOWN.search(html) else Html("")


def marked(value: str | None) -> Html:
    """Return Markdown as `Html`."""
    return to_html(value) if value else Html("")
