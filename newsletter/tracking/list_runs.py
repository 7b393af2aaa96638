"""The provider's suppression lists, read or given ours because somebody asked for it in the desk.

A run is a row that any process may take and carry out.  Reading and giving can be done any number
of times, so a run whose process was killed is taken again.
"""

from __future__ import annotations

import datetime as dt
import logging

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from newsletter.conf.config import Config
from newsletter.errors import InvalidTransition, NewsletterError
from newsletter.phrases import phrase
from newsletter.tracking import daily_pull, provider_lists
from newsletter.tracking.models import ProviderListRun
from newsletter.transports.factory import provider_of

log = logging.getLogger(__name__)
Action, State = ProviderListRun.Action, ProviderListRun.State

#: After this time without an end, a run is taken by another process.
TAKEN_FOR = dt.timedelta(minutes=15)
#: A run is taken this often at most: what kills its process may be its own work.
MAX_ATTEMPTS = 3
#: Runs that are over, and kept to look at.
KEPT = 20


def has_lists(config: Config) -> bool:
    """Say whether the provider in use has suppression lists."""
    return provider_of(config).open_suppression_lists is not None


def begin_run(config: Config, action: str, *, by: str) -> ProviderListRun:
    """Ask for a run, and return it; where one like it is not over, return that one.

    Raises `InvalidTransition` where the provider has no suppression lists.
    """
    name = config.sending.transport
    if not has_lists(config):
        raise InvalidTransition(
            phrase("the transport {name} has no suppression lists", name=repr(name))
        )
    kind = Action(action)
    with transaction.atomic():
        run, made = ProviderListRun.objects.filter(done_at=None).get_or_create(
            provider=name, action=kind, done_at=None, defaults={"by": by[:150]}
        )
        if made:
            over = ProviderListRun.objects.exclude(done_at=None).order_by("-pk")
            old = list(over.values_list("pk", flat=True)[KEPT:])
            ProviderListRun.objects.filter(pk__in=old).delete()
    return run


def latest(provider: str) -> dict[str, ProviderListRun]:
    """Return the latest run of each action, by its name."""
    rows = ProviderListRun.objects.filter(provider=provider).order_by("pk")
    return {run.action: run for run in rows}


def is_asked(config: Config) -> bool:
    """Say whether a run is not over, be it that a process has it."""
    runs = ProviderListRun.objects.filter(provider=config.sending.transport, done_at=None)
    return runs.exists()


def run_oldest(config: Config, now: dt.datetime) -> bool:
    """Carry out the oldest run that waits; return whether there was one."""
    waiting = ProviderListRun.objects.filter(
        # A later time was written by a clock that was ahead.
        Q(taken_at=None) | Q(taken_at__lte=now - TAKEN_FOR) | Q(taken_at__gt=now + TAKEN_FOR),
        provider=config.sending.transport,
        done_at=None,
    )
    run = waiting.order_by("pk").first()
    if run is None:
        return False
    mine = ProviderListRun.objects.filter(pk=run.pk, attempts=run.attempts, done_at=None)
    if mine.update(taken_at=now, attempts=F("attempts") + 1, state=State.WORKING):
        run.refresh_from_db()
        carry_out(config, run, now)
    return True


def carry_out(config: Config, run: ProviderListRun, now: dt.datetime) -> None:
    """Do what a run asks for, and note the result, or in words why there is none."""
    try:
        if run.attempts > MAX_ATTEMPTS:
            raise InvalidTransition(phrase("its process ended three times before it was done"))
        result = (
            read_lists(config, now) if run.action == Action.PULL else give_addresses(config, now)
        )
    except NewsletterError as error:
        fault = phrase("{what}. {hint}", what=error.message, hint=error.hint)
        end_run(run, state=State.FAILED, fault=fault)
        log.warning("a run of the provider's suppression lists failed: %s", error.sentences)
    else:
        end_run(run, state=State.DONE, result=result)


def end_run(run: ProviderListRun, **columns: object) -> None:
    """End a run; where another process has it by now, only if it is done."""
    mine = ProviderListRun.objects.filter(pk=run.pk, done_at=None)
    if columns["state"] != State.DONE:
        mine = mine.filter(attempts=run.attempts)
    mine.update(done_at=timezone.now(), **columns)


def read_lists(config: Config, now: dt.datetime) -> dict[str, int]:
    """Read what is new on the provider's lists; return how much there was, and what was new."""
    result = daily_pull.pull_now(config, now)
    return {"read": sum(result.read.values()), "new": sum(result.new.values())}


def give_addresses(config: Config, now: dt.datetime) -> dict[str, int]:
    """Give our addresses to the provider; return how many there are, and how many it lacked."""
    result = provider_lists.push(config, until=now)
    return {"suppressed": result.suppressed, "pushed": result.pushed}
