"""Hold the sends of a restored database, by the evidence that there is outside of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db.models import Q

from newsletter.backup.manifest import Manifest
from newsletter.conf.config import Config
from newsletter.sending.models import DatabaseIdentity
from newsletter.sending.restores import identity, suspensions
from newsletter.sending.restores.identity import ROW, Place
from newsletter.tracking import restore_watch


def hold_restored(config: Config, manifest: Manifest) -> DatabaseIdentity | None:
    """Compare a restored database with all evidence; return why nothing is sent, if so.

    It is the check that every program makes when it starts: where the database is, what the
    submission log of this machine has, what the provider has accepted since the backup.
    """
    note_backup(manifest.made_at, manifest.database.place)
    restore_watch.check_at_start(config)
    return suspensions.get_suspension()


def note_backup(made_at: dt.datetime, place: Mapping[str, str]) -> None:
    """Have the database say of which time it is, and where it was, before it is looked at."""
    rows = DatabaseIdentity.objects.filter(pk=ROW)
    rows.filter(Q(known_until=None) | Q(known_until__gt=made_at)).update(known_until=made_at)
    if place and rows.filter(place="").exists():
        identity.remember(Place(**place))
