"""What is known of links: somebody asked them, and every check counts what they answered.

The composer asks in the background, `newsletter issue check --links` while one waits.  Approving
and queueing ask nobody: they take what is known, so a link that is known to be broken stops an
issue wherever that is done.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from django.db import OperationalError, connection
from django.utils import timezone

from newsletter.publishing.link_answers import LinkAnswer
from newsletter.rendering.preflight.addresses import Answer, Web
from newsletter.rendering.preflight.links import ONE

#: How long an answer counts, and after what time the composer asks again.
KEPT = dt.timedelta(days=1)
FRESH = dt.timedelta(minutes=30)
#: How many addresses are asked at the same time.
AT_ONCE = 4

log = logging.getLogger(__name__)

_looking = threading.Lock()


@dataclass(frozen=True, slots=True)
class KnownAnswer:
    """An answer, and when it came."""

    answer: Answer
    asked_at: dt.datetime


@dataclass(frozen=True, slots=True)
class KnownWeb(Web):
    """Answers with what is known of an address; what is not is assumed to be there.

    `unknown` are the addresses to ask: never asked, or not since `FRESH`.
    """

    answers: Mapping[str, KnownAnswer] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)

    def ask(self, address: str, *, seconds: float) -> Answer:  # noqa: ARG002 (as of any web)
        """Return the answer that is known."""
        known = self.answers.get(hash_address(address))
        if known is None or known.asked_at < timezone.now() - FRESH:
            self.unknown.append(address)
        return known.answer if known else Answer(status=200)


@dataclass(frozen=True, slots=True)
class RememberingWeb(Web):
    """Asks the network, and remembers the answers."""

    answers: dict[str, Answer] = field(default_factory=dict)

    def ask(self, address: str, *, seconds: float) -> Answer:
        """Return what an address answers."""
        # Not `super()`: a class with slots is made twice, and the first one has no instances.
        answer = Web.ask(self, address, seconds=seconds)
        self.answers[address] = answer
        return answer


def read_known_web() -> KnownWeb:
    """Return what is known of all addresses: those that were asked within `KEPT`."""
    rows = LinkAnswer.objects.filter(asked_at__gte=timezone.now() - KEPT)
    return KnownWeb(
        answers={
            row.address_hash: KnownAnswer(
                Answer(
                    status=row.status,
                    size=row.size,
                    problem=row.problem,
                    private=row.private,
                    unknown=row.unknown,
                ),
                row.asked_at,
            )
            for row in rows
        }
    )


def keep_answers(answers: Mapping[str, Answer]) -> None:
    """Keep what addresses answered, and forget what does not count any more."""
    now = timezone.now()
    LinkAnswer.objects.filter(asked_at__lt=now - KEPT).delete()
    if not answers:
        return
    rows = [
        LinkAnswer(
            address_hash=hash_address(address),
            asked_at=now,
            status=answer.status,
            size=answer.size,
            problem=answer.problem,
            private=answer.private,
            unknown=answer.unknown,
        )
        for address, answer in sorted(answers.items())
    ]
    LinkAnswer.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["address_hash"],
        update_fields=["asked_at", "status", "size", "problem", "private", "unknown"],
    )


def hash_address(address: str) -> str:
    """Return under what the answer of an address is kept."""
    return hashlib.sha256(address.encode()).hexdigest()


def look_up_later(addresses: Sequence[str]) -> bool:
    """Ask addresses in the background; False while others are asked."""
    if not _looking.acquire(blocking=False):
        return False

    def look() -> None:
        try:
            look_up(addresses, Web())
        except OperationalError as error:
            # The page asks again, and then they are looked at again.
            log.warning("what links answered could not be kept: %s", error)
        finally:
            connection.close()
            _looking.release()

    threading.Thread(target=look, name="links", daemon=True).start()
    return True


def look_up(addresses: Sequence[str], web: Web) -> None:
    """Ask addresses whether they are there, and keep the answers."""
    if not addresses:
        return
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="links") as pool:
        answers = list(pool.map(lambda address: web.ask(address, seconds=ONE), addresses))
    keep_answers(dict(zip(addresses, answers, strict=True)))
