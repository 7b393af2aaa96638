"""Whether what an issue says of itself agrees: number and title, date and day, text and language.

All of these are warnings.  Each may be meant, and only a person knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from newsletter.phrases import Day as DayInWords
from newsletter.phrases import phrase
from newsletter.publishing.naming import (
    IN_TITLE,
    other_number_in,
    other_number_in_address,
)
from newsletter.rendering.preflight.codes import make_finding
from newsletter.rendering.preflight.pages import shown_words, texts_of
from newsletter.rendering.text.scripts import unexpected_script

if TYPE_CHECKING:
    import datetime as dt

    from newsletter.publishing.checks.readers import Readers
    from newsletter.publishing.models import Issue
    from newsletter.rendering.content import Content
    from newsletter.rendering.findings import Finding


#: The names of the scripts that are met most.
SCRIPTS = {
    "Arabic": phrase("Arabic"),
    "Cyrillic": phrase("Cyrillic"),
    "Greek": phrase("Greek"),
    "Han": phrase("Chinese"),
    "Hangul": phrase("Korean"),
    "Hebrew": phrase("Hebrew"),
    "Kana": phrase("Japanese"),
    "Latin": phrase("Latin"),
    "Thai": phrase("Thai"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """The day on which an issue goes out: as queued, else that of the next slot."""

    date: dt.date
    is_queued: bool
    #: Whether a send of the issue was cancelled with nobody mailed, and it has no other.
    is_called_off: bool = False


def find_disagreements(
    draft: Issue, content: Content, day: Day | None, readers: Readers
) -> Iterator[Finding]:
    """Report what in an issue contradicts something else in it, or around it."""
    yield from names_of(draft)
    yield from date_of(draft, day)
    yield from language_of(draft, content)
    yield from audience_of(readers)


def names_of(draft: Issue) -> Iterator[Finding]:
    """Report title, subject, address and PDF that name another number than the issue has."""
    if not draft.number:
        return
    number = (draft.volume, draft.number)
    if other := other_number_in(draft.title, *number, pattern=IN_TITLE):
        message = phrase(
            "the title names {other}, and the number is {ref}", other=other, ref=draft.ref
        )
        yield make_finding("name-differs", message, "title")
    if other := other_number_in(draft.subject, *number):
        message = phrase(
            "the subject names {other}, and the number is {ref}", other=other, ref=draft.ref
        )
        yield make_finding("name-differs", message, "subject")
    # The address of what is on the web stays: links lead there.
    if not draft.live and (other := other_number_in_address(draft.slug, *number)):
        message = phrase(
            "the web address names {other}, and the number is {ref}", other=other, ref=draft.ref
        )
        yield make_finding("name-differs", message, "web address")
    name = PurePosixPath(unquote(urlsplit(draft.pdf_url).path)).stem.replace(".", "-")
    if other := other_number_in_address(name, *number):
        message = phrase(
            "the PDF names {other}, and the number is {ref}", other=other, ref=draft.ref
        )
        yield make_finding("name-differs", message, "PDF")


def date_of(draft: Issue, day: Day | None) -> Iterator[Finding]:
    """Report a date that is not the day on which the issue goes out."""
    if day is None or draft.date in (None, day.date):
        return
    if draft.live and not (day.is_queued or day.is_called_off):
        # It was put on the web with its date, or was sent: it need not go out again.
        return
    dates = {"date": DayInWords(draft.date), "day": DayInWords(day.date)}
    if day.is_queued:
        message = phrase("it is dated {date} and goes out on {day}", **dates)
    else:
        message = phrase("it is dated {date}, and the next slot is on {day}", **dates)
    yield make_finding("date-differs", message, "date")


def language_of(draft: Issue, content: Content) -> Iterator[Finding]:
    """Report a text in a script that its language is not written in."""
    text = " ".join(shown_words(each) for _, each in texts_of(content))
    if script := unexpected_script(text, content.language):
        message = phrase(
            "the text is mostly in {script} letters, and its language is {language}",
            script=SCRIPTS.get(script, script),
            language=content.language,
        )
        place = "language" if draft.language else "publication"
        yield make_finding("language-differs", message, place)


def audience_of(readers: Readers) -> Iterator[Finding]:
    """Report lists of a publication that nobody is subscribed to."""
    if not readers.lists:
        yield make_finding("audience-empty", phrase("the publication has no list"), "publication")
    for each in readers.lists:
        if not each.active:
            message = phrase("nobody is subscribed to the list {name}", name=each.list.name)
            yield make_finding("audience-empty", message, "publication")
