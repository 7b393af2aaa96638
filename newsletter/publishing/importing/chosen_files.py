"""A text that somebody chose or pasted at the desk, with the pictures that came with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.exceptions import ValidationError

from newsletter.errors import ImportRejected
from newsletter.publishing.importing.image_files import gather_chosen
from newsletter.publishing.importing.parsed_issue import ParsedIssue
from newsletter.publishing.importing.reading import parse_file
from newsletter.publishing.importing.remote_pictures import AT_THE_DESK
from newsletter.publishing.importing.saving import Imported, measured, save
from newsletter.publishing.models import Issue, Publication
from newsletter.rendering.preflight.addresses import Web


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """A file with its name, and the pictures chosen with it; `source` is empty for pasted text."""

    name: str
    data: bytes
    beside: Mapping[str, bytes] = field(default_factory=dict)
    source: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wishes:
    """What a person decides about a text that is brought in.

    `update` is the draft that it replaces; without one it becomes a new issue.  `alt` and
    `decorative` are said of the lead picture; `site_url` is where links such as `/about/` lead.
    """

    update: Issue | None = None
    alt: str = ""
    decorative: bool = False
    site_url: str = ""
    user: Any = None


def read_chosen(chosen: Chosen) -> tuple[ParsedIssue, Mapping[str, bytes]]:
    """Return what a text is read as, and its pictures; raises `ImportRejected`, saves nothing."""
    parsed_issue = parse_file(chosen.data, name=chosen.name, beside=chosen.beside)
    return parsed_issue, gather_chosen(parsed_issue, chosen.name, chosen.beside)


def bring_in(
    chosen: Chosen, publication: Publication, wishes: Wishes, *, web: Web | None = None
) -> Imported:
    """Make a draft of a text, or replace one; raises `ImportRejected`, with nothing saved."""
    parsed_issue, files = read_chosen(chosen)
    parsed_issue = measured(parsed_issue, files, web, seconds=AT_THE_DESK)
    parsed_issue = replace(
        parsed_issue,
        alt="" if wishes.decorative else wishes.alt or parsed_issue.alt,
        decorative=wishes.decorative,
    )
    try:
        return save(
            parsed_issue,
            publication,
            files,
            source=chosen.source,
            site_url=wishes.site_url,
            update=wishes.update,
            fresh=wishes.update is None,
            user=wishes.user,
        )
    except ValidationError as error:
        raise ImportRejected("; ".join(error.messages), path=chosen.name) from None
