"""A Word document or web page as an issue: its outline, with all texts as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from urllib.parse import unquote, urljoin, urlsplit

from django.utils.translation import gettext as _
from lxml.html import HtmlElement

from newsletter.errors import LimitExceeded
from newsletter.phrases import translate
from newsletter.publishing.importing.fields import fields_from, require_fit
from newsletter.publishing.importing.html_markdown import Writer, indented
from newsletter.publishing.importing.outline import Outline, Section, outline_of, words_of
from newsletter.publishing.importing.page import Page
from newsletter.publishing.importing.parsed_issue import (
    MAX_CHARACTERS,
    Button,
    Item,
    ParsedIssue,
    Picture,
    Source,
)
from newsletter.publishing.importing.redirects import find_destination
from newsletter.publishing.importing.web_page_text import pair_counts
from newsletter.rendering.text.markdown import to_html
from newsletter.whitespace import single_spaced

#: What a link may lead to; anything else opens nothing in a mail program.
OPENABLE = frozenset({"https", "http", "mailto", "tel", "sms", "webcal"})


@dataclass(slots=True)
class Reader:
    """Makes Markdown of the blocks of a page, and gathers the pictures that they show.

    `beside` are picture files that were chosen together with the page, by their names.
    """

    page: Page
    beside: Mapping[str, bytes] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    dead_links: list[str] = field(default_factory=list)

    def text(self, blocks: list[HtmlElement]) -> str:
        """Return blocks as Markdown, with the footnotes that they call below."""
        writer = Writer(link=self.link, picture=self.picture)
        parts = [writer.blocks(blocks)]
        for label in iter_growing(writer.notes):
            if (note := self.page.footnotes.get(label)) is not None:
                words = writer.inside(note, 0)
                parts.append(indented(words, f"[^{label}]: ", "    "))
        return "\n\n".join(filter(None, parts))

    def link(self, address: str) -> str:
        """Return where a link leads: a whole address, or a place on the page's own site."""
        given = find_destination(address.strip())
        if given.startswith("#"):
            return ""
        whole = urljoin(self.page.address, given) if self.page.address else given
        scheme = scheme_of(whole)
        if not scheme and whole.startswith("/"):
            return in_link(whole)
        if scheme not in OPENABLE:
            if given:
                self.dead_links.append(given)
            return ""
        return in_link(whole)

    def picture(self, address: str) -> str:
        """Return the name of a picture that came with the page, or its address on the web."""
        if not address:
            return ""
        name = unquote(PurePath(urlsplit(address).path).name) if scheme_of(address) != "?" else ""
        for key in (address, name):
            if (data := self.page.pictures.get(key) or self.beside.get(key)) is not None:
                self.files[key] = data
                return in_link(key)
        whole = urljoin(self.page.address, address)
        if scheme_of(whole) in {"https", "http"}:
            return in_link(whole)
        self.missing.append(name or address[:60])
        return ""


def iter_growing(labels: list[str]) -> Iterator[str]:
    """Yield labels, each once, also those that are added meanwhile."""
    seen: set[str] = set()
    at = 0
    while at < len(labels):
        if labels[at] not in seen:
            seen.add(labels[at])
            yield labels[at]
        at += 1


def scheme_of(address: str) -> str:
    """Return the scheme of an address; `?` for what cannot be one."""
    try:
        return urlsplit(address).scheme.lower()
    except ValueError:
        return "?"


def in_link(address: str) -> str:
    """Return an address as it may stand between `<` and `>`."""
    return address.replace("<", "%3C").replace(">", "%3E").replace("\n", "").replace("\\", "%5C")


def read_page(page: Page, source: Source, beside: Mapping[str, bytes] | None = None) -> ParsedIssue:
    """Return a page as an issue, or raise `ImportRejected`."""
    outline = outline_of(page)
    reader = Reader(page=page, beside=beside or {})
    image = lead_picture(reader, outline)
    require_pairs(source, outline.sections)
    items = tuple(item_of(reader, source, each) for each in outline.sections)
    introduction = text_of(reader, source, outline.opening)
    if not items and not introduction:
        raise source.rejected(
            _("there is no text in it"), 0, hint=_("Write an introduction or items.")
        )
    fields = fields_from(source, outline.metadata, outline.title[: MAX_CHARACTERS["title"]])
    fields["date"] = fields["date"] or page.date
    fields["language"] = fields["language"] or page.language
    fields["boilerplate"] = fields["boilerplate"] or text_of(reader, source, outline.closing)
    parsed_issue = ParsedIssue(
        **fields,
        introduction=introduction,
        items=items,
        buttons=tuple(buttons_of(reader, outline)),
    )
    return replace(
        parsed_issue,
        image=image,
        alt=parsed_issue.alt or alt_of(outline),
        pictures=tuple(
            Picture(address=in_link(name), file=name, line=0)
            for name in reader.files
            if not (image and image.file == name) or in_texts(parsed_issue, name)
        ),
        enclosed=dict(reader.files),
        notes=(*page.notes, *outline.notes, *losses(reader)),
    )


def in_texts(parsed_issue: ParsedIssue, name: str) -> bool:
    """Say whether a text shows a picture."""
    texts = (parsed_issue.introduction, *(each.body for each in parsed_issue.items))
    return any(f"](<{in_link(name)}>)" in text for text in texts)


def lead_picture(reader: Reader, outline: Outline) -> Picture | None:
    """Return the picture on top: one that came with the page, or one on the web."""
    if outline.lead is None:
        return None
    address = reader.picture(outline.lead.get("src") or "")
    if not address:
        return None
    file = next((name for name in reader.files if in_link(name) == address), "")
    if not file and not address.startswith("https://"):
        reader.missing.append(address[:60])
        return None
    return Picture(address=address, file=file, line=0)


def alt_of(outline: Outline) -> str:
    """Return what the lead picture shows."""
    alt = (outline.lead.get("alt") if outline.lead is not None else "") or ""
    return single_spaced(alt)[: MAX_CHARACTERS["alt"]]


def require_pairs(source: Source, sections: list[Section]) -> None:
    """Raise `ImportRejected` where a list of headlines and one of texts are not of one length."""
    headlines = sum(each.headline is not None for each in sections)
    texts = sum(bool(each.blocks) for each in sections)
    alone = next((each for each in sections if each.headline is None), None)
    if alone is not None or (headlines != texts and all(is_list_item(each) for each in sections)):
        raise source.rejected(
            pair_counts(headlines, texts),
            0,
            hint=_("Every headline needs its item, and every item its headline."),
        )


def is_list_item(section: Section) -> bool:
    """Say whether a headline came from a list."""
    return section.headline is not None and section.headline.tag == "li"


def item_of(reader: Reader, source: Source, section: Section) -> Item:
    """Return a section as an item, or raise `ImportRejected`."""
    headline = words_of(section.headline) if section.headline is not None else ""
    require_fit(source, "headline", headline, 0)
    images = [] if section.headline is None else section.headline.findall(".//img")
    return Item(
        headline=headline,
        body=text_of(reader, source, [*images, *section.blocks], headline),
        line=0,
    )


def text_of(reader: Reader, source: Source, blocks: list[HtmlElement], headline: str = "") -> str:
    """Return blocks as Markdown that a mail can show, or raise `ImportRejected`."""
    text = reader.text(blocks)
    try:
        return text if to_html(text) else ""
    except LimitExceeded as error:
        problem = (
            f"“{headline}”: {translate(error.problem)}" if headline else translate(error.problem)
        )
        raise source.rejected(problem, 0, hint=translate(error.hint)) from None


def buttons_of(reader: Reader, outline: Outline) -> Iterator[Button]:
    """Yield the buttons; one without an address to open is left out."""
    for link in outline.buttons:
        label = words_of(link)[: MAX_CHARACTERS["button"]]
        if label and (url := reader.link(link.get("href") or "")):
            yield Button(label=label, url=url)


def losses(reader: Reader) -> Iterator[str]:
    """Say which pictures and links are left out."""
    if missing := list(dict.fromkeys(reader.missing)):
        yield _(
            "Pictures that did not come with the text are left out: {names}. Choose them together"
            " with the text, or upload them afterwards."
        ).format(names=", ".join(missing[:10]))
    if dead := list(dict.fromkeys(reader.dead_links)):
        yield _("Links that nobody else can open are left out; their words stay: {links}.").format(
            links=", ".join(each[:60] for each in dead[:10])
        )
