"""Whether what an issue says of itself agrees: number and title, date and day, text and language.

All of these are warnings.  Each may be meant, and only a person knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from django.utils.formats import date_format
from django.utils.translation import gettext

from newsletter.publishing.naming import (
    IN_TITLE,
    other_number_in,
    other_number_in_address,
)
from newsletter.rendering.preflight.codes import make_finding
from newsletter.rendering.preflight.pages import shown_words, texts_of
from newsletter.rendering.text.scripts import unexpected_script
from subscribers.models import Subscription

if TYPE_CHECKING:
    import datetime as dt

    from newsletter.publishing.models import Issue, Publication
    from newsletter.rendering.content import Content
    from newsletter.rendering.findings import Finding


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """The day on which an issue goes out: as queued, else that of the next slot."""

    date: dt.date
    is_queued: bool


def find_disagreements(draft: Issue, content: Content, day: Day | None) -> Iterator[Finding]:
    """Report what in an issue contradicts something else in it, or around it."""
    yield from names_of(draft)
    yield from date_of(draft, day)
    yield from language_of(draft, content)
    yield from audience_of(draft.publication)


def names_of(draft: Issue) -> Iterator[Finding]:
    """Report title, subject, address and PDF that name another number than the issue has."""
    if not draft.number:
        return
    number = (draft.volume, draft.number)
    if other := other_number_in(draft.title, *number, pattern=IN_TITLE):
        message = gettext("the title names {other}, and the number is {ref}")
        yield make_finding("name-differs", message.format(other=other, ref=draft.ref), "title")
    if other := other_number_in(draft.subject, *number):
        message = gettext("the subject names {other}, and the number is {ref}")
        yield make_finding("name-differs", message.format(other=other, ref=draft.ref), "subject")
    # The address of what is on the web stays: links lead there.
    if not draft.live and (other := other_number_in_address(draft.slug, *number)):
        message = gettext("the web address names {other}, and the number is {ref}")
        yield make_finding(
            "name-differs", message.format(other=other, ref=draft.ref), "web address"
        )
    name = PurePosixPath(unquote(urlsplit(draft.pdf_url).path)).stem.replace(".", "-")
    if other := other_number_in_address(name, *number):
        message = gettext("the PDF names {other}, and the number is {ref}")
        yield make_finding("name-differs", message.format(other=other, ref=draft.ref), "PDF")


def date_of(draft: Issue, day: Day | None) -> Iterator[Finding]:
    """Report a date that is not the day on which the issue goes out."""
    if day is None or draft.date in (None, day.date):
        return
    if draft.live and not day.is_queued:
        # It was put on the web with its date, and need not go out again.
        return
    if day.is_queued:
        message = gettext("it is dated {date} and goes out on {day}")
    else:
        message = gettext("it is dated {date}, and the next slot is on {day}")
    dates = {"date": in_words(draft.date), "day": in_words(day.date)}
    yield make_finding("date-differs", message.format(**dates), "date")


def in_words(date: dt.date) -> str:
    """Return a date as the reader's language writes it."""
    return str(date_format(date, "DATE_FORMAT"))


def language_of(draft: Issue, content: Content) -> Iterator[Finding]:
    """Report a text in a script that its language is not written in."""
    text = " ".join(shown_words(each) for _, each in texts_of(content))
    if script := unexpected_script(text, content.language):
        message = gettext("the text is mostly in {script} letters, and its language is {language}")
        said = message.format(
            script=names_of_scripts().get(script, script), language=content.language
        )
        yield make_finding(
            "language-differs", said, "language" if draft.language else "publication"
        )


def names_of_scripts() -> dict[str, str]:
    """Return the names of the scripts that are met most, in the reader's language."""
    return {
        "Arabic": gettext("Arabic"),
        "Cyrillic": gettext("Cyrillic"),
        "Greek": gettext("Greek"),
        "Han": gettext("Chinese"),
        "Hangul": gettext("Korean"),
        "Hebrew": gettext("Hebrew"),
        "Kana": gettext("Japanese"),
        "Latin": gettext("Latin"),
        "Thai": gettext("Thai"),
    }


def audience_of(publication: Publication) -> Iterator[Finding]:
    """Report lists of a publication that nobody is subscribed to."""
    lists = list(publication.lists.filter(archived_at=None).order_by("name"))
    if not lists:
        yield make_finding("audience-empty", gettext("the publication has no list"), "publication")
    for each in lists:
        active = Subscription.objects.filter(list=each, state=Subscription.State.ACTIVE)
        if not active.exists():
            message = gettext("nobody is subscribed to the list {name}").format(name=each.name)
            yield make_finding("audience-empty", message, "publication")
