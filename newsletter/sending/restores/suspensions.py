"""If a database is older than what was submitted, it sends nothing until a person has resolved it.

Code that finds an attempt that the ledger does not know reports it here.  Then all sends are held,
and everybody who is planned in a send that has begun counts as unknown: nobody knows who of
them has the mail.  `newsletter.sending.restores.backfill` restores what can be known.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, Now

from newsletter import counted
from newsletter.errors import InvalidTransition
from newsletter.phrases import Phrase, counted_phrase, phrase
from newsletter.publishing.models import Issue
from newsletter.sending.ledger.states import transition
from newsletter.sending.models import (
    Attempt,
    Batch,
    DatabaseIdentity,
    MissingAttempt,
    Send,
)
from newsletter.sending.restores import heartbeats
from newsletter.sending.restores.identity import (
    ROW,
    Whereabouts,
    compare_places,
    current_place,
    remember,
    submission_log,
)
from newsletter.sending.restores.submission_log import Entry, SubmissionLog
from newsletter.sending.safeguards import lost_answers

log = logging.getLogger(__name__)

Reason = DatabaseIdentity.Reason
Source = MissingAttempt.Source

#: The owner of a placeholder attempt: "perhaps submitted, and nobody knows".
UNCERTAIN = "the database may be older than what was submitted"
#: An older database lacks the last entries of a log; if it has this many, it has the rest.
LATEST_ENTRIES = 200
#: How a log names an issue.
IDENTITY = re.compile(r"[0-9a-f]{32}")
#: Keys looked up in one statement.
CHUNK = 500
#: The clock of a machine and that of its database may differ by so much.
CLOCKS_DIFFER = dt.timedelta(minutes=1)
#: Sends that ended this long before the last heartbeat are not affected.
ENDED_BEFORE = dt.timedelta(minutes=10)

RESOLVE = phrase("See what is known, and bring it back: newsletter send resolve")
RESOLVE_BEHIND = phrase(
    "It does not know who left since either: newsletter subscriber unsubscribe ADDRESS, for each."
    " Then bring back what is known: newsletter send resolve"
)
WORDS = {
    Reason.BEHIND: phrase("This database is older than what was submitted."),
    Reason.UNCONFIRMED: phrase(
        "Nothing was written into this database for a while, and nothing says whether it is older"
        " than what was submitted."
    ),
    Reason.MOVED: phrase("This database was moved or copied."),
}
HINTS = {
    Reason.BEHIND: RESOLVE_BEHIND,
    Reason.UNCONFIRMED: RESOLVE,
    Reason.MOVED: phrase(
        "A copy must not send. If you moved it and the old one is off for good: newsletter move"
        " --confirm"
    ),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Missing:
    """Attempts of one send that the ledger does not know."""

    send: int
    title: str
    attempts: int
    people: int
    restored: int  #: how many of them are written into the ledger by now
    since: dt.datetime | None
    until: dt.datetime | None


# What is known


def get_suspension() -> DatabaseIdentity | None:
    """Return why nothing is sent; None while all is well."""
    return DatabaseIdentity.objects.filter(pk=ROW, suspended_at__isnull=False).first()


def suspended_identities() -> QuerySet[DatabaseIdentity]:
    """Return the row that says that nothing is sent: for the conditions of statements."""
    return DatabaseIdentity.objects.filter(suspended_at__isnull=False)


def require_not_suspended() -> None:
    """Raise `InvalidTransition` while nothing is sent."""
    if found := get_suspension():
        reason = Reason(found.suspended_for)
        raise InvalidTransition(
            phrase("{reason} All sends are held.", reason=WORDS[reason]), hint=HINTS[reason]
        )


def is_at_stake() -> bool:
    """Return whether a send has begun and not ended, or is due."""
    unsent = (Batch.State.PLANNED, Batch.State.WAITING, Batch.State.CLAIMED)
    begun = Q(batches__state__in=unsent, started_at__isnull=False) & ~Q(state=Send.State.CANCELLED)
    counting = Q(state=Send.State.PLANNING)
    due = Q(state=Send.State.QUEUED, at__lte=Now())
    return Send.objects.filter(begun | counting | due).exists()


def open_attempts() -> QuerySet[MissingAttempt]:
    """Return the missing attempts that are not resolved."""
    return MissingAttempt.objects.filter(state=MissingAttempt.State.OPEN)


def group_missing_attempts() -> list[Missing]:
    """Return the attempts found missing since all sends were held, by send."""
    found = get_suspension()
    # They are found shortly before everything is held because of them, by another clock.
    since_then = Q(pk=None)
    if found and found.suspended_at:
        since_then = Q(found_at__gte=found.suspended_at - CLOCKS_DIFFER)
    rows = MissingAttempt.objects.filter(since_then | Q(state=MissingAttempt.State.OPEN))
    counted = (
        rows.order_by()
        .values("send")
        .annotate(
            title=Max("title"),
            attempts=Count("pk"),
            people=Sum("size"),
            restored=Count("pk", filter=~Q(state=MissingAttempt.State.OPEN)),
            since=Min("submitted_at"),
            until=Max("submitted_at"),
        )
    )
    return [Missing(**row) for row in counted.order_by("send")]


def people_missing(send: int) -> int:
    """Return for how many people attempts of a send are still missing in the ledger."""
    rows = open_attempts().filter(send=send)
    return rows.aggregate(people=Sum("size"))["people"] or 0


# The submission log against the ledger


def unknown_entries(journal: SubmissionLog) -> list[Entry]:
    """Return the entries of a submission log whose attempts the ledger does not know."""
    latest = journal.latest(LATEST_ENTRIES)
    if not not_in_ledger(latest):
        return []
    return not_in_ledger(journal.entries())


def not_in_ledger(entries: Sequence[Entry]) -> list[Entry]:
    """Return the entries whose attempts the ledger does not have as submitted."""
    known = known_keys([entry.attempt for entry in entries])
    return [entry for entry in entries if entry.attempt not in known]


def known_keys(keys: Sequence[str]) -> set[str]:
    """Return the keys of attempts that the ledger has as submitted, or that are resolved.

    One that never got further than `reserved` was not, as far as the ledger knows.
    """
    never = Q(posted_at=None, state__in=(Attempt.State.RESERVED, Attempt.State.NOT_SENT))
    found: set[str] = set()
    for start in range(0, len(keys), CHUNK):
        some = keys[start : start + CHUNK]
        attempts = Attempt.objects.filter(key__in=some).exclude(never)
        found.update(attempts.values_list("key", flat=True))
        resolved = MissingAttempt.objects.filter(key__in=some).exclude(
            state=MissingAttempt.State.OPEN
        )
        found.update(resolved.values_list("key", flat=True))
    return found


def entries_under_other_names() -> list[Entry]:
    """Return what this machine submitted of issues of this database under another identity.

    A backup from before databases had one gets a new one, and so another log.
    """
    mine = submission_log().path
    others = [path for path in mine.parent.glob("*.log") if path != mine]
    found = [each for path in others for each in SubmissionLog(path.parent, path.stem).entries()]
    keys = {entry.issue for entry in found if IDENTITY.fullmatch(entry.issue)}
    rows = Issue.objects.filter(translation_key__in=keys).values_list("translation_key", flat=True)
    ours = {key.hex for key in rows}
    return not_in_ledger([entry for entry in found if entry.issue in ours])


def from_entry(entry: Entry) -> MissingAttempt:
    """Return an entry of a submission log as a missing attempt."""
    return MissingAttempt(
        key=entry.attempt,
        source=Source.SUBMISSION_LOG,
        send=entry.send,
        batch=entry.batch,
        submitted_at=dt.datetime.fromtimestamp(entry.at, dt.UTC),
        size=entry.size,
        people=entry.people,
        issue_key=entry.issue,
        publication=entry.publication,
        volume=entry.volume,
        issue_number=entry.issue_number,
        title=entry.title[:255],
    )


def check_log() -> None:
    """Report what this machine submitted and the ledger lacks: before a person looks or acts."""
    if entries := unknown_entries(submission_log()):
        report_missing(map(from_entry, entries))


def describe_suspension(
    found: DatabaseIdentity, format_time: Callable[[dt.datetime], str]
) -> list[str]:
    """Say why nothing is sent, what is missing, and what to do; `format_time` formats a time."""
    reason = Reason(found.suspended_for)
    said = [phrase("All sends are held. {reason}", reason=WORDS[reason])]
    said += [describe_missing(each, format_time) for each in group_missing_attempts()]
    return [*said, HINTS[reason]]


def describe_missing(missing: Missing, format_time: Callable[[dt.datetime], str]) -> Phrase:
    """Say how many attempts of a send the database lacks, and for how many people."""
    said: Phrase = counted_phrase(
        "Send {send}: {number} attempt is not in the database, for {people}",
        "Send {send}: {number} attempts are not in the database, for {people}",
        missing.attempts,
        send=f"{missing.send} ({missing.title})" if missing.title else missing.send,
        people=counted.people_phrase(missing.people),
    )
    if missing.since:
        since = format_time(missing.since)
        said = phrase("{said}, submitted since {time}", said=said, time=since)
    if missing.restored:
        number = f"{missing.restored:,}"
        said = phrase("{said}; {number} of them are written back", said=said, number=number)
    return phrase("{said}.", said=said)


def lost_issues() -> list[str]:
    """Return the numbers and titles of the issues that open attempts are about, in order."""
    rows = open_attempts().exclude(volume=0, issue_number=0).order_by("volume", "issue_number")
    named = rows.values_list("volume", "issue_number", "title").distinct()
    return [f"{volume}.{number} ({title})" for volume, number, title in named]


def count_attempts(attempts: int) -> str:
    """Return how many attempts there are, with the verb: `1 attempt is`, `2 attempts are`."""
    return "1 attempt is" if attempts == 1 else f"{attempts:,} attempts are"


# Holding everything


@transaction.atomic
def report_missing(found: Iterable[MissingAttempt]) -> int:
    """Keep attempts that the ledger does not know, and hold all sends; return how many are new.

    What a submission log says about an attempt and its people replaces what an event said.
    """
    rows = {row.key: row for row in found}
    if not rows:
        return 0
    known = set(MissingAttempt.objects.filter(key__in=rows).values_list("key", flat=True))
    fresh = [row for key, row in rows.items() if key not in known]
    MissingAttempt.objects.bulk_create(fresh, ignore_conflicts=True)
    for row in rows.values():
        if row.key in known and row.source == Source.SUBMISSION_LOG:
            fill_in(row)
    if fresh or open_attempts().exists():
        suspend_sending(Reason.BEHIND)
    if fresh:
        log.error(
            "%s %s not in it, for %s people. %s",
            *(
                WORDS[Reason.BEHIND],
                count_attempts(len(fresh)),
                sum(row.size for row in fresh),
                RESOLVE_BEHIND,
            ),
        )
    return len(fresh)


def fill_in(row: MissingAttempt) -> None:
    """Complete what an event or a log entry said of an attempt that a submission log has."""
    columns = (
        *("source", "send", "batch", "submitted_at", "size", "people", "delivery"),
        *("issue_key", "publication", "volume", "issue_number", "title"),
    )
    rows = MissingAttempt.objects.filter(key=row.key, state=MissingAttempt.State.OPEN)
    rows.update(**{name: getattr(row, name) for name in columns})


@transaction.atomic
def suspend_sending(reason: Reason) -> bool:
    """Suspend all sending, and hold every send; False if it was suspended already.

    A database that is known to be older keeps that reason, whatever else is found.
    """
    rows = DatabaseIdentity.objects.filter(pk=ROW).exclude(suspended_for=reason)
    if reason != Reason.BEHIND:
        rows = rows.filter(suspended_at=None)
    began = DatabaseIdentity.objects.select_for_update().get(pk=ROW)
    changed = bool(rows.update(suspended_at=began.suspended_at or Now(), suspended_for=reason))
    if changed and began.suspended_at is None:
        rows = DatabaseIdentity.objects.filter(pk=ROW, known_until=None)
        rows.update(known_until=began.heartbeat_at)
    if changed:
        log.error("Nothing is sent. %s %s", WORDS[reason], HINTS[reason])
    hold_sends(reason)
    if reason != Reason.MOVED:
        mark_planned_unknown()
    return changed


def hold_sends(reason: Reason) -> None:
    """Hold every send in progress; future sends wait until the suspension ends."""
    note = phrase("{what} {hint}", what=WORDS[reason], hint=HINTS[reason])
    going = Send.objects.in_progress().values_list("pk", flat=True)
    for pk in going:
        transition(
            Send,
            pk,
            start=Send.State.SENDING,
            end=Send.State.HELD,
            note=note,
            held_by=Send.AutoPause.RESTORED,
        )
    Send.objects.filter(held_by=Send.AutoPause.RESTORED, state=Send.State.HELD).update(note=note)


def mark_planned_unknown() -> int:
    """Mark everybody as unknown who is planned in a send that has begun; return how many batches.

    Also in one that was cancelled, or has ended: a batch of it may have been planned again.
    """
    row = DatabaseIdentity.objects.get(pk=ROW)
    rows = Batch.objects.filter(
        state__in=(Batch.State.PLANNED, Batch.State.WAITING),
        send__started_at__isnull=False,
    ).exclude(send__state__in=(Send.State.QUEUED, Send.State.PLANNING))
    if row.known_until:
        long_ago = row.known_until - ENDED_BEFORE
        rows = rows.exclude(send__state=Send.State.CANCELLED, send__finished_at__lt=long_ago)
    counted = rows.annotate(people=Count("deliveries", filter=Q(deliveries__outcome=None)))
    people = dict(counted.filter(people__gt=0).values_list("pk", "people"))
    return sum(mark_batch_unknown(batch, people[batch.pk]) for batch in rows.filter(pk__in=people))


@transaction.atomic
def mark_batch_unknown(batch: Batch, people: int) -> bool:
    """Mark one planned batch as unknown; False if its state changed meanwhile."""
    if not transition(Batch, batch.pk, start=batch.state, end=Batch.State.UNKNOWN, not_before=None):
        return False
    mark_uncertain(batch, people)
    return True


def mark_uncertain(batch: Batch, people: int) -> None:
    """Give an unknown batch a placeholder attempt."""
    Attempt.objects.create(
        key=secrets.token_hex(16),
        batch=batch,
        state=Attempt.State.UNKNOWN,
        owner=UNCERTAIN,
        lease_until=Now(),
        size=people,
        answer=phrase(
            "the database may be older than what was submitted: these people may have been mailed"
        ),
    )


def uncertain_attempts() -> QuerySet[Attempt]:
    """Return the placeholder attempts."""
    return Attempt.objects.filter(state=Attempt.State.UNKNOWN, owner=UNCERTAIN)


# Going on


@transaction.atomic
def plan_uncertain() -> int:
    """Plan the batches again that are now known not to be submitted; return how many."""
    rows = uncertain_attempts().select_related("batch__send").order_by("pk")
    for attempt in rows:
        batch = attempt.batch
        waits = batch.send.canary == Send.Canary.FIRST and not batch.canary
        end = Batch.State.WAITING if waits else Batch.State.PLANNED
        if transition(
            Attempt,
            attempt.pk,
            start=Attempt.State.UNKNOWN,
            end=Attempt.State.NOT_SENT,
            answer=phrase("it was not submitted: the submission log does not have it"),
        ):
            transition(Batch, batch.pk, start=Batch.State.UNKNOWN, end=end)
    return len(rows)


@transaction.atomic
def lift_suspension() -> bool:
    """End the suspension, and resume the sends that it held; False if there was none.

    A database in another place stays held until somebody confirms that it was moved; one that was
    moved away stays held for good.
    """
    row = DatabaseIdentity.objects.select_for_update().get(pk=ROW)
    if row.suspended_at is None:
        return False
    if row.moved_to or compare_places(row.place, current_place()) == Whereabouts.ELSEWHERE:
        DatabaseIdentity.objects.filter(pk=ROW).update(suspended_for=Reason.MOVED)
        hold_sends(Reason.MOVED)
        return False
    DatabaseIdentity.objects.filter(pk=ROW).update(
        suspended_at=None, suspended_for="", known_until=None, heartbeat_at=Now()
    )
    heartbeats.copy_to_file()
    resume_sends()
    log.warning("sending goes on: what the database lacked is resolved")
    return True


@transaction.atomic
def confirm_move() -> bool:
    """Accept that the database was moved here, or is used again; False if it is where it was.

    The last heartbeat is kept as `known_until`: the old one may have sent since.  So a send that
    has begun, or is due, goes on only after the provider was asked, by the next process that runs.
    """
    place = current_place()
    row = DatabaseIdentity.objects.select_for_update().get(pk=ROW)
    moved = bool(row.moved_to) or compare_places(row.place, place) == Whereabouts.ELSEWHERE
    remember(place)
    rows = DatabaseIdentity.objects.filter(pk=ROW)
    rows.update(moved_to="", move_finished_at=None)
    if moved or row.suspended_for == Reason.MOVED:
        # What the copy itself wrote since its start says nothing about the old one.
        rows.update(known_until=Coalesce("known_until", "heartbeat_at"))
    if row.suspended_for == Reason.MOVED and is_at_stake():
        rows.update(suspended_for=Reason.UNCONFIRMED)
        hold_sends(Reason.UNCONFIRMED)
    elif row.suspended_for == Reason.MOVED:
        rows.update(suspended_at=None, suspended_for="")
        resume_sends()
    return moved


def resume_sends() -> None:
    """Resume the sends that the suspension held."""
    held = Send.objects.filter(state=Send.State.HELD, held_by=Send.AutoPause.RESTORED)
    newest = lost_answers.newest_attempt()
    for pk in held.values_list("pk", flat=True):
        transition(
            Send,
            pk,
            start=Send.State.HELD,
            end=Send.State.SENDING,
            note="",
            held_by="",
            lost_answers_from=newest,
        )
