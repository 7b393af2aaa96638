"""What the mails of the sign-up say: the content of an issue, in the publication's language."""

from __future__ import annotations

import dataclasses
import datetime as dt
import html
from functools import lru_cache

from newsletter import rendering
from newsletter.conf.config import load
from newsletter.publishing.content.issue_content import build_publisher, today
from newsletter.publishing.content.looks import template_of
from newsletter.publishing.languages import direction_of
from newsletter.publishing.models import Publication
from newsletter.publishing.web.articles import published_content
from newsletter.publishing.web.entries import published_issues
from newsletter.rendering import CompiledEdition, Template
from newsletter.rendering.content import Block, Button, Content, Digest, Divider, Html, Text
from newsletter.rendering.pipeline.words import fill_pattern, long_date
from newsletter.rendering.text.markdown import to_html

#: Stands for the address of the reader, and for the end of a link, until a mail is for somebody.
ADDRESS_KEY = "addressXq7vZk2mW9"
TOKEN_KEY = "tokenXq7vZk2mW9"  # noqa: S105  no password


class Words:
    """The words of a publication's template in a language, filled in."""

    def __init__(self, publication: Publication, template: Template, language: str) -> None:
        self.language = language
        self._name = publication.name
        self._words = template.words(language)

    def __call__(self, name: str, **values: str) -> str:
        """Return a sentence."""
        return fill_pattern(str(self._words[name]), publication=self._name, **values)

    def date(self, content: Content, day: dt.date) -> str:
        """Return a day as the template writes it."""
        return long_date(dataclasses.replace(content, date=day), self._words)


def confirmation(publication: Publication, template: Template, ends_on: dt.date) -> Content:
    """Return the content of the mail that asks to confirm."""
    words = Words(publication, template, publication.language)
    blank = blank_content(publication)
    note = words("confirm_note", date=words.date(blank, ends_on))
    return dataclasses.replace(
        blank,
        title=words("confirm_title"),
        subject=words("confirm_subject"),
        preheader=words("confirm_title"),
        reason=words("confirm_reason"),
        blocks=(
            paragraph(words("confirm_text", email=ADDRESS_KEY)),
            Button(label=words("confirm_button"), url=f"{load().site.base_url}/c/{TOKEN_KEY}"),
            paragraph(note),
        ),
    )


def already(publication: Publication, template: Template) -> Content:
    """Return the content of the mail to somebody who is subscribed already."""
    words = Words(publication, template, publication.language)
    return dataclasses.replace(
        blank_content(publication),
        title=words("already_title"),
        subject=words("already_subject"),
        preheader=words("already_title"),
        blocks=(paragraph(words("already_text", email=ADDRESS_KEY)),),
    )


def welcome(publication: Publication, template: Template, text: str, *, has_issue: bool) -> Content:
    """Return the content of the welcome mail; `text` is Markdown, in place of our sentence."""
    words = Words(publication, template, publication.language)
    body = Text(body=to_html(text)) if text else paragraph(words("welcome_text"))
    return dataclasses.replace(
        blank_content(publication),
        title=words("welcome_title"),
        subject=words("welcome_subject"),
        preheader=words("welcome_title"),
        blocks=(body, *(latest_issue(publication, words) if has_issue else ())),
    )


def latest_issue(publication: Publication, words: Words) -> tuple[Block, ...]:
    """Return what shows the latest issue on the web: its headlines and the way there.

    Not the whole issue: who is sent it again as a newcomer would have it twice.
    """
    issue = published_issues(publication).first()
    if issue is None:
        return ()
    shown = published_content(issue)
    if not shown.web_url:
        return ()
    digests = [block for block in shown.blocks if isinstance(block, Digest)]
    headlines = [item.headline for block in digests for item in block.items]
    listed = "".join(f"<li>{html.escape(each)}</li>" for each in headlines if each)
    said = f"<h3>{html.escape(words('latest_issue'))}</h3><p>{html.escape(shown.title)}</p>"
    return (
        Divider(),
        Text(body=Html(said + (f"<ul>{listed}</ul>" if listed else ""))),
        Button(label=words("web"), url=shown.web_url),
    )


def blank_content(publication: Publication) -> Content:
    """Return the content of a mail that says nothing yet."""
    return Content(
        publication=publication.name,
        title="",
        subject="",
        preheader="",
        volume=0,
        number=0,
        date=today(publication),
        language=publication.language,
        direction=direction_of(publication.language),
        publisher=build_publisher(publication),
    )


def paragraph(text: str) -> Text:
    """Return a text as a paragraph, with nothing in it that means something."""
    return Text(body=Html(f"<p>{html.escape(text, quote=False)}</p>"))


def compiled(publication: Publication, content: Content) -> CompiledEdition:
    """Return the edition of a content; compiled once for all who get it."""
    return _compiled(content, template_of(publication), load().templates.inliner)


@lru_cache(maxsize=64)
def _compiled(content: Content, template: Template, inliner: str) -> CompiledEdition:
    return rendering.compile(
        content, template, inliner="css-inline" if inliner == "css-inline" else "premailer"
    )
