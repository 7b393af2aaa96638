"""Addresses that were written without a site: `./issue-2.md`, `../about/`, `/privacy/`.

In a file beside others they mean another file; in a mail they mean nothing.  What is another
issue that came from such a file becomes its address; what is a page of this site leads there.
All else would lead readers to a page that is not there, and preflight says so.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.storage import default_storage
from django.urls import Resolver404, resolve
from wagtail.models import Page, Site

from newsletter.conf.config import load

if TYPE_CHECKING:
    from newsletter.publishing.models import Issue

#: Where the metadata keep the name of the file that an issue came from, with its folder's.
SOURCE = "_source"
#: Where the metadata keep the address that links in the file are relative to.
SITE_URL = "_site_url"
#: In a text this leads to the page of the issue itself, wherever that will be.
THIS_ISSUE = "this-issue"
#: Files that stand for their folder, and endings that pages have.
_INDEX = frozenset({"index", "_index", "readme"})
_ENDINGS = frozenset({"", ".md", ".markdown", ".mdown", ".html", ".htm", ".txt"})
#: Static sites put the day in front of the name of a file, and leave it out of the address.
_DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}[-_](?=.)")


class ImportedIssues:
    """The issues of a publication by the files that they came from."""

    def __init__(self, issue: Issue) -> None:
        self._issue = issue
        self._source = str(issue.metadata.get(SOURCE, ""))

    def linked(self, address: str) -> Issue | None:
        """Return the issue that an address without a site means, if it is sure."""
        path = unquote(urlsplit(address).path)
        if not path or not self._source:
            return None
        beside = posixpath.normpath(posixpath.join(posixpath.dirname(self._source), path))
        exact = [issue for source, issue in self._known if source == beside]
        name = _name(path)
        alike = exact or [issue for source, issue in self._known if name == _name(source)]
        return alike[0] if name and len(alike) == 1 else None

    @cached_property
    def _known(self) -> list[tuple[str, Issue]]:
        # Links without a site are rare: only then all issues are read.
        issues = self._issue.publication.issues.filter(**{f"metadata__{SOURCE}__isnull": False})
        return [(str(each.metadata[SOURCE]), each) for each in issues]


def _name(path: str) -> str:
    """Return what a page is called, whatever the site does with its file: `issue-2`."""
    parts = [each for each in path.split("/") if each not in {"", ".", ".."}]
    while parts:
        stem, ending = posixpath.splitext(parts.pop())
        if ending.lower() not in _ENDINGS:
            return ""
        if stem.lower() not in _INDEX:
            return _DAY.sub("", stem).lower()
    return ""


def is_on_site(address: str, issue: Issue) -> bool:
    """Say whether this site has what an address on it leads to, for readers of an issue."""
    path = unquote(urlsplit(address).path) or "/"
    return any(_answers(each, issue) for each in _spellings(path))


def _spellings(path: str) -> Iterator[str]:
    yield path
    if not path.endswith("/"):
        yield f"{path}/"


def _answers(path: str, issue: Issue) -> bool:
    if settings.STATIC_URL and path.startswith(settings.STATIC_URL):
        return finders.find(path.removeprefix(settings.STATIC_URL)) is not None
    try:
        match = resolve(path)
    except Resolver404:
        return False
    if match.url_name == "media":
        return bool(default_storage.exists(match.kwargs["path"]))
    if match.url_name == "pdf":
        return _is_page(f"/{match.kwargs['page']}", issue)
    return match.url_name != "wagtail_serve" or _is_page(path, issue)


def _is_page(path: str, issue: Issue) -> bool:
    """Say whether there is a page: the issue itself is there once it is sent."""
    root = Site.objects.select_related("root_page").filter(is_default_site=True).first()
    if root is None:
        return False
    url_path = f"{root.root_page.url_path.rstrip('/')}{load().site.path_below(path)}"
    live = Page.objects.live().filter(url_path=url_path)
    return url_path == issue.url_path or bool(live.exists())
