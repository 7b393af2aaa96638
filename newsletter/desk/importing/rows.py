"""What becomes of a text, as the rows of its preview."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsletter.dates import format_day
from newsletter.publishing.importing.bodies import to_editable
from newsletter.publishing.importing.parsed_issue import Item, ParsedIssue
from newsletter.rendering.text.markdown import to_html
from newsletter.whitespace import single_spaced

#: Characters that a row shows of a text.
MAX_SHOWN: Final = 220


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A part of the text: what it becomes, its words, and what is to be known of it.

    `picture` is the number of the picture that the row shows, from 0, or None.
    """

    becomes: str
    words: str
    detail: str = ""
    note: str = ""
    picture: int | None = None


def rows_of(parsed_issue: ParsedIssue, files: list[str]) -> list[Row]:
    """Return the rows of a preview, in the order of the mail; `files` are its pictures."""
    return [
        *head_rows(parsed_issue),
        *lead_rows(parsed_issue, files),
        *text_rows(parsed_issue),
        *(
            Row(becomes=_("Button"), words=each.label, detail=each.url)
            for each in parsed_issue.buttons
        ),
        *closing_rows(parsed_issue),
    ]


def head_rows(parsed_issue: ParsedIssue) -> Iterator[Row]:
    """Yield what stands above a mail."""
    number = parsed_issue.number
    if number and parsed_issue.volume:
        yield Row(becomes=_("Number"), words=f"{parsed_issue.volume}.{number}")
    elif number:
        yield Row(becomes=_("Number"), words=str(number))
    known = (
        (_("Title"), parsed_issue.title),
        (_("Subject"), parsed_issue.subject),
        (_("Preheader"), parsed_issue.preheader),
        (_("Date"), format_day(parsed_issue.date) if parsed_issue.date else ""),
        (_("Language"), parsed_issue.language),
    )
    yield from (Row(becomes=becomes, words=words) for becomes, words in known if words)


def lead_rows(parsed_issue: ParsedIssue, files: list[str]) -> Iterator[Row]:
    """Yield the lead picture with its description and credit."""
    if named := parsed_issue.image:
        yield Row(
            becomes=_("Lead picture"),
            words=parsed_issue.alt,
            detail=_("Credit: {credit}").format(credit=parsed_issue.credit)
            if parsed_issue.credit
            else "",
            note="" if parsed_issue.alt else _("It has no description yet: write one below."),
            picture=files.index(named.file) if named.file in files else None,
        )
    elif parsed_issue.credit:
        yield Row(
            becomes=_("Credit of the lead picture"),
            words=parsed_issue.credit,
            note=_("There is no picture with it: choose one in the draft."),
        )


def text_rows(parsed_issue: ParsedIssue) -> Iterator[Row]:
    """Yield the introduction and the items."""
    if parsed_issue.introduction:
        yield Row(
            becomes=_("Introduction"),
            words=shorten_text(parsed_issue.introduction),
            note=describe_place(parsed_issue.introduction),
        )
    for number, item in enumerate(parsed_issue.items, 1):
        yield item_row(number, item)


def item_row(number: int, item: Item) -> Row:
    """Return an item: its headline, the beginning of its text, and where that goes."""
    text = shorten_text(item.body)
    return Row(
        becomes=_("Headline {number}").format(number=number),
        words=item.headline,
        detail=text,
        note=describe_place(item.body) if item.body else _("There is no text below this headline."),
    )


def closing_rows(parsed_issue: ParsedIssue) -> Iterator[Row]:
    """Yield what stands below all items, and what is kept without being used."""
    if parsed_issue.boilerplate:
        yield Row(becomes=_("Closing paragraph"), words=shorten_text(parsed_issue.boilerplate))
    if parsed_issue.pdf_url:
        yield Row(becomes=_("PDF"), words=parsed_issue.pdf_url)
    if parsed_issue.metadata:
        yield Row(becomes=_("Kept, but not used"), words=", ".join(parsed_issue.metadata))


def describe_place(markdown: str) -> str:
    """Say where a text goes that the text editor cannot hold; nothing for any other."""
    if to_editable(markdown) is not None:
        return ""
    return _("Stays as Markdown, because of a table, a picture or the like: it looks the same.")


def shorten_text(markdown: str) -> str:
    """Return the beginning of a text as it is read."""
    words = single_spaced(html.unescape(strip_tags(to_html(markdown).replace("</", " </"))))
    return words if len(words) <= MAX_SHOWN else f"{words[:MAX_SHOWN].rstrip()}…"


def summary_of(parsed_issue: ParsedIssue) -> str:
    """Say in a few words what was found."""
    items, pictures = len(parsed_issue.items), len(parsed_issue.pictures) + bool(parsed_issue.image)
    parts = [
        ngettext("{number} headline", "{number} headlines", items).format(number=items),
        ngettext("{number} picture", "{number} pictures", pictures).format(number=pictures),
    ]
    return ", ".join(parts)
