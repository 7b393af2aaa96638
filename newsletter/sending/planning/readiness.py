"""Whether an issue may go out: preflight finds no error, except accepted ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from newsletter.errors import InvalidTransition, NotReady
from newsletter.phrases import counted_phrase, phrase
from newsletter.places import put_at
from newsletter.publishing.checks.checking import Report, check_issue
from newsletter.publishing.checks.known_links import (
    RememberingWeb,
    keep_answers,
    read_known_web,
)
from newsletter.publishing.messages import unsubscribe_headers
from newsletter.publishing.models import Issue
from newsletter.rendering.preflight.addresses import Web
from newsletter.sending.models import Send
from newsletter.sending.reporting.totals import count_reached

#: How many findings an error message names; the others are only counted.
MAX_NAMED = 3


def check_draft(
    issue: Issue,
    *,
    day: dt.date | None = None,
    links: bool = False,
    web: Web | None = None,
    as_read: bool = False,
) -> Report:
    """Return what preflight finds in the latest draft as it would be sent on a day.

    With `links` the network is asked whether they are there, and the answers are kept; or `web`
    is asked in its place. `as_read` takes the issue as a page has read it just now.

    Not to be called inside a transaction: it may take seconds.
    """
    headers = unsubscribe_headers("")
    asked = RememberingWeb()
    sends = list(issue.sends.all())
    report = check_issue(
        issue,
        headers=headers,
        slot=day,
        is_queued=any(send.state == Send.State.QUEUED for send in sends),
        is_called_off=is_called_off(sends),
        links=links,
        web=web or asked,
        as_read=as_read,
    )
    if asked.answers:
        keep_answers(asked.answers)
    return report


def is_called_off(sends: Sequence[Send]) -> bool:
    """Say whether all sends of an issue were cancelled, and nobody was mailed.

    The issue may be on the web all the same: it was put there when the first of them began.
    """
    cancelled = all(send.state == Send.State.CANCELLED for send in sends)
    return bool(sends) and cancelled and not any(count_reached(send) for send in sends)


def require_ready(issue: Issue, *, day: dt.date | None = None) -> Report:
    """Return the same, or raise `NotReady` with what stops the issue.

    Of links counts what is known: nobody waits here for the network.
    """
    report = check_draft(issue, day=day, links=True, web=read_known_web())
    if report.errors:
        raise NotReady(in_words(report), hint=fix_hint(report))
    return report


def in_words(report: Report) -> str:
    """Say what stops an issue, and where."""
    found = [each.finding for each in report.errors]
    named = [put_at(each.where, each.message) for each in found]
    # Findings have commas of their own.
    first, *others = named[:MAX_NAMED]
    listed = first
    for each in others:
        listed = phrase("{listed}; {other}", listed=listed, other=each)
    if rest := named[MAX_NAMED:]:
        listed = phrase("{listed}; and {number} more", listed=listed, number=len(rest))
    return counted_phrase(
        "{title} has {number} error: {listed}",
        "{title} has {number} errors: {listed}",
        len(named),
        title=report.draft.title,
        listed=listed,
    )


def fix_hint(report: Report) -> str:
    """Say which command tells how to fix it."""
    return phrase(
        "See all, and how to fix them: newsletter issue check {ref}", ref=report.draft.ref
    )


def require_unchanged(report: Report) -> None:
    """Raise `InvalidTransition` if the draft was saved again since it was checked."""
    latest = Issue.objects.filter(pk=report.draft.pk).values_list(
        "latest_revision", "latest_revision__created_at"
    )
    seen = report.revision
    if latest.get() != ((seen.pk, seen.created_at) if seen else (None, None)):
        raise InvalidTransition(
            phrase("{title} was changed while it was being checked", title=report.draft.title),
            hint=phrase("Try again: the current draft will be checked."),
        )
