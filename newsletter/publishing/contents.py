"""From an issue as editors wrote it to `Content`, the data that every edition is made from."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin
from zoneinfo import ZoneInfo

from django.urls import NoReverseMatch, reverse
from wagtail.rich_text import RichText, expand_db_html

from newsletter.config import load
from newsletter.errors import LimitExceeded
from newsletter.publishing.languages import direction_of
from newsletter.publishing.pictures import fitting, lead_image, stored
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
from newsletter.rendering.markdown import (
    sanitise,
    sanitise_or_source,
    to_html,
    to_html_or_source,
)

if TYPE_CHECKING:
    from newsletter.publishing.models import Issue, Publication

#: What can be seen of HTML: text between tags, or a picture.  An empty editor has neither.
SHOWN = re.compile(r"(?:^|>)[^<]*[^<\s]|<(?:img|hr)\b")
#: A picture in sanitised HTML, up to the end of its address.
IMAGE = re.compile(r'<img\b[^<>]*?\ssrc="([^"]*)"')
#: Where an issue's metadata keeps which stored picture a name in its texts means.
PICTURES = "_pictures"
#: Where the metadata keep the sizes of pictures on the web.
SIZES = "_sizes"
#: Characters of HTML that all texts of an issue become; a mail can hold a tenth of it.
LONGEST_ISSUE = 1_000_000
#: The preheader of an issue without one ends after this many characters.
PREHEADER_LENGTH = 140


def content_of(issue: Issue, *, strict: bool = True) -> Content:
    """Return an issue, as the instance stands, with addresses that work from anywhere.

    What an editor has not filled in yet is left out, so that a draft can always be looked at.
    Raises `LimitExceeded` with block and line for a text that is too large; not `strict`, it is
    shown as it is written.
    """
    publication, base_url = issue.publication, load().site.base_url
    builder = builder_of(issue, strict=strict)
    return Content(
        publication=publication.name,
        title=issue.title,
        subject=issue.subject or issue.title,
        preheader=summary_of(issue),
        volume=issue.volume,
        number=issue.number,
        date=issue.day or today(publication),
        language=issue.spoken_language,
        direction=direction_of(issue.spoken_language),
        publisher=publisher(publication, base_url),
        lead=next((lead_image(each.value, base_url) for each in leads(issue.body)), None),
        blocks=builder.blocks(issue.body),
        boilerplate=builder.closing(issue.boilerplate or publication.boilerplate),
        web_url=web_url(issue, base_url),
        pdf_url=issue.pdf_url or pdf_url(issue, base_url),
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


def pdf_url(issue: Issue, base_url: str) -> str:
    """Return where the PDF made here is, or nothing if none is offered."""
    page = web_url(issue, base_url) if load().pdf.offer else ""
    return f"{page}{quote(issue.slug)}.pdf" if page else ""


def leads(body: Any) -> Iterator[Any]:
    """Yield the lead picture, at most one."""
    return (child for child in body if child.block_type == "lead_image")


def summary_of(issue: Issue) -> str:
    """Return the preheader, else as many headlines as stand well beside a subject."""
    if issue.preheader:
        return issue.preheader
    digests = (child.value["items"] for child in issue.body if child.block_type == "digest")
    line = ""
    for headline in ((item["headline"] or "").strip() for items in digests for item in items):
        longer = f"{line} · {headline}" if line else headline
        if len(longer) > PREHEADER_LENGTH:
            break
        line = longer
    return line


class Addresses:
    """Makes addresses in an issue's texts absolute, and says how large its pictures are.

    `pictures` are the numbers of stored pictures by the names that an import gave them; `sizes`
    are width and height, in pixels, of pictures on the web by their addresses.
    """

    def __init__(
        self,
        base_url: str = "",
        pictures: Mapping[str, int] | None = None,
        sizes: Mapping[str, list[int]] | None = None,
    ) -> None:
        self.base_url = base_url
        self._pictures = pictures or {}
        self._sizes = {
            address: fitting(address, width, height)
            for address, (width, height) in (sizes or {}).items()
        }

    def resolve(self, address: str) -> str:
        """Return an absolute address, or nothing for what leads nowhere."""
        if address in self._pictures:
            picture = stored(self._pictures[address], self.base_url)
            return self._sizes.setdefault(picture.src, picture).src if picture else ""
        try:
            return urljoin(f"{self.base_url}/", address)
        except ValueError:
            return ""

    def sized(self, text: Html) -> Html:
        """Return a text whose stored pictures have a size: Outlook shows others in full."""
        return Html(IMAGE.sub(self._with_size, text)) if self._sizes else text

    def _with_size(self, image: re.Match[str]) -> str:
        shown = self._sizes.get(html.unescape(image[1]))
        if 'width="' in image.string[image.start() : image.string.find(">", image.end())]:
            return image[0]
        return f'{image[0]} width="{shown.width}" height="{shown.height}"' if shown else image[0]


def builder_of(issue: Issue, *, strict: bool = True) -> Builder:
    """Return what makes the blocks of an issue."""
    addresses = Addresses(
        load().site.base_url, issue.metadata.get(PICTURES, {}), issue.metadata.get(SIZES, {})
    )
    return Builder(addresses, strict=strict)


class Builder:
    """Makes blocks from what editors filled in; without content there is no block.

    Texts beyond the limits raise `LimitExceeded`; not `strict`, they are shown as written.
    """

    def __init__(self, addresses: Addresses, *, strict: bool = True) -> None:
        self.addresses = addresses
        self.strict = strict
        self.items_made = 0
        self.length = 0
        self.kinds: dict[str, Callable[[Any], Block | None]] = {
            "digest": self.digest,
            "text": self.text,
            "markdown": self.markdown,
            "button": self.button,
            "callout": self.callout,
            "quote": self.quote,
            "divider": lambda _value: Divider(),
        }

    def blocks(self, body: Any) -> tuple[Block, ...]:
        """Return the blocks of a body; the lead picture stands apart from them."""
        return tuple(block for _, block in self.written(body))

    def written(self, body: Any) -> Iterator[tuple[Any, Block]]:
        """Yield the same, each with the editor's block that it is made of."""
        number = 1
        for child in body:
            make = self.kinds.get(child.block_type)
            with at(f"block {number}"):
                block = make(child.value) if make else None
            if block is not None:
                number += 1
                yield child, block

    def digest(self, value: Any) -> Digest | None:
        """Return the items that have anything; their ids run through the whole issue."""
        items = tuple(item for _, item in self.items(value))
        return Digest(items=items, show_headlines=value["show_headlines"]) if items else None

    def items(self, value: Any) -> Iterator[tuple[Any, Item]]:
        """Yield the same, each with the editor's block that it is made of."""
        for child in value["items"].bound_blocks:
            headline = (child.value["headline"] or "").strip()
            with at(f"item {self.items_made + 1}"):
                body = self.item_body(child.value)
            if headline or body:
                self.items_made += 1
                yield child, Item(id=f"item-{self.items_made}", headline=headline, body=body)

    def item_body(self, value: Any) -> Html:
        """Return the text of an item, what was written as Markdown last."""
        return Html(self.rich(value["body"]) + self.marked(value["markdown"]))

    def text(self, value: RichText) -> Text | None:
        """Return running text."""
        return Text(body=body) if (body := self.rich(value)) else None

    def markdown(self, value: str) -> Text | None:
        """Return running text that was written as Markdown."""
        return Text(body=body) if (body := self.marked(value)) else None

    def button(self, value: Any) -> Button | None:
        """Return a button that leads somewhere."""
        if not (value["label"] and value["url"]):
            return None
        return Button(label=value["label"], url=value["url"])

    def callout(self, value: Any) -> Callout | None:
        """Return a box."""
        return (
            Callout(body=body, tone=value["tone"]) if (body := self.rich(value["body"])) else None
        )

    def quote(self, value: Any) -> Quote | None:
        """Return somebody's words."""
        body = self.rich(value["body"])
        return Quote(body=body, attribution=value["attribution"]) if body else None

    def rich(self, value: RichText | None) -> Html:
        """Return what the text editor made, links to pages of the site written out."""
        if not value or not value.source:
            return Html("")
        clean = sanitise if self.strict else sanitise_or_source
        text = clean(expand_db_html(value.source), resolve=self.addresses.resolve)
        return self.counted(self.addresses.sized(text)) if SHOWN.search(text) else Html("")

    def marked(self, value: str | None) -> Html:
        """Return Markdown as `Html`."""
        if not value:
            return Html("")
        make = to_html if self.strict else to_html_or_source
        return self.counted(self.addresses.sized(make(value, resolve=self.addresses.resolve)))

    def closing(self, value: str | None) -> Html:
        """Return the closing text, which is Markdown."""
        with at("closing text"):
            return self.marked(value)

    def counted(self, text: Html) -> Html:
        """Return a text, unless the issue has become too long by it."""
        self.length += len(text)
        if self.strict and self.length > LONGEST_ISSUE:
            raise LimitExceeded(
                f"up to here the issue has {self.length:,} characters of HTML;"
                f" {LONGEST_ISSUE:,} are the most",
                hint="Shorten it: Gmail cuts off what is beyond 102 KB.",
            )
        return text


@contextmanager
def at(place: str) -> Iterator[None]:
    """Name the part of the issue in an error about a limit, unless a smaller part is named."""
    try:
        yield
    except LimitExceeded as error:
        raise error if error.place else error.at(place) from None
