"""The words of each issue's latest draft, kept so that a part of any word is found.

Both databases find words only where a language puts spaces between them, and Japanese does not.
So the texts are folded and kept, and searched as they are: issues are hundreds, not millions.
"""

from __future__ import annotations

import unicodedata

from django.db.models import F, Q, QuerySet
from django.utils.html import strip_tags

from newsletter.desk.models import IssueWords
from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.models import Issue

#: Around what was found so much of the text is shown.
AROUND = 60


def fold_text(text: str) -> str:
    """Return a text such that spellings of the same word are the same.

    >>> fold_text("Ｆｅｒｒｙ  Straße")
    'ferry strasse'
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def words_of(issue: Issue) -> str:
    """Return what an issue's latest draft says: number, title, subject, and all of its body."""
    draft = draft_of(issue)
    body = draft._meta.get_field("body").get_searchable_content(draft.body)
    parts = [draft.title, draft.ref, draft.subject, draft.preheader, *body, draft.boilerplate]
    return fold_text(strip_tags(" ".join(str(part) for part in parts)))


def refresh_words() -> None:
    """Bring the words of issues up to date that were changed since they were kept."""
    current = Q(
        words__revision=F("latest_revision_id"), words__saved_at=F("latest_revision_created_at")
    )
    changed = Issue.objects.filter(latest_revision__isnull=False).exclude(
        pk__in=Issue.objects.filter(current).values("pk")
    )
    for issue in changed.select_related("publication"):
        kept = {
            "revision": issue.latest_revision_id,
            "saved_at": issue.latest_revision_created_at,
            "text": words_of(issue),
        }
        IssueWords.objects.update_or_create(issue=issue, defaults=kept)


def find_issues(text: str) -> QuerySet[IssueWords]:
    """Return the words of the issues in which all words of a text stand, the last edited first."""
    found = IssueWords.objects.select_related("issue__publication")
    for word in fold_text(text).split():
        found = found.filter(text__contains=word)
    return found.order_by("-saved_at", "-pk")


def find_excerpt(words: IssueWords, text: str) -> str:
    """Return the place of an issue where the first of the words stands."""
    word = next(iter(fold_text(text).split()), "")
    at = words.text.find(word)
    begin, end = max(0, at - AROUND), at + len(word) + AROUND
    before, after = "…" if begin else "", "…" if end < len(words.text) else ""
    return f"{before}{words.text[begin:end]}{after}"
