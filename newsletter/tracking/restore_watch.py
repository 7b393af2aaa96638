"""Watch for a database that is older than what was submitted, at the start and while sending.

Three witnesses are asked, for none is enough by itself: the submission log of this machine, the
heartbeat in the database, and the provider (its log here, its events in `consequences`).
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
from dataclasses import dataclass

from django.db import DatabaseError, close_old_connections, connection
from django.db.models import F, Q
from django.db.models.functions import Now

from newsletter.config import Config
from newsletter.errors import NewsletterError
from newsletter.sending import identity, restores
from newsletter.sending.identity import ROW, Whereabouts
from newsletter.sending.models import Attempt, Batch, DatabaseIdentity, Send, Submitter
from newsletter.sending.submission_log import Position, SubmissionLog, machine_name
from newsletter.tracking import missing
from newsletter.transports.lookup import SubmittedMail
from newsletter.transports.submitted import open_submitted

log = logging.getLogger(__name__)

Reason = DatabaseIdentity.Reason

#: Seconds between two heartbeats.
HEARTBEAT_SECONDS = 30.0
#: A send that is found begun goes on by itself if the last heartbeat is no older.
LONGEST_GAP = dt.timedelta(minutes=10)
#: A submission log that nobody has seen for so long was given up before the last heartbeat.
GIVEN_UP = dt.timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What the database says of itself, before this process says that it is alive."""

    now: dt.datetime
    row: DatabaseIdentity
    whereabouts: Whereabouts


class RestoreWatch:
    """Examines the database at `start`, then beats in a thread until `stop`."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._last_beat: int | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="restore-watch", daemon=True)

    def start(self) -> None:
        """Examine the database before anything is sent, and go on looking."""
        self._last_beat = examine(self._config)
        self._thread.start()

    def stop(self, timeout: float) -> None:
        """Look no more."""
        self._stopping.set()
        self._thread.join(timeout)

    def _run(self) -> None:
        try:
            while not self._stopping.wait(HEARTBEAT_SECONDS):
                self._beat()
        finally:
            connection.close()

    def _beat(self) -> None:
        close_old_connections()
        try:
            self._last_beat = beat(self._config, self._last_beat)
        except DatabaseError as error:
            log.warning("no heartbeat is written, the database is unavailable: %s", error)
        except Exception:
            log.exception("the watch over the database met an error; it goes on")


def examine(config: Config) -> int:
    """Look whether the database may be older than what was submitted; hold everything if so.

    Returns the number of the heartbeat that it writes.
    """
    found = look()
    check_place(found)
    journal = identity.submission_log()
    position = journal.position()
    vouches = compare(journal, position)
    if not restores.suspension() and is_doubtful(found, position):
        confirm(config, found, vouches=vouches)
    return write_heartbeat()


def beat(config: Config, last: int | None) -> int:
    """Look again while running: at what this machine submitted, and at its own last heartbeat."""
    found = look()
    journal = identity.submission_log()
    compare(journal, journal.position())
    if last and found.row.heartbeats < last and not restores.suspension():
        log.error("the database has lost the last heartbeat of this process")
        confirm(config, found, vouches=False)
    if suspension := restores.suspension():
        stay_suspended(config, Reason(suspension.suspended_for))
    return write_heartbeat()


def look() -> Found:
    """Return what the database says of itself."""
    row = DatabaseIdentity.objects.annotate(now=Now()).get(pk=ROW)
    known = identity.whereabouts(row.place, identity.current_place())
    return Found(now=row.now, row=row, whereabouts=known)


def check_place(found: Found) -> None:
    """Hold everything in a database that lies elsewhere; else remember where it lies."""
    if found.whereabouts == Whereabouts.ELSEWHERE:
        restores.suspend(Reason.MOVED)
    else:
        identity.remember(identity.current_place())


def compare(journal: SubmissionLog, position: Position) -> bool:
    """Report what the submission log has and the ledger lacks; return whether the log vouches.

    It does where it lies in the file it was begun in and is no older than the database knows, and
    the ledger has all of it.
    """
    entries = restores.unknown_entries(journal)
    if entries:
        restores.report(map(restores.from_entry, entries))
    if not position.log:
        return not Attempt.objects.filter(posted_at__isnull=False).exists()
    row, _ = Submitter.objects.get_or_create(log=position.log, defaults={"machine": machine_name()})
    whole = position.in_place and position.count >= row.count
    if whole:
        rows = Submitter.objects.filter(pk=row.pk)
        rows.update(count=position.count, seen_at=Now(), machine=machine_name())
    return whole and not entries


def is_doubtful(found: Found, position: Position) -> bool:
    """Say whether the database may have been put back: nothing wrote into it for a while."""
    if found.whereabouts == Whereabouts.REPLACED or found.row.known_until:
        return True
    known = Submitter.objects.filter(log=position.log).first()
    if position.log and (not position.in_place or (known and position.count < known.count)):
        return True
    beaten = found.row.heartbeat_at
    return beaten is not None and not -LONGEST_GAP <= found.now - beaten <= LONGEST_GAP


def is_at_stake(now: dt.datetime) -> bool:
    """Say whether a send has begun and not ended, or is due."""
    unsent = (Batch.State.PLANNED, Batch.State.WAITING, Batch.State.CLAIMED)
    begun = Q(batches__state__in=unsent, started_at__isnull=False) & ~Q(state=Send.State.CANCELLED)
    counting = Q(state=Send.State.PLANNING)
    due = Q(state=Send.State.QUEUED, at__lte=now)
    return Send.objects.filter(begun | counting | due).exists()


def confirm(config: Config, found: Found, *, vouches: bool) -> None:
    """Ask whatever can be asked; hold everything where nothing answers."""
    since = found.row.known_until or found.row.heartbeat_at or found.now
    confirmed = ask_provider(config, since) is not None or vouches
    if restores.suspension():
        return
    if confirmed:
        DatabaseIdentity.objects.filter(pk=ROW).update(known_until=None)
        identity.submission_log().adopt()
    elif is_at_stake(found.now):
        restores.suspend(Reason.UNCONFIRMED)


def ask_provider(config: Config, since: dt.datetime) -> list[SubmittedMail] | None:
    """Report what the provider has since a moment and the ledger lacks.

    Returns its mails since then, one of each request; None where it cannot tell.
    """
    try:
        source = open_submitted(config)
        if source is None:
            return None
        try:
            return missing.of_submitted(source, since, missing.witness_of(config.sending.transport))
        finally:
            source.close()
    except NewsletterError as error:
        log.warning("the provider cannot be asked what it has: %s", error)
        return None


def stay_suspended(config: Config, reason: Reason) -> None:
    """Keep everything held; let it go where meanwhile something confirms the database."""
    row = identity.identity()
    since = row.known_until or row.suspended_at
    if reason == Reason.UNCONFIRMED and since:
        confirmed = is_complete() or ask_provider(config, since) is not None
        if confirmed and not restores.open_attempts().exists():
            restores.plan_uncertain()
            restores.lift()
            identity.submission_log().adopt()
            return
    restores.suspend(reason)


def is_complete() -> bool:
    """Say whether every submission log that was in use has been compared since all is held."""
    row = identity.identity()
    if row.suspended_at is None:
        return True
    rows = Submitter.objects.all()
    if row.known_until:
        rows = rows.filter(seen_at__gte=row.known_until - GIVEN_UP)
    return rows.exists() and not rows.filter(seen_at__lt=row.suspended_at).exists()


def write_heartbeat() -> int:
    """Say in the database that a process that sends is alive; return its number."""
    rows = DatabaseIdentity.objects.filter(pk=ROW)
    rows.update(heartbeat_at=Now(), heartbeats=F("heartbeats") + 1)
    return rows.values_list("heartbeats", flat=True).get()
