"""The figures of sends and issues: the same sums as on the page of the send."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from newsletter.desk.kept_figures import keep_figures
from newsletter.sending.reporting.standings import count_by_send, count_left
from newsletter.tracking.reports import TOLD

#: What each figure is called, in the order of the reports.
WORDS = {
    "planned": _("Planned"),
    "accepted": pgettext_lazy("mail", "Accepted"),
    "delivered": _("Delivered"),
    "bounced": _("Bounced"),
    "blocked": _("Blocked"),
    "dropped": _("Dropped"),
    "complained": _("Reported as spam"),
    "silent": _("No news yet"),
    "unknown": _("Unknown"),
    "refused": _("Refused"),
    "excluded": _("Left since they were counted"),
    "waiting": _("Not submitted yet"),
    "left": _("Left after it"),
}
#: Batches that are not submitted, or in progress.
WAITING = ("planned", "waiting", "claimed")


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """How many people stand where.

    planned = accepted + unknown + refused + excluded + waiting, and
    accepted = delivered + bounced + blocked + dropped + complained + silent.  `left` are some of
    those who have it; they are counted above as well.
    """

    planned: int = 0
    accepted: int = 0
    delivered: int = 0
    bounced: int = 0
    blocked: int = 0
    dropped: int = 0
    complained: int = 0
    silent: int = 0
    unknown: int = 0
    refused: int = 0
    excluded: int = 0
    waiting: int = 0
    left: int = 0


def figures_of(counted: Mapping[str, int], left: int = 0) -> Figures:
    """Return the figures of a send whose people were counted by where they stand."""
    told = {state: counted.get(state, 0) for state in TOLD}
    silent = counted.get("accepted", 0)
    return Figures(
        planned=sum(counted.values()),
        accepted=silent + sum(told.values()),
        silent=silent,
        unknown=counted.get("unknown", 0),
        refused=counted.get("refused", 0),
        excluded=counted.get("excluded", 0),
        waiting=sum(counted.get(state, 0) for state in WAITING),
        left=left,
        **told,
    )


def read_figures(sends: Collection[int]) -> Mapping[int, Figures]:
    """Return the figures of sends, in two statements; kept while they were dear."""

    def count() -> dict[int, Figures]:
        standing, left = count_by_send(sends), count_left(sends)
        return {pk: figures_of(standing.get(pk, Counter()), left.get(pk, 0)) for pk in sends}

    names = sha256(",".join(map(str, sorted(sends))).encode()).hexdigest()
    return keep_figures(f"sends-{names}", count) if sends else {}
