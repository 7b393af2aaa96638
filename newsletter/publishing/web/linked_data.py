"""What search engines are told of a page: JSON-LD with the words of schema.org.

An issue is a `NewsArticle` in a `PublicationIssue`, which is part of a volume and a `Periodical`
(https://schema.org/PublicationIssue).  It is data, not a script: the Content-Security-Policy of
the pages holds for it (CSP 3, 6.7.3.2 counts what is executed only).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.utils.safestring import SafeString, mark_safe

from newsletter.publishing.naming import ref_of

if TYPE_CHECKING:
    from newsletter.publishing.models import ArchivePage, Issue, Publication
    from newsletter.publishing.web.articles import Article

#: What would end the element, or begin another one, inside a string of JSON.
ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def describe_archive(page: ArchivePage, publication: Publication) -> SafeString:
    """Return the data of the front page of a publication."""
    return as_script({"@context": "https://schema.org", **periodical(publication, page.full_url)})


def describe_issue(issue: Issue, article: Article, picture: str) -> SafeString:
    """Return the data of the page of an issue; `picture` is the address of its share card."""
    publication = issue.publication
    changed = issue.last_published_at
    found = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "description": article.preheader,
        "inLanguage": article.language,
        "url": article.web_url,
        "mainEntityOfPage": article.web_url,
        "datePublished": article.date.isoformat(),
        "dateModified": changed.isoformat() if changed else "",
        "image": [picture] if picture else [],
        "author": {"@type": "Organization", "name": publication.from_name},
        "publisher": {"@type": "Organization", "name": publication.from_name},
        "isPartOf": publication_issue(issue, article),
    }
    return as_script({name: value for name, value in found.items() if value})


def publication_issue(issue: Issue, article: Article) -> dict[str, Any]:
    """Return the instalment, and the volume and periodical that it is part of."""
    whole: dict[str, Any] = periodical(issue.publication, issue.publication.home_url)
    if article.volume:
        volume = {"@type": "PublicationVolume", "volumeNumber": str(article.volume)}
        whole = {**volume, "isPartOf": whole}
    found = {"@type": "PublicationIssue", "datePublished": article.date.isoformat()}
    if ref_of(article.volume, article.number):
        found["issueNumber"] = str(article.number)
    return {**found, "isPartOf": whole}


def periodical(publication: Publication, url: str) -> dict[str, Any]:
    """Return a publication."""
    return {
        "@type": "Periodical",
        "name": publication.name,
        "url": url,
        "inLanguage": publication.language,
        "publisher": {"@type": "Organization", "name": publication.from_name},
    }


def as_script(data: dict[str, Any]) -> SafeString:
    """Return data as the content of a script element, whatever an editor wrote in it."""
    return mark_safe(json.dumps(data, ensure_ascii=False).translate(ESCAPES))  # noqa: S308
