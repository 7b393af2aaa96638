"""Watch for a database that is older than what was submitted, at the start and while sending.

Three sources are compared, because none is enough alone: the submission log of this machine, the
heartbeat in the database, and the provider (its log here, its events in `event_handlers`).
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
from dataclasses import dataclass

from django.db import DatabaseError, close_old_connections, connection
from django.db.models.functions import Now

from newsletter.conf.config import Config
from newsletter.errors import NewsletterError
from newsletter.sending.models import Attempt, DatabaseIdentity, Submitter
from newsletter.sending.restores import heartbeats, identity, suspensions
from newsletter.sending.restores.identity import ROW, Place, Whereabouts
from newsletter.sending.restores.submission_log import Position, SubmissionLog, machine_name
from newsletter.tracking import missing_attempts
from newsletter.transports.email_log import SubmittedMail
from newsletter.transports.factory import open_submitted_mail, provider_of

log = logging.getLogger(__name__)

Reason = DatabaseIdentity.Reason

#: Seconds between two heartbeats.
HEARTBEAT_SECONDS = 30.0
#: A submission log that was not seen for this time was given up before the last heartbeat.
LOG_ABANDONED_AFTER = dt.timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What the database says about itself, before the first heartbeat of this process."""

    now: dt.datetime
    row: DatabaseIdentity
    place: Place
    whereabouts: Whereabouts


class RestoreWatch:
    """Checks the database at `start`, then writes heartbeats in a thread until `stop`."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="restore-watch", daemon=True)

    def start(self) -> None:
        """Check the database before anything is sent, and go on checking."""
        check_at_start(self._config)
        self._wanted = heartbeats.get_process().wanted
        self._thread.start()

    def stop(self, timeout: float) -> None:
        """Stop checking."""
        self._stopping = True
        self._wanted.set()
        self._thread.join(timeout)

    def _run(self) -> None:
        try:
            while not self._stopping:
                self._wanted.wait(HEARTBEAT_SECONDS)
                self._wanted.clear()
                if not self._stopping:
                    self._beat()
        finally:
            connection.close()

    def _beat(self) -> None:
        close_old_connections()
        try:
            check_while_running(self._config)
        except DatabaseError as error:
            log.warning("no heartbeat is written, the database is unavailable: %s", error)
        except Exception:
            log.exception("the watch over the database met an error; it goes on")


def check_at_start(config: Config) -> int:
    """Check whether the database may be older than what was submitted; hold everything if so.

    Returns the number of the heartbeat that it writes.
    """
    found = inspect_database()
    check_place(found)
    journal = identity.submission_log()
    position = journal.position()
    if found.whereabouts == Whereabouts.NEW:
        suspensions.report_missing(
            map(suspensions.from_entry, suspensions.entries_under_other_names())
        )
    vouches = compare_submission_log(journal, position) and journal.is_complete()
    if suspension := suspensions.get_suspension():
        stay_suspended(config, Reason(suspension.suspended_for))
    elif is_doubtful(found, position):
        confirm(config, found, vouches=vouches)
    elif not (position.log or vouches):
        # A machine that joins others, or has lost its log: it has no evidence of its own.
        ask_provider(config, found.row.heartbeat_at or found.now)
    return heartbeats.record_heartbeat(found.row.heartbeats)


def check_while_running(config: Config) -> int:
    """Check again while running: what this machine submitted, and the last heartbeats."""
    found = inspect_database()
    check_place(found)
    journal = identity.submission_log()
    vouches = compare_submission_log(journal, journal.position())
    if suspension := suspensions.get_suspension():
        stay_suspended(config, Reason(suspension.suspended_for))
    elif found.row.heartbeats < heartbeats.get_process().last:
        log.error("the database has lost the last heartbeat of this process: it was set back")
        confirm(config, found, vouches=False)
    elif found.whereabouts == Whereabouts.REPLACED or is_stale(found):
        confirm(config, found, vouches=vouches)
    return heartbeats.record_heartbeat(found.row.heartbeats)


def inspect_database() -> Found:
    """Return what the database says about itself."""
    row = DatabaseIdentity.objects.annotate(now=Now()).get(pk=ROW)
    place = identity.current_place()
    known = identity.compare_places(row.place, place)
    return Found(now=row.now, row=row, place=place, whereabouts=known)


def check_place(found: Found) -> None:
    """Hold everything in a database that is in another place; else remember its place."""
    if found.whereabouts == Whereabouts.ELSEWHERE:
        suspensions.suspend_sending(Reason.MOVED)
    else:
        identity.remember(found.place)


def compare_submission_log(journal: SubmissionLog, position: Position) -> bool:
    """Report what the submission log has and the ledger lacks; return whether the log is proof.

    It is proof if it is the file in which it was begun, is no older than the database knows, and
    the ledger has all of it.  A log that this machine knew and the database does not know may
    have entries that this one lacks.
    """
    entries = suspensions.unknown_entries(journal)
    if entries:
        suspensions.report_missing(map(suspensions.from_entry, entries))
    forgotten = heartbeats.forgotten_logs() - {position.log}
    if not position.log:
        untouched = not Attempt.objects.filter(posted_at__isnull=False).exists()
        return untouched and position.complete and not forgotten
    row, _ = Submitter.objects.get_or_create(log=position.log, defaults={"machine": machine_name()})
    whole = position.in_place and position.complete and position.count >= row.count
    if whole:
        rows = Submitter.objects.filter(pk=row.pk)
        rows.update(count=position.count, seen_at=Now(), machine=machine_name())
    return whole and not entries and not forgotten


def is_doubtful(found: Found, position: Position) -> bool:
    """Return whether the database may have been restored: nothing wrote into it for a while.

    Or something did, and is lost.
    """
    if found.whereabouts == Whereabouts.REPLACED or found.row.known_until:
        return True
    if found.row.heartbeats < heartbeats.read_file().number or heartbeats.forgotten_logs():
        return True
    known = Submitter.objects.filter(log=position.log).first()
    sound = position.in_place and position.complete
    if position.log and (not sound or (known and position.count < known.count)):
        return True
    return is_stale(found)


def is_stale(found: Found) -> bool:
    """Return whether the last heartbeat is too old, or in the future."""
    beaten, gap = found.row.heartbeat_at, heartbeats.MAX_GAP
    return beaten is not None and not -gap <= found.now - beaten <= gap


def confirm(config: Config, found: Found, *, vouches: bool) -> None:
    """Query all available sources; hold everything if none answers."""
    since = found.row.known_until or found.row.heartbeat_at or found.now
    confirmed = ask_provider(config, since) is not None or vouches
    if suspensions.get_suspension():
        return
    if confirmed:
        DatabaseIdentity.objects.filter(pk=ROW).update(known_until=None)
        identity.submission_log().adopt()
    elif suspensions.is_at_stake():
        suspensions.suspend_sending(Reason.UNCONFIRMED)


def ask_provider(config: Config, since: dt.datetime) -> list[SubmittedMail] | None:
    """Report what the provider has since a time and the ledger lacks.

    Returns its mails since then, one of each request; None if it does not know.
    """
    try:
        source = open_submitted_mail(config)
        if source is None:
            return None
        try:
            return missing_attempts.report_submitted_since(
                source, since, missing_attempts.source_for(provider_of(config))
            )
        finally:
            source.close()
    except NewsletterError as error:
        log.warning("the provider cannot be asked what it has: %s", error)
        return None


def stay_suspended(config: Config, reason: Reason) -> None:
    """Keep everything held; release it if something has confirmed the database meanwhile."""
    row = identity.get_identity()
    since = row.known_until or row.suspended_at
    if reason == Reason.UNCONFIRMED and since:
        confirmed = ask_provider(config, since) is not None or is_complete()
        if confirmed and not suspensions.open_attempts().exists():
            suspensions.plan_uncertain()
            suspensions.lift_suspension()
            identity.submission_log().adopt()
            return
    suspensions.suspend_sending(reason)


def is_complete() -> bool:
    """Return whether every submission log in use has been compared since sending was suspended."""
    row = identity.get_identity()
    if row.suspended_at is None:
        return True
    if heartbeats.forgotten_logs():
        return False
    rows = Submitter.objects.all()
    if row.known_until:
        rows = rows.filter(seen_at__gte=row.known_until - LOG_ABANDONED_AFTER)
    return rows.exists() and not rows.filter(seen_at__lt=row.suspended_at).exists()
