"""Checks of what is written: subject, preheader, headlines, left-over placeholders."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import unquote

from newsletter.phrases import phrase
from newsletter.rendering.content import Digest, Divider
from newsletter.rendering.preflight import foreign_tags
from newsletter.rendering.preflight.codes import make_finding
from newsletter.rendering.preflight.pages import TAG, items_of, shown_words, texts_of, without_code
from newsletter.rendering.text import citations, shown_markup
from newsletter.rendering.text.markdown import REFUSED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsletter.rendering.content import Content
    from newsletter.rendering.findings import Finding
    from newsletter.rendering.preflight.pages import Page

#: In columns: 70 letters, or 35 signs of a script whose signs are twice as wide.
MAX_SUBJECT_LENGTH = 70

#: Words that are left over, by code.  First the letters that they can begin with: most places
#: of a text need no more.  In running text `TODO` and `TBD` are often meant, as in “time TBD”.
_LEFT = {
    "text-unfinished": re.compile(
        r"(?=[\[Ll])(?i:\[(?:insert|placeholder|todo|tbd|your (?:name|text|title|link))\b[^\[\]]*\]"
        r"|\blorem ipsum\b)"
    ),
    "words-left": re.compile(r"(?=[TX])\b(?<!\[)(?:TODO|TBD|TKTK|X{4,})\b"),
}
#: A tag as it stands in HTML where readers see it, and in plain text.
_SHOWN_TAG = re.compile(
    r"(?:&lt;|<)(?P<name>[a-zA-Z][\w-]{0,30})(?>(?:(?!&lt;|&gt;)[^<>])*)(?:&gt;|>)"
)
_SHOWN_NAME = re.compile(r"</?([a-zA-Z][\w-]*)")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")


def of_issue(content: Content) -> Iterator[Finding]:
    """Check what editors wrote, whatever becomes of it."""
    if is_empty(content):
        yield make_finding("content-empty", phrase("there is nothing to read in it"), "body")
    if not content.preheader.strip():
        yield make_finding("preheader-missing", phrase("there is no preheader"), "preheader")
    elif content.preheader.strip().casefold() == content.subject.strip().casefold():
        message = phrase("the preheader says what the subject says")
        yield make_finding("preheader-repeats", message, "preheader")
    yield from _shown_html(content)
    yield from _citations(content)
    yield from _headlines(content)
    for number, item in enumerate(items_of(content), 1):
        if item.headline.strip() and not _has_text(item.body):
            message = phrase("nothing stands below {headline!r}", headline=item.headline)
            yield make_finding("headline-without-item", message, f"item {number}")
        elif not item.headline.strip():
            message = phrase("the item has no headline")
            yield make_finding("headline-missing", message, f"item {number}")


def is_empty(content: Content) -> bool:
    """Say whether an issue shows nothing but what every issue shows: as a new draft does."""
    shown = [block for block in content.blocks if not isinstance(block, Digest | Divider)]
    return not (content.lead or shown or items_of(content))


def _headlines(content: Content) -> Iterator[Finding]:
    """Report headlines that two items share: nobody can tell their links on top apart."""
    first: dict[str, int] = {}
    for number, item in enumerate(items_of(content), 1):
        headline = " ".join(item.headline.split())
        if headline and first.setdefault(headline.casefold(), number) != number:
            message = phrase(
                "item {number} has the headline {headline!r}, too",
                number=first[headline.casefold()],
                headline=headline,
            )
            yield make_finding("headline-repeated", message, f"item {number}")


def _shown_html(content: Content) -> Iterator[Finding]:
    """Report tags that no mail may hold, and markup of other programs: readers see them."""
    for place, text in texts_of(content):
        names = [tag["name"] for tag in _SHOWN_TAG.finditer(without_code(text))]
        for name in dict.fromkeys(names):
            if name.lower() in REFUSED:
                message = phrase("readers see the tag <{name}> as it is written", name=name)
                yield make_finding("html-shown", message, place, quote=f"<{name}")
        for markup in shown_markup.in_text(shown_words(text)):
            tag = _SHOWN_NAME.match(markup)
            if tag and tag[1].lower() in REFUSED:
                continue
            message = phrase("readers see {markup!r} as it is written", markup=markup)
            yield make_finding("markup-shown", message, place, quote=markup)


def _citations(content: Content) -> Iterator[Finding]:
    """Report citations; where there are any, a name with `@` in front is one, too."""
    texts = [
        (place, shown_words(citations.without_links(text))) for place, text in texts_of(content)
    ]
    cited = [(place, each) for place, text in texts for each in citations.citations_in(text)]
    named = [(place, each) for place, text in texts for each in citations.mentions_in(text)]
    for place, each in [*cited, *(named if cited else ())]:
        message = phrase("readers see the citation {citation!r} as it is written", citation=each)
        yield make_finding("citation-shown", message, place, quote=each)
    for place, each in [] if cited else named:
        message = phrase("{name} stands there without a link", name=each)
        yield make_finding("mention", message, place, quote=each)


def of_page(page: Page) -> Iterator[Finding]:
    """Check what readers see."""
    yield from _subject(page.parts.subject)
    if page.document.get("lang", "").strip() in {"", "und"}:
        message = phrase("the mail does not say in which language it is")
        yield make_finding("language-missing", message)
    yield from _tags(page)
    for name, text in _texts(page).items():
        for code, pattern in _LEFT.items():
            for left in dict.fromkeys(pattern.findall(text)):
                message = phrase("{words!r} is left over", words=left)
                yield make_finding(code, message, name, quote=left)
        if sign := _BIDI.search(text):
            near = text[max(0, sign.start() - 20) : sign.start()].strip()
            message = phrase(
                "{sign} stands after {words!r}", sign=f"U+{ord(sign[0]):04X}", words=near
            )
            yield make_finding("bidi-control", message, name, quote=sign[0])


def _tags(page: Page) -> Iterator[Finding]:
    """Tell merge tags of other programs, wherever readers or their programs meet them."""
    texts = [(text, name, "") for name, text in _texts(page).items()]
    pictures = [
        (text, "", each.get("src") or "")
        for each in page.pictures
        for text in (each.get("alt") or "", unquote(each.get("src") or ""))
    ]
    links = [(unquote(link.address), "", link.address) for link in page.links]
    for text, name, address in dict.fromkeys([*texts, *pictures, *links]):
        for tag, meant in foreign_tags.in_text(text):
            written = page.as_written(tag)
            message = phrase("{tag!r} is not filled in by anybody", tag=written)
            if meant:
                message = phrase(
                    "{tag!r} is not filled in by anybody; did you mean {meant}?",
                    tag=written,
                    meant=meant,
                )
            yield make_finding(
                "placeholder-left", message, name or page.place(address), quote=written
            )


def _texts(page: Page) -> dict[str, str]:
    return {"subject": page.parts.subject, "preheader": page.content.preheader, "body": page.shown}


def _subject(subject: str) -> Iterator[Finding]:
    if not subject.strip():
        yield make_finding("subject-empty", phrase("there is no subject"), "subject")
    if (columns := width_of(subject)) > MAX_SUBJECT_LENGTH:
        message = phrase(
            "the subject is {columns} columns wide, of {most} that are shown",
            columns=columns,
            most=MAX_SUBJECT_LENGTH,
        )
        yield make_finding("subject-long", message, "subject")


def width_of(text: str) -> int:
    """Return the width in columns: letters take one, signs of East Asian scripts two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _has_text(html: str) -> bool:
    return bool(TAG.sub("", html).strip()) or "<img" in html
