"""Whether a file is about an issue that is here already, or about another one.

A file updates an issue only if number and title say that it is the same.  Whatever is not
certain is refused, and a person says it with `--update`: text that was overwritten in silence is
found months later, if ever.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from newsletter.errors import ImportRejected
from newsletter.publishing.content.relative_links import SOURCE
from newsletter.publishing.importing.parsed_issue import ParsedIssue
from newsletter.publishing.models import Issue
from newsletter.publishing.naming import slug_of


def is_same(parsed_issue: ParsedIssue, source: str, draft: Issue) -> bool:
    """Say whether a file with a draft's number is about that very issue.

    The title decides; where the file has none, the name of the file.  A file of another name
    with another date is another issue, such as the first “Weekly” of the next year.
    """
    came_from = draft.metadata.get(SOURCE, "")
    if came_from == source:
        return not parsed_issue.title or has_title(parsed_issue.title, draft)
    if not parsed_issue.title:
        return not came_from and bool(draft.number) and draft.title == draft.numbered_title
    return has_title(parsed_issue.title, draft) and not (
        came_from and other_date(parsed_issue, draft)
    )


def has_title(title: str, draft: Issue) -> bool:
    """Say whether an issue has a title, in the desk or in its address."""
    slug = slug_of(title)
    return title == draft.title or (bool(slug) and slug in {slug_of(draft.title), draft.slug})


def other_date(parsed_issue: ParsedIssue, draft: Issue) -> bool:
    """Say whether file and draft are of two days."""
    return bool(parsed_issue.date and draft.date and parsed_issue.date != draft.date)


def taken_by(draft: Issue, source: str) -> ImportRejected:
    """Return the error about a number that another issue has."""
    came_from = draft.metadata.get(SOURCE, "")
    belongs = _("the number {number} belongs to another issue, “{title}”")
    origin = _(", imported from {file}").format(file=came_from) if came_from else ""
    return ImportRejected(
        belongs.format(number=draft.ref, title=draft.title) + origin,
        path=source,
        hint=_(
            "Give one of the two another number; to replace that issue: --update {number}"
        ).format(number=draft.ref),
    )


def only_one(parsed_issue: ParsedIssue, source: str, titled: list[Issue]) -> Issue | None:
    """Return the issue that a file without a number is about, among those with its title.

    One of another file and another day is another issue.  Raises `ImportRejected` if more than
    one is left, or if one of another file gives no day to tell them apart.
    """
    own = [draft for draft in titled if draft.metadata.get(SOURCE, "") == source]
    left = own or [draft for draft in titled if not is_another(parsed_issue, draft)]
    if not left:
        return None
    draft = left[0]
    if len(left) > 1 or (not own and draft.metadata.get(SOURCE, "")):
        refs = ", ".join(each.ref for each in left)
        raise ImportRejected(
            _("“{title}” may be {numbers}, which did not come from this file").format(
                title=parsed_issue.title, numbers=refs
            ),
            path=source,
            hint=_("Say which it replaces: --update {number}; or give the file a number.").format(
                number=draft.ref
            ),
        )
    return draft


def is_another(parsed_issue: ParsedIssue, draft: Issue) -> bool:
    """Say whether an issue came from another file, which is of another day."""
    return bool(draft.metadata.get(SOURCE, "")) and other_date(parsed_issue, draft)
