"""What follows the file when a person says which issue it replaces, and what the issue keeps.

A number, an address and a language that readers may know already stay; sentences say so.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from newsletter.publishing.models import Issue
from newsletter.publishing.naming import slug_of
from newsletter.publishing.site_paths import free_address

if TYPE_CHECKING:
    from newsletter.publishing.importing.parsed_issue import ParsedIssue


def follow_file(draft: Issue, parsed_issue: ParsedIssue) -> list[str]:
    """Give an issue the number and the address of the file that replaces it.

    Called while the draft still has its old title.  Returns sentences on what changed.
    """
    if known_to_readers(draft):
        return []
    return [*_renumbered(draft, parsed_issue), *_moved(draft, parsed_issue)]


def describe_kept(draft: Issue, parsed_issue: ParsedIssue) -> Iterator[str]:
    """Say what an issue that a file replaced kept, and why."""
    volume, number = wanted_number(draft, parsed_issue)
    if (volume, number) != (draft.volume, draft.number):
        twin = _("“{title}” has that one").format(title=twin_title(draft, volume, number))
        yield _("The file says {told}; the issue keeps its number {number}: {why}.").format(
            told=f"{volume}.{number}" if volume else number,
            number=draft.ref,
            why=known_to_readers(draft) or twin,
        )
    if draft.language and not parsed_issue.language:
        yield _("The file names no language: it stays {language}.").format(language=draft.language)
    if parsed_issue.title and not _is_made_of(parsed_issue.title, draft.slug):
        why = known_to_readers(draft) or _("it was not made of its title")
        yield _("The issue keeps its address, {address}: {why}.").format(
            address=draft.slug, why=why
        )


def known_to_readers(draft: Issue) -> str:
    """Return why readers may know number and address of an issue, or nothing."""
    if draft.live:
        return _("it is on the web")
    sends = draft.sends.exclude(state="cancelled")
    return _("it is queued or sent already") if sends.exists() else ""


def wanted_number(draft: Issue, parsed_issue: ParsedIssue) -> tuple[int, int]:
    """Return the number that the file says; what it leaves open is the issue's own."""
    volume = draft.volume if parsed_issue.volume is None else parsed_issue.volume
    return volume, parsed_issue.number or draft.number


def twin_title(draft: Issue, volume: int, number: int) -> str:
    """Return the title of another issue that has a number, or nothing."""
    others = draft.publication.issues.exclude(pk=draft.pk)
    twin = others.filter(volume=volume, number=number).first() if number else None
    return (twin.draft_title or twin.title) if twin else ""


def _renumbered(draft: Issue, parsed_issue: ParsedIssue) -> Iterator[str]:
    volume, number = wanted_number(draft, parsed_issue)
    if (volume, number) == (draft.volume, draft.number) or twin_title(draft, volume, number):
        return
    before = draft.ref
    draft.volume, draft.number = volume, number
    yield _("The issue has the number {number}, as the file says; it was {before}.").format(
        number=draft.ref, before=before
    )


def _moved(draft: Issue, parsed_issue: ParsedIssue) -> Iterator[str]:
    """Make the address of the new title, if it was made of the old one."""
    title = parsed_issue.title
    if not title or _is_made_of(title, draft.slug) or not _is_made_of(draft.title, draft.slug):
        return
    siblings = draft.publication.archive.get_children().exclude(pk=draft.pk)
    taken = set(siblings.values_list("slug", flat=True))
    draft.slug = free_address(slug_of(title) or "issue", taken)
    yield _("The issue has the address {address}, as its title says.").format(address=draft.slug)


def _is_made_of(title: str, slug: str) -> bool:
    """Say whether an address was made of a title; a number may stand behind it."""
    made = slug_of(title) or "issue"
    rest = slug.removeprefix(made)
    return slug.startswith(made) and (not rest or (rest[0] == "-" and rest[1:].isdigit()))
