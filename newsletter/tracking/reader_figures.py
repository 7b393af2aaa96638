"""The opens and clicks of a send in figures, as the provider counted them.

An open that is counted is no mail that was read: machines load pictures, and many people none.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Sum

from newsletter.sending.models import Send
from newsletter.tracking.models import CountedClicks, CountedLink, CountedOpens, CountedSum

#: This many links are named.
MAX_LINKS = 10


@dataclass(frozen=True, slots=True)
class LinkFigures:
    """How many people followed a link, and how often, as counted."""

    url: str
    people: int
    clicks: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ReaderFigures:
    """How many people opened a send and followed a link, as counted; None where it is not counted.

    `only_machines` of the opened were opened by machines alone, as far as the provider knows.
    """

    opened: int | None = None
    only_machines: int = 0
    clicked: int | None = None
    links: tuple[LinkFigures, ...] = ()

    @property
    def is_counted(self) -> bool:
        """Whether anything is counted."""
        return self.opened is not None or self.clicked is not None


def read_reader_figures(send: Send) -> ReaderFigures:
    """Return the figures of a send: from its sums where it has them, else from its rows."""
    if not (send.count_opens or send.count_clicks):
        return ReaderFigures()
    summed = CountedSum.objects.filter(send=send).first()
    sums = summed or sum_up(send)
    links = list_summed(send) if summed else count_links(send)
    return ReaderFigures(
        opened=sums.opened if send.count_opens else None,
        only_machines=sums.only_machines if send.count_opens else 0,
        clicked=sums.clicked if send.count_clicks else None,
        links=tuple(LinkFigures(*row) for row in links[:MAX_LINKS]),
    )


def sum_up(send: Send) -> CountedSum:
    """Return the sums of a send from its rows; nothing is written."""
    # From an index alone, for half a million.
    groups = CountedOpens.objects.filter(send=send).values("only_machines")
    opens = dict(groups.annotate(people=Count("*")).values_list("only_machines", "people"))
    followed = CountedClicks.objects.filter(link__send=send)
    return CountedSum(
        send=send,
        opened=sum(opens.values()),
        only_machines=opens.get(True, 0),
        clicked=followed.aggregate(people=Count("delivery", distinct=True))["people"],
    )


def count_links(send: Send) -> list[tuple[str, int, int]]:
    """Return each link that was followed, the people, and the clicks; most people first."""
    rows = CountedLink.objects.filter(send=send)
    counted = rows.annotate(by=Count("followed"), times=Sum("followed__count")).filter(by__gt=0)
    return list(counted.order_by("-by", "url").values_list("url", "by", "times"))


def list_summed(send: Send) -> list[tuple[str, int, int]]:
    """Return the same from the sums."""
    rows = CountedLink.objects.filter(send=send, people__gt=0).order_by("-people", "url")
    return list(rows.values_list("url", "people", "clicks"))
