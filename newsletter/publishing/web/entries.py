"""What the archive keeps of each issue on the web, and what it finds there."""

from __future__ import annotations

import datetime as dt
import html
import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate

from newsletter.errors import NewsletterError
from newsletter.publishing.content.impersonal import make_impersonal
from newsletter.publishing.content.issue_content import content_of, summary_of
from newsletter.publishing.models import Issue, Publication, WebEntry
from newsletter.publishing.naming import ref_of
from newsletter.publishing.published import plain, searchable
from newsletter.publishing.rhythm_fields import zone_or_utc
from newsletter.publishing.web.articles import as_published
from newsletter.publishing.web.xml_text import for_xml
from newsletter.rendering.personalisation.merge_tags import texts_of
from newsletter.rendering.preflight.pages import items_of
from newsletter.runtime.availability import is_unavailable

if TYPE_CHECKING:
    from newsletter.rendering.content import Content

log = logging.getLogger(__name__)

#: A search has this many words and characters at most; more find nothing better.
MAX_TERMS, MAX_LENGTH = 8, 100
#: Characters that are shown before and after what was found.
AROUND = 60
#: Fields of a block with what can be read; the others are addresses and the names of kinds.
SHOWN = frozenset({"headline", "body", "label", "attribution"})
#: Within this many characters a shown text is cut between two words.
BORDER = 20
TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """Where a search was found: the text before it, it, and the text behind."""

    before: str
    hit: str
    after: str


def write_entry(issue: Issue) -> WebEntry:
    """Return the entry of an issue on the web, written for the revision that is there."""
    entry = make_entry(issue)
    fields = {field.name: getattr(entry, field.name) for field in WebEntry._meta.concrete_fields}
    del fields["issue"]
    return WebEntry.objects.update_or_create(issue_id=issue.pk, defaults=fields)[0]


def make_entry(issue: Issue) -> WebEntry:
    """Return the same without storing it."""
    shown = as_published(issue)
    content = make_impersonal(content_of(shown, strict=False))
    text = plain(" ".join(words_of(content)))
    return WebEntry(
        issue=issue,
        revision=issue.live_revision_id or 0,
        title=for_xml(content.title),
        summary=for_xml(content.preheader or make_impersonal(summary_of(shown))),
        volume=shown.volume,
        number=shown.number,
        date=shown.date,
        headlines=[[item.id, item.headline] for item in items_of(content) if item.headline],
        text=text,
        words=searchable(text),
    )


def entry_for(issue: Issue) -> WebEntry:
    """Return the entry that is stored, else one made now, else one of what the issue's row says.

    A picture that cannot be read, for example, must not take the list of all issues with it.
    """
    kept: WebEntry | None = getattr(issue, "web_entry", None)
    if kept is not None and kept.revision == (issue.live_revision_id or 0):
        return kept
    try:
        return make_entry(issue)
    except Exception as error:
        if is_unavailable(error):
            raise
        # Why is logged where the entry is to be written.
    return WebEntry(
        issue=issue,
        title=for_xml(issue.title),
        summary=for_xml(make_impersonal(summary_of(issue))),
        volume=issue.volume,
        number=issue.number,
    )


def words_of(content: Content) -> Iterator[str]:
    """Yield the texts of an issue without their tags; what it is called stands at the end."""
    shown = (text for text, place in texts_of(content.blocks) if place.split()[-1] in SHOWN)
    for text in (*shown, content.boilerplate):
        yield html.unescape(TAG.sub(" ", text))
    yield from (content.title, content.subject, content.preheader)
    yield ref_of(content.volume, content.number)


def follow_publishing(instance: Issue, **_: Any) -> None:
    """Write the entry of an issue that has just been published.

    An issue is published when its mail begins to leave.  Nothing about the archive may stop that:
    an entry that cannot be written is logged, and tried again in the background.  Raises only
    what comes of a database that is away: then the mail waits for it, too.
    """
    issues = Issue.objects.select_related("publication", "live_revision")
    if issue := issues.filter(pk=instance.pk).first():
        try_to_write(issue)


def try_to_write(issue: Issue) -> bool:
    """Write the entry of an issue; say whether that could be done, and log why it could not."""
    try:
        with transaction.atomic():
            write_entry(issue)
    except NewsletterError as error:
        log.warning("issue %s cannot be searched yet: %s", issue.pk, error)
        return False
    except Exception as error:
        if is_unavailable(error):
            raise
        log.exception("issue %s cannot be searched yet", issue.pk)
        return False
    return True


def write_missing() -> int:
    """Write the entries of issues on the web that lack theirs; return how many these were.

    A database of an earlier release has none.  One that cannot be written stops no other.
    """
    written = sum(map(try_to_write, without_entry()))
    if written:
        log.info("%s issues on the web can be searched now", written)
    return written


def without_entry() -> QuerySet[Issue]:
    """Return the issues on the web whose entry is missing, or is that of another revision."""
    lacks = Q(web_entry=None) | ~Q(web_entry__revision=Coalesce(F("live_revision"), 0))
    live = Issue.objects.filter(live=True).select_related("publication", "live_revision")
    return live.filter(lacks)


def published_issues(publication: Publication) -> QuerySet[Issue]:
    """Return the issues that are on the web, newest first, each with its `shown_on`."""
    put_there = TruncDate("first_published_at", tzinfo=zone_or_utc(publication.time_zone))
    day = Coalesce("web_entry__date", "issued_on", put_there)
    newest_first = ("-web_entry__volume", "-web_entry__number", "-pk")
    live: QuerySet[Issue] = publication.issues.filter(live=True).annotate(shown_on=day)
    return live.order_by(day.desc(nulls_last=True), *newest_first)


def search(issues: QuerySet[Issue], asked: str) -> QuerySet[Issue]:
    """Return those of the issues that have every word that is asked for."""
    for term in terms_of(asked):
        issues = issues.filter(web_entry__words__contains=term)
    return issues


def terms_of(asked: str) -> list[str]:
    """Return the words of a search; NFKC has made spaces of the wide ones of Japanese."""
    return searchable(asked[:MAX_LENGTH]).split()[:MAX_TERMS]


def find_in(entry: WebEntry, terms: Sequence[str]) -> Found | None:
    """Return where the first of the words stands in an issue; None where none does."""
    words, text = entry.words, entry.text
    if len(text) != len(words):
        text = words  # a letter became two, as ß does: the places are not the same
    places = [(words.find(term), term) for term in terms]
    start, term = min((each for each in places if each[0] >= 0), default=(-1, ""))
    if start < 0:
        return None
    end = start + len(term)
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    if start > AROUND:
        # Japanese has no spaces to cut at.
        before = before[before.find(" ", 0, BORDER) + 1 :]
    if end + AROUND < len(text) and (border := after.rfind(" ", AROUND - BORDER)) > 0:
        after = after[:border]
    return Found(before=before, hit=text[start:end], after=after)


def count_by_year(publication: Publication) -> list[tuple[int, int]]:
    """Return each year with issues, the newest first, and how many it has."""
    # Not in the database: SQLite would call Python for each issue, too.
    days = published_issues(publication).order_by().values_list("shown_on", flat=True)
    return sorted(Counter(day.year for day in days if day).items(), reverse=True)


def count_by_volume(publication: Publication) -> list[tuple[int, int]]:
    """Return each volume with issues, the newest first, and how many it has."""
    live = publication.issues.filter(live=True, web_entry__volume__gt=0)
    counted = live.values("web_entry__volume").annotate(Count("pk")).order_by("-web_entry__volume")
    return [(row["web_entry__volume"], row["pk__count"]) for row in counted]


def in_year(issues: QuerySet[Issue], year: int) -> QuerySet[Issue]:
    """Return those of the issues whose day is in a year."""
    return issues.filter(shown_on__gte=dt.date(year, 1, 1), shown_on__lte=dt.date(year, 12, 31))


def find_neighbours(issue: Issue) -> tuple[Issue | None, Issue | None]:
    """Return the issues on the web before and after this one."""
    order = list(published_issues(issue.publication).values_list("pk", flat=True))
    place = order.index(issue.pk) if issue.pk in order else None
    if place is None:
        return None, None
    around = order[max(place - 1, 0) : place + 2]
    beside = Issue.objects.select_related("publication").defer("body", "metadata").in_bulk(around)
    older = beside.get(order[place + 1]) if place + 1 < len(order) else None
    return older, beside.get(order[place - 1]) if place else None
