"""The text of an issue as readers of the web see it: made once for each revision, and kept.

It lies in `var/web/` under the hash of everything that decides it: the revision, the publication,
the template of the text, and where the site is.  A change of any of these makes it again.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from django.template.loader import get_template
from django.utils import translation

from newsletter.conf.config import load
from newsletter.publishing.content.impersonal import make_impersonal
from newsletter.publishing.content.issue_content import content_of
from newsletter.publishing.content.pdfs import with_offered_pdf
from newsletter.publishing.web.visitors import spoken_language

if TYPE_CHECKING:
    from newsletter.publishing.models import Issue
    from newsletter.rendering.content import Content

#: The template of what stands between the head of an issue and its end.
TEXT = "web/issue_text.html"
#: Articles that this process remembers.
REMEMBERED = 256


@dataclass(frozen=True, kw_only=True, slots=True)
class Article:
    """What a page, a feed or a share card needs to know of an issue; `text` is HTML."""

    text: str
    title: str
    preheader: str
    volume: int
    number: int
    date: dt.date
    language: str
    direction: str
    web_url: str
    pdf_url: str
    lead: dict[str, Any]

    def as_json(self) -> str:
        """Return it as it is kept."""
        return json.dumps({**dataclasses.asdict(self), "date": self.date.isoformat()})


def read_article(kept: str) -> Article:
    """Return what was kept."""
    fields = json.loads(kept)
    return Article(**{**fields, "date": dt.date.fromisoformat(fields["date"])})


def article_of(content: Content, spoken: str) -> Article:
    """Return the article of a content, with the few words around it in a language."""
    with translation.override(spoken):
        text = get_template(TEXT).render({"content": content, "spoken": spoken})
    return Article(
        text=text,
        title=content.title,
        preheader=content.preheader,
        volume=content.volume,
        number=content.number,
        date=content.date,
        language=content.language,
        direction=content.direction,
        web_url=content.web_url,
        pdf_url=content.pdf_url,
        lead=dataclasses.asdict(content.lead) if content.lead else {},
    )


def published_article(issue: Issue) -> Article:
    """Return what readers see of an issue, as it was kept or made now."""
    return _read_or_make(Version(key=article_hash(issue), issue=issue))


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """The hash of all that decides an article, and the issue itself beside it."""

    key: str
    issue: Issue = field(compare=False, repr=False)


@lru_cache(maxsize=REMEMBERED)
def _read_or_make(version: Version) -> Article:
    path = load().data / "web" / f"{version.key}.json"
    try:
        return read_article(path.read_text("utf-8"))
    except (OSError, ValueError, TypeError):
        pass
    issue = version.issue
    article = article_of(published_content(issue), spoken_language(issue.publication.language))
    write_whole(path, article.as_json().encode())
    return article


def article_hash(issue: Issue) -> str:
    """Return what decides the article of an issue on the web, as one hash (sha256 hex)."""
    publication, revision = issue.publication, issue.live_revision
    fields = [str(each.value_from_object(publication)) for each in publication._meta.fields]
    stored = (revision.pk, revision.created_at) if revision else (issue.pk, issue.last_published_at)
    parts = (*stored, issue.issued_on, issue.get_full_url(), load().pdf.offer, _source(), *fields)
    return hashlib.sha256(json.dumps([str(part) for part in parts]).encode()).hexdigest()


def _source() -> str:
    """Return the template of the text, as it is now."""
    template: Any = get_template(TEXT)
    return hashlib.sha256(Path(template.origin.name).read_bytes()).hexdigest()


def published_content(issue: Issue) -> Content:
    """Return what readers of the web see of an issue, as data.

    A text beyond the limits of today, in an issue of before, is shown as it is written.
    """
    shown = as_published(issue)
    return with_offered_pdf(shown, make_impersonal(content_of(shown, strict=False)))


def as_published(issue: Issue) -> Issue:
    """Return the issue as it was put on the web; its row is already ahead with the next draft."""
    revision = issue.live_revision
    return cast("Issue", revision.as_object()) if revision else issue


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, whoever else writes it at the same time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{secrets.token_hex(4)}")
    fresh.write_bytes(data)
    fresh.replace(path)
