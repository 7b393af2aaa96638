"""The text of an issue as readers of the web see it: made once for each revision, and kept.

It lies in `var/web/` under the hash of everything that decides it: the revision and its pictures,
the publication, the template of the text, where the site is, and the release of this program.  A
change of any of these makes it again.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from django.template.loader import get_template
from django.utils import translation
from wagtail.images import get_image_model

from newsletter.conf.config import load
from newsletter.publishing.content.impersonal import make_impersonal
from newsletter.publishing.content.issue_content import content_of
from newsletter.publishing.content.kept_files import keep_file
from newsletter.publishing.content.pdfs import with_offered_pdf
from newsletter.publishing.content.pictures import pictures_of
from newsletter.publishing.web.visitors import spoken_language
from newsletter.publishing.web.xml_text import for_xml

if TYPE_CHECKING:
    from wagtail.models import Revision

    from newsletter.publishing.models import Issue
    from newsletter.rendering.content import Content

#: The template of what stands between the head of an issue and its end.
TEXT = "web/issue_text.html"
#: Articles that this process remembers.
REMEMBERED = 256
#: What an article shows of a stored picture; a replaced file has another hash.
OF_A_PICTURE = (
    *("pk", "file", "file_hash", "description"),
    *("focal_point_x", "focal_point_y", "focal_point_width", "focal_point_height"),
)


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
        text=for_xml(text),
        title=for_xml(content.title),
        preheader=for_xml(content.preheader),
        volume=content.volume,
        number=content.number,
        date=content.date,
        language=content.language,
        direction=content.direction,
        web_url=content.web_url,
        pdf_url=content.pdf_url,
        lead=dataclasses.asdict(content.lead) if content.lead else {},
    )


def published_article(issue: Issue, key: str = "") -> Article:
    """Return what readers see of an issue, as it was kept or made now.

    `key` is its `article_hash`, if that is known already.
    """
    return _read_or_make(Version(key=key or article_hash(issue), issue=issue))


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """The hash of all that decides an article, and the issue itself beside it."""

    key: str
    issue: Issue = field(compare=False, repr=False)


@lru_cache(maxsize=REMEMBERED)
def _read_or_make(version: Version) -> Article:
    path = article_path(version.key)
    try:
        return read_article(path.read_text("utf-8"))
    except (OSError, ValueError, TypeError):
        pass
    issue = version.issue
    article = article_of(published_content(issue), spoken_language(issue.publication.language))
    keep_file(path, article.as_json().encode())
    return article


def article_path(key: str) -> Path:
    """Return where the article of a hash is kept."""
    return load().data / "web" / f"{key}.json"


def published_articles(issues: Sequence[Issue]) -> list[Article]:
    """Return the same of several issues, in one statement."""
    keys = article_hashes(issues)
    return [published_article(issue, key) for issue, key in zip(issues, keys, strict=True)]


def article_hash(issue: Issue) -> str:
    """Return what decides the article of an issue on the web, as one hash (sha256 hex)."""
    return article_hashes([issue])[0]


def article_hashes(issues: Sequence[Issue]) -> list[str]:
    """Return the same of several issues, in one statement."""
    shown = [_shown_pictures(issue) for issue in issues]
    numbers = {number for each in shown for number in each}
    rows = get_image_model().objects.filter(pk__in=numbers).values_list(*OF_A_PICTURE)
    stored = {row[0]: row for row in rows} if numbers else {}
    return [
        _hash(issue, [stored[number] for number in sorted(each) if number in stored])
        for issue, each in zip(issues, shown, strict=True)
    ]


def _hash(issue: Issue, pictures: Sequence[tuple[Any, ...]]) -> str:
    publication, revision = issue.publication, issue.live_revision
    fields = [str(each.value_from_object(publication)) for each in publication._meta.fields]
    stored = (revision.pk, revision.created_at) if revision else (issue.pk, issue.last_published_at)
    made_by = (load().pdf.offer, _source(), _release())
    parts = (*stored, issue.issued_on, issue.get_full_url(), *made_by, *fields, *pictures)
    return hashlib.sha256(json.dumps([str(part) for part in parts]).encode()).hexdigest()


def _shown_pictures(issue: Issue) -> frozenset[int]:
    """Return the numbers of the stored pictures that an issue on the web shows."""
    revision = issue.live_revision
    if revision is None:
        return frozenset(pictures_of(issue))
    return _pictures_in(Stored(pk=revision.pk, at=revision.created_at, revision=revision))


@dataclass(frozen=True, kw_only=True, slots=True)
class Stored:
    """A revision as it was saved at a time."""

    pk: int
    at: dt.datetime
    revision: Revision = field(compare=False, repr=False)


@lru_cache(maxsize=REMEMBERED)
def _pictures_in(stored: Stored) -> frozenset[int]:
    """Return the numbers of the pictures in a revision: to read it takes longer than all else."""
    return frozenset(pictures_of(stored.revision.as_object()))


@lru_cache(maxsize=1)
def _release() -> str:
    """Return the release of this program: what it makes of a text may differ in the next."""
    return version("fortnight")


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
