"""The last result of a service's own check: the desk shows it, and asks nothing for it.

It is a file beside the database, of this machine: so it can be written when the database cannot.
What `newsletter doctor` finds in somebody's shell is not kept, for a shell may have other settings
than the service.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from newsletter.conf.config import Config
from newsletter.doctor.checks import examine
from newsletter.doctor.results import Result, Status
from newsletter.doctor.surroundings import Surroundings, known_senders

log = logging.getLogger(__name__)

FILE_NAME = "system-check.json"
#: One at a time in this process.
_RUNNING = threading.Lock()


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """What was found, and when."""

    at: dt.datetime
    results: Sequence[Result]

    @property
    def grave(self) -> list[Result]:
        """What is wrong."""
        return [each for each in self.results if each.status is Status.WRONG]


def kept_file(config: Config) -> Path:
    """Return where the result of this machine is kept."""
    return config.data / FILE_NAME


def read_kept(config: Config) -> Kept | None:
    """Return the last result; None if there is none that can be read."""
    try:
        found = json.loads(kept_file(config).read_text(encoding="utf-8"))
        return Kept(
            at=dt.datetime.fromisoformat(found["at"]),
            results=[Result.of(each) for each in found["results"]],
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def examine_and_keep(config: Config) -> Kept:
    """Check everything, and keep what was found; who comes in between waits for the same check."""
    asked_at = dt.datetime.now(dt.UTC)
    with _RUNNING:
        known = read_kept(config)
        if known is not None and asked_at <= known.at <= dt.datetime.now(dt.UTC):
            return known
        results = examine(Surroundings(config=config, senders=known_senders()))
        kept = Kept(at=dt.datetime.now(dt.UTC), results=results)
        write_kept(config, kept)
    return kept


def write_kept(config: Config, kept: Kept) -> None:
    """Write a result as a whole; without room on the disk the last one stays."""
    path = kept_file(config)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    told = {
        "at": kept.at.isoformat(),
        "results": [each.as_data() for each in kept.results],
    }
    try:
        draft.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        log.warning("the result of the system check is not kept: %s", error.strerror)
