"""The report of a send: every candidate is counted once, and the totals must agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection
from django.db.models import F, Func, IntegerField, QuerySet, Subquery
from django.db.models.functions import Coalesce

from newsletter.errors import InvalidTransition
from newsletter.phrases import phrase
from newsletter.sending.ledger.queries import QUERIES
from newsletter.sending.models import Batch, Delivery, Exclusion, Send
from newsletter.sending.prescheduled import contradictions, leavers
from newsletter.sending.restores import suspensions
from newsletter.sending.restores.backfill import people_beyond_the_ledger

#: In place of a state: people who may have the mail twice.
TWICE = "twice"
#: In place of a state: people who left before their mail went out, too late to cancel it.
LEFT_TOO_LATE = "left-too-late"
#: The reason of people whom a restored database does not have in the send.
BEYOND_THE_LEDGER = phrase("submitted after the backup that the database was restored from")


#: States in which the provider has a mail, or may have it.
REACHED = frozenset(
    {
        "claimed",
        "accepted",
        "unknown",
        "delivered",
        "blocked",
        "bounced",
        "complained",
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Totals:
    """The number of people by state.

    `excluded` is by reason and was fixed when the audience was counted; `deliveries` is by
    state and holds every planned person once.
    """

    candidates: int
    planned: int
    excluded: Mapping[str, int]
    deliveries: Mapping[str, int]

    def check(self) -> None:
        """Raise `InvalidTransition` unless the totals of candidates and planned are right."""
        if self.candidates != self.planned + sum(self.excluded.values()):
            raise InvalidTransition(
                phrase(
                    "{candidates} candidates are not {planned} planned and {excluded} excluded",
                    candidates=self.candidates,
                    planned=self.planned,
                    excluded=sum(self.excluded.values()),
                )
            )
        if self.planned != sum(self.deliveries.values()):
            raise InvalidTransition(
                phrase(
                    "{planned} planned are not {found} found",
                    planned=self.planned,
                    found=sum(self.deliveries.values()),
                )
            )


def count_send(send: Send) -> Totals:
    """Count a send from its rows, not from memory."""
    with connection.cursor() as cursor:
        cursor.execute(QUERIES["count_send"], {"send": send.pk})
        rows = cursor.fetchall()
    people = {
        wanted: {name: int(number) for kind, name, number, _ in rows if kind == wanted}
        for wanted in ("excluded", "standing")
    }
    [(send.candidates, send.planned)] = [row[2:] for row in rows if row[0] == "counted"]
    return Totals(
        candidates=send.candidates,
        planned=send.planned,
        excluded=people["excluded"],
        deliveries=people["standing"],
    )


def count_by_status(send: Send) -> dict[str, int]:
    """Return the number of planned people by state; a million take a tenth of a second."""
    with connection.cursor() as cursor:
        cursor.execute(QUERIES["count_deliveries"], {"send": send.pk})
        return {stands: int(people) for stands, people in cursor.fetchall()}


def count_marked(send: Send) -> tuple[int, int]:
    """Return how many may have the mail twice, and how many left too late, in one statement."""
    twice, too_late = contradictions.reached_twice(send), leavers.left_too_late(send)
    counts: tuple[int, int] = (
        Send.objects.filter(pk=send.pk).values_list(*map(count_inside, (twice, too_late))).get()
    )
    return counts


def count_inside(rows: QuerySet[Delivery]) -> Subquery:
    """Return the number of rows as a value of another statement."""
    return Subquery(rows.order_by().values(people=Func(F("pk"), function="COUNT")), IntegerField())


def list_people(send: Send, state: str = "") -> list[tuple[str, str, str]]:
    """Return (address, state, reason) of everybody who was a candidate, or of one state.

    `TWICE` stands for those who may have the mail twice, `LEFT_TOO_LATE` for those who left
    before it went out and could not be taken out.  Unknown are, after a restore, also people
    whom only the submission log names, and who were excluded for that.
    """
    rows = Delivery.objects.filter(send=send).annotate(
        stands=Coalesce(F("outcome"), F("batch__state"))
    )
    left_out = Exclusion.objects.filter(send=send)
    if state == TWICE:
        rows = rows.filter(pk__in=contradictions.reached_twice(send).values("pk"))
        left_out = left_out.none()
    elif state == LEFT_TOO_LATE:
        rows, left_out = (
            rows.filter(pk__in=leavers.left_too_late(send).values("pk")),
            left_out.none(),
        )
    elif state:
        rows = rows.filter(stands=state)
        if state == Batch.State.UNKNOWN:
            left_out = left_out.filter(reason=Exclusion.Reason.UNKNOWN)
        elif state != "excluded":
            left_out = left_out.none()
    planned = rows.order_by("pk").values_list("address", "stands", "reason")
    excluded = left_out.order_by("pk").values_list("subscriber__email", "reason")
    beyond = people_beyond_the_ledger(send) if state in ("", Batch.State.UNKNOWN) else []
    return [
        *planned,
        *((address, "excluded", reason) for address, reason in excluded),
        *((address, str(Batch.State.UNKNOWN), BEYOND_THE_LEDGER) for address in beyond),
    ]


def count_reached(send: Send) -> int:
    """Return how many people have the mail of a send, or may have it.

    People of a batch that is claimed, but whose attempt has not begun, do not count.  In a restored
    database, the people of its missing attempts count too.
    """
    with connection.cursor() as cursor:
        cursor.execute(QUERIES["count_reached"], {"send": send.pk})
        (known,) = cursor.fetchone()
    return max(int(known), suspensions.people_missing(send.pk))
