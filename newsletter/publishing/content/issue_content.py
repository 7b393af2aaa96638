"""From an issue as editors wrote it to `Content`, the data that every edition is made from."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin
from zoneinfo import ZoneInfo

from django.urls import reverse
from wagtail.rich_text import RichText, expand_db_html

from newsletter.conf.config import load
from newsletter.errors import BadInput, LimitExceeded
from newsletter.phrases import phrase
from newsletter.publishing.content.anchors import with_targets
from newsletter.publishing.content.pictures import find_picture, fit_picture, lead_image
from newsletter.publishing.content.relative_links import SITE_URL, THIS_ISSUE, ImportedIssues
from newsletter.publishing.content.sign_up import sign_up_path
from newsletter.publishing.languages import direction_of
from newsletter.rendering.content import (
    Block,
    Button,
    Callout,
    Content,
    Digest,
    Divider,
    Html,
    Item,
    LeadImage,
    Publisher,
    Quote,
    Text,
)
from newsletter.rendering.preflight.sources import Written
from newsletter.rendering.text import bidi
from newsletter.rendering.text.markdown import (
    as_written,
    link_definitions,
    not_printed,
    sanitise,
    to_html,
)

if TYPE_CHECKING:
    from newsletter.publishing.models import Issue, Publication
    from newsletter.rendering.text.footnotes import UnusedNote
    from newsletter.rendering.text.markdown_extensions import Definitions, Unused

#: What can be seen of HTML: text between tags, or a picture.  An empty editor has neither.
SHOWN = re.compile(r"(?:^|>)[^<]*[^<\s]|<(?:img|hr)\b")
#: A picture in sanitised HTML, up to the end of its address.
IMAGE = re.compile(r'<img\b[^<>]*?\ssrc="([^"]*)"')
#: Where an issue's metadata keeps which stored picture a name in its texts means.
PICTURES = "_pictures"
#: Where the metadata keep the sizes of pictures on the web.
SIZES = "_sizes"
#: Characters of HTML that all texts of an issue become; a mail can hold a tenth of it.
MAX_ISSUE_LENGTH = 1_000_000
#: The preheader of an issue without one ends after this many characters.
PREHEADER_LENGTH = 140


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """Why a part of an issue cannot be used as it is: `place` as preflight calls it."""

    error: BadInput
    place: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """An issue as it can be shown, whatever is wrong with it.

    `relative` are the addresses that were written without a site, by what became of them;
    `unused` are link definitions and footnotes that nothing refers to, each with its place;
    `sources` are its texts in Markdown.
    """

    content: Content
    faults: tuple[Fault, ...]
    relative: Mapping[str, str]
    unused: tuple[tuple[Unused | UnusedNote, str], ...] = ()
    sources: tuple[Written, ...] = ()


def content_of(issue: Issue, *, strict: bool = True) -> Content:
    """Return an issue, as the instance stands, with addresses that work from anywhere.

    What an editor has not filled in yet is left out, so that a draft can always be looked at.
    Raises `LimitExceeded` with block and line for a text that is too large, `BadInput` for a
    picture that cannot be shown; not `strict`, the text is shown as it is written.
    """
    return _content(issue, builder_of(issue, strict=strict))


def content_and_faults(issue: Issue) -> Draft:
    """Return the same with all that is wrong with it, each shown as it is written."""
    faults: list[Fault] = []
    builder = builder_of(issue, faults=faults)
    content = _content(issue, builder)
    return Draft(
        content=content,
        faults=tuple(faults),
        relative=dict(builder.addresses.relative),
        unused=tuple(builder.unused),
        sources=tuple(builder.sources),
    )


def _content(issue: Issue, builder: Builder) -> Content:
    publication = issue.publication
    content = Content(
        publication=publication.name,
        title=issue.title,
        subject=issue.subject or issue.title,
        preheader=summary_of(issue),
        volume=issue.volume,
        number=issue.number,
        date=issue.day or today(publication),
        language=issue.spoken_language,
        direction=direction_of(issue.spoken_language),
        publisher=build_publisher(publication),
        lead=next(map(builder.lead, lead_pictures(issue.body)), None),
        blocks=builder.blocks(issue.body),
        boilerplate=builder.closing(issue.boilerplate or publication.boilerplate),
        web_url=web_url(issue),
        pdf_url=issue.pdf_url or pdf_url(issue),
    )
    return with_targets(content)


def today(publication: Publication) -> dt.date:
    """Return the date where the publication is at home."""
    return dt.datetime.now(ZoneInfo(publication.time_zone)).date()


def build_publisher(publication: Publication) -> Publisher:
    """Return who answers for the mail."""
    signup, origin = sign_up_path(publication), load().site.origin
    return Publisher(
        name=publication.from_name,
        postal_address=publication.postal_address,
        email=publication.contact,
        privacy_url=publication.privacy_url or f"{origin}{reverse('privacy')}",
        signup_url=f"{origin}{signup}" if signup else "",
    )


def web_url(issue: Issue) -> str:
    """Return where the issue is on the web, or will be once it is sent."""
    parts = issue.get_url_parts() if issue.url_path else None
    return f"{parts[1]}{parts[2]}" if parts and parts[2] else ""


def pdf_url(issue: Issue) -> str:
    """Return where the PDF made here is, or nothing if none is offered."""
    page = web_url(issue) if load().pdf.offer else ""
    return f"{page}{quote(issue.slug)}.pdf" if page else ""


def lead_pictures(body: Any) -> Iterator[Any]:
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
    are width and height, in pixels, of pictures on the web by their addresses; `linked` says
    which address a file beside the issue's own has become; `site_url` is where all else is.
    `relative` keeps what else was written without a site, `broken` which pictures cannot be shown.
    """

    def __init__(
        self,
        base_url: str = "",
        pictures: Mapping[str, int] | None = None,
        sizes: Mapping[str, list[int]] | None = None,
        *,
        linked: Callable[[str], str] = lambda _: "",
        site_url: str = "",
    ) -> None:
        self.base_url = base_url
        self.relative: dict[str, str] = {}
        self.broken: list[BadInput] = []
        self._pictures = pictures or {}
        self._linked = linked
        self._site_url = site_url
        self._sizes = {
            address: fit_picture(address, width, height)
            for address, (width, height) in (sizes or {}).items()
        }

    def resolve(self, address: str) -> str:
        """Return an absolute address, or nothing for what leads nowhere."""
        if address in self._pictures:
            return self._stored(self._pictures[address])
        try:
            if found := self._linked(address):
                return found
            absolute = urljoin(self._site_url or f"{self.base_url}/", address)
        except ValueError:
            return ""
        if not self._site_url:
            self.relative[absolute] = address
        return absolute

    def _stored(self, number: int) -> str:
        try:
            picture = find_picture(number, load().site.origin)
        except BadInput as error:
            # An error raised here would be lost on its way through the sanitiser.
            self.broken.append(error)
            return ""
        return self._sizes.setdefault(picture.src, picture).src if picture else ""

    def sized(self, text: Html) -> Html:
        """Return a text whose stored pictures have a size: Outlook shows others in full."""
        return Html(IMAGE.sub(self._with_size, text)) if self._sizes else text

    def _with_size(self, image: re.Match[str]) -> str:
        shown = self._sizes.get(html.unescape(image[1]))
        if 'width="' in image.string[image.start() : image.string.find(">", image.end())]:
            return image[0]
        return f'{image[0]} width="{shown.width}" height="{shown.height}"' if shown else image[0]


def builder_of(issue: Issue, *, strict: bool = True, faults: list[Fault] | None = None) -> Builder:
    """Return what makes the blocks of an issue."""
    base_url, imported = load().site.base_url, ImportedIssues(issue)

    def linked(address: str) -> str:
        name, _, anchor = address.partition("#")
        other = issue if name == THIS_ISSUE else imported.linked(address)
        page = web_url(other) if other else ""
        return f"{page}#{anchor}" if page and anchor else page

    addresses = Addresses(
        base_url,
        issue.metadata.get(PICTURES, {}),
        issue.metadata.get(SIZES, {}),
        linked=linked,
        site_url=issue.metadata.get(SITE_URL, ""),
    )
    direction = direction_of(issue.spoken_language)
    return Builder(
        addresses, direction, strict=strict, faults=faults, definitions=definitions_in(issue)
    )


def definitions_in(issue: Issue) -> Definitions:
    """Return the links that the texts of an issue define, for all of them."""
    found: dict[str, tuple[str, str, str]] = {}
    for text in markdown_texts(issue):
        for each in link_definitions(text):
            found.setdefault(each[0], each)
    return tuple(found.values())


def markdown_texts(issue: Issue) -> Iterator[str]:
    """Yield the texts of an issue that are written as Markdown."""
    for child in issue.body:
        if child.block_type == "markdown":
            yield child.value or ""
        elif child.block_type == "digest":
            yield from (item["markdown"] or "" for item in child.value["items"])
    yield issue.boilerplate or issue.publication.boilerplate or ""


class Builder:
    """Makes blocks from what editors filled in; without content there is no block.

    Texts beyond the limits raise `LimitExceeded`, pictures that cannot be shown `BadInput`.  With
    `faults` these are noted there, and like those that are not `strict` texts are shown as they
    are written.  `definitions` are the links that any text of the issue defines.
    """

    def __init__(
        self,
        addresses: Addresses,
        direction: str = "ltr",
        *,
        strict: bool = True,
        faults: list[Fault] | None = None,
        definitions: Definitions = (),
    ) -> None:
        self.addresses = addresses
        self.definitions = definitions
        self.direction = direction
        self.strict = strict
        self.faults = faults
        self.place = ""
        self.unused: list[tuple[Unused | UnusedNote, str]] = []
        self.sources: list[Written] = []
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

    @contextmanager
    def at(self, place: str) -> Iterator[None]:
        """Name the part of the issue in what is wrong with it."""
        around, self.place = self.place, place
        yield
        self.place = around

    def fault(self, error: BadInput) -> None:
        """Note what is wrong with a part of the issue, or raise it."""
        if isinstance(error, LimitExceeded):
            error = error.at(self.place)
        if self.faults is not None:
            self.faults.append(Fault(error=error, place=self.place))
        elif self.strict:
            raise error from None

    def lead(self, block: Any) -> LeadImage | None:
        """Return the lead picture."""
        with self.at("lead image"):
            try:
                return lead_image(block.value, load().site.origin)
            except BadInput as error:
                if self.faults is None:
                    raise
                self.fault(error)
                return None

    def blocks(self, body: Any) -> tuple[Block, ...]:
        """Return the blocks of a body; the lead picture stands apart from them."""
        return tuple(block for _, block in self.written(body))

    def written(self, body: Any) -> Iterator[tuple[Any, Block]]:
        """Yield the same, each with the editor's block that it is made of."""
        number = 1
        for child in body:
            make = self.kinds.get(child.block_type)
            with self.at(f"block {number}"):
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
            with self.at(f"item {self.items_made + 1}"):
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
        text = self.made(sanitise, expand_db_html(value.source))
        return text if SHOWN.search(text) else Html("")

    def marked(self, value: str | None) -> Html:
        """Return Markdown as `Html`."""
        if not value:
            return Html("")
        text = self.made(partial(to_html, elsewhere=self.definitions), value)
        self.sources.append(Written(self.place, value))
        if self.faults is not None:
            with suppress(LimitExceeded):
                self.unused += [(each, self.place) for each in not_printed(value, self.definitions)]
        return text

    def made(self, make: Callable[..., Html], source: str) -> Html:
        """Return a text as it stands in the mail, or as it is written if it cannot be made."""
        try:
            text = make(source, resolve=self.addresses.resolve)
        except LimitExceeded as error:
            self.fault(error)
            text = as_written(source)
        for broken in self.addresses.broken:
            self.fault(broken)
        self.addresses.broken.clear()
        return self.finished(text)

    def closing(self, value: str | None) -> Html:
        """Return the closing text, which is Markdown."""
        with self.at("closing text"):
            return self.marked(value)

    def finished(self, text: Html) -> Html:
        """Return a text with the sizes of its pictures and the directions of its paragraphs."""
        return self.counted(bidi.with_directions(self.addresses.sized(text), self.direction))

    def counted(self, text: Html) -> Html:
        """Return a text; the one by which the issue becomes too long is a fault."""
        before = self.length
        self.length += len(text)
        if before > MAX_ISSUE_LENGTH or self.length <= MAX_ISSUE_LENGTH:
            return text
        self.fault(
            LimitExceeded(
                phrase(
                    "up to here the issue has {length} characters of HTML; {most} are the most",
                    length=f"{self.length:,}",
                    most=f"{MAX_ISSUE_LENGTH:,}",
                ),
                hint=phrase("Shorten it: Gmail cuts off what is beyond 102 KB."),
            )
        )
        return text
