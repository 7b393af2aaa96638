"""What there is to measure, each read from the tables in few statements.

A send with a million people is counted from an index, batch by batch; sends that ended more than a
day ago are not counted again.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator, Mapping
from importlib.metadata import version as release_of
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.utils import timezone
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from newsletter.monitoring.alarms.rows import list_open
from newsletter.runtime.sender_state import SenderState, known
from newsletter.scheduling.models import ClockReading, Slot
from newsletter.sending.ledger.job_queue import is_used
from newsletter.sending.models import Attempt, Batch, DatabaseIdentity, Send
from newsletter.sending.reporting.jobs import Counts, read_overview, table_exists
from newsletter.sending.reporting.totals import count_by_status
from newsletter.tracking.models import DailyEventCount, Post, UnparsedEvent
from subscribers.bulk.models import BUSY, BulkRun
from subscribers.importing.models import WORKING, ImportRun
from subscribers.importing.unfinished import count_added
from subscribers.models import ListCount

#: A send that ended is counted for this time, so that its end is seen.
RECENT = dt.timedelta(days=1)
#: Over this time answers are timed, and over this many at most.
TIMED = dt.timedelta(minutes=5)
MAX_TIMED = 1000
#: States in which a send can still change.
OPEN = (
    Send.State.QUEUED,
    Send.State.PLANNING,
    Send.State.SENDING,
    Send.State.PAUSED,
    Send.State.HELD,
    Send.State.UNRESOLVED,
)
#: States in which a batch still has something to do.
UNFINISHED = (
    Batch.State.WAITING,
    Batch.State.PLANNED,
    Batch.State.CLAIMED,
    Batch.State.UNKNOWN,
)
#: Shares of the answers that came within the time that is told.
QUANTILES = (0.5, 0.95, 1.0)


def gauge(name: str, words: str, labels: tuple[str, ...] = ()) -> GaugeMetricFamily:
    """Return a metric that goes up and down."""
    return GaugeMetricFamily(f"fortnight_{name}", words, labels=labels)


def single(name: str, words: str, value: float) -> Metric:
    """Return a metric with one value."""
    metric = gauge(name, words)
    metric.add_metric([], value)
    return metric


def by_state(name: str, words: str, states: Any, counts: Mapping[str, int]) -> Metric:
    """Return a metric with one value for each state, also where nothing is in it."""
    metric = gauge(name, words, ("state",))
    for state in states:
        metric.add_metric([str(state)], counts.get(str(state), 0))
    return metric


def count_states(rows: QuerySet[Any]) -> dict[str, int]:
    """Return how many rows are in each state."""
    return dict(rows.order_by("state").values_list("state").annotate(number=Count("pk")))


def seconds_since_epoch(at: dt.datetime | None) -> float:
    """Return a time as Prometheus writes it; 0 for none."""
    return at.timestamp() if at else 0.0


def of_program() -> Iterator[Metric]:
    """Yield which release it is, and whether anything may be sent."""
    version = gauge("info", "The release that runs.", ("version",))
    version.add_metric([release_of("fortnight")], 1)
    yield version
    row = DatabaseIdentity.objects.first()
    yield single(
        "sending_suspended",
        "1 while nothing is sent, as the database may be older than what was submitted.",
        bool(row and row.suspended_at),
    )
    yield single(
        "heartbeat_timestamp_seconds",
        "When a process that sends last wrote into the database.",
        seconds_since_epoch(row.heartbeat_at if row else None),
    )
    clock = ClockReading.objects.aggregate(last=Max("at"))["last"]
    yield single(
        "clock_timestamp_seconds",
        "The last time on record of the clock that opens slots and starts sends.",
        seconds_since_epoch(clock),
    )


def of_sends() -> Iterator[Metric]:
    """Yield the sends by state, and the people of those that are not long over."""
    yield by_state("sends", "Sends by state.", Send.State, count_states(Send.objects.all()))
    people = gauge(
        "send_people",
        "People of each send by state; of sends that are open or ended within a day.",
        ("send", "publication", "state"),
    )
    recent = Q(state__in=OPEN) | Q(finished_at__gt=timezone.now() - RECENT)
    sends = Send.objects.filter(recent, planned__gt=0).select_related("issue__publication")
    for send in sends:
        for state, number in count_by_status(send).items():
            people.add_metric([str(send.pk), send.issue.publication.slug, state], number)
    yield people


def of_attempts() -> Iterator[Metric]:
    """Yield batches and attempts that are not finished, and how long answers took lately."""
    batches = Batch.objects.filter(state__in=UNFINISHED, send__state__in=OPEN)
    yield by_state("batches", "Unfinished batches by state.", UNFINISHED, count_states(batches))
    live = (Attempt.State.RESERVED, Attempt.State.IN_FLIGHT)
    attempts = Attempt.objects.filter(state__in=live)
    yield by_state("attempts", "Attempts that wait for their answer.", live, count_states(attempts))
    unknown = Attempt.objects.filter(state=Attempt.State.UNKNOWN)
    yield single(
        "people_unknown",
        "People for whom nobody knows whether the provider accepted their mail.",
        unknown.aggregate(people=Sum("size"))["people"] or 0,
    )
    times = answer_times()
    yield single("answers_recent", "Answers of the provider in the last five minutes.", len(times))
    took = gauge(
        "answer_seconds",
        "Time until the provider answered, over the last five minutes; 1.0 is the longest.",
        ("quantile",),
    )
    for share in QUANTILES if times else ():
        took.add_metric([str(share)], times[min(int(share * len(times)), len(times) - 1)])
    yield took


def answer_times() -> list[float]:
    """Return how many seconds the last answers took, the shortest first."""
    newest = Attempt.objects.order_by("-pk").values_list("posted_at", "answered_at")[:MAX_TIMED]
    since = timezone.now() - TIMED
    return sorted(
        (answered - posted).total_seconds()
        for posted, answered in newest
        if posted and answered and answered > since
    )


def of_events() -> Iterator[Metric]:
    """Yield what the provider posted, and what waits to be read."""
    waiting = Post.objects.aggregate(number=Count("pk"), first=Min("received_at"))
    yield single("event_posts_waiting", "Posts of events that are not read.", waiting["number"])
    lag = timezone.now() - waiting["first"] if waiting["first"] else dt.timedelta()
    yield single(
        "event_lag_seconds",
        "How long the oldest post of events has waited.",
        max(0.0, lag.total_seconds()),
    )
    yield single("events_unparsed", "Events kept that nobody understood.", unparsed())
    total = CounterMetricFamily(
        "fortnight_events", "Events of the provider by what became of them.", labels=["sort"]
    )
    counts = dict(
        DailyEventCount.objects.order_by("sort").values_list("sort").annotate(total=Sum("count"))
    )
    for sort in DailyEventCount.Sort:
        total.add_metric([str(sort)], counts.get(str(sort), 0))
    yield total


def unparsed() -> int:
    """Return how many events are kept that could not be parsed."""
    return UnparsedEvent.objects.count()


def of_slots() -> Iterator[Metric]:
    """Yield the slots that are held, and when the next one is due."""
    now = timezone.now()
    held = gauge("slots_held", "Slots that are held and wait for a person.", ("publication",))
    due = gauge(
        "next_slot_timestamp_seconds", "When the next open or filled slot is due.", ("publication",)
    )
    rows = Slot.objects.order_by("publication").values_list("publication__slug")
    counts = rows.filter(state=Slot.State.HELD).annotate(number=Count("pk"))
    for slug, number in counts.order_by("publication__slug"):
        held.add_metric([slug], number)
    ahead = rows.filter(state__in=(Slot.State.OPEN, Slot.State.FILLED), at__gt=now)
    for slug, first in ahead.annotate(first=Min("at")).order_by("publication__slug"):
        due.add_metric([slug], first.timestamp())
    yield held
    yield due


def of_workers() -> Iterator[Metric]:
    """Yield the jobs of the fleet, its workers, and what waits to be done in the background."""
    running = gauge("background_runs", "Imports and bulk actions that are not done.", ("kind",))
    for kind, busy in (("import", busy_imports()), ("bulk", busy_bulk())):
        running.add_metric([kind], busy)
    yield running
    if known.state is not SenderState.NONE:
        words = "1 while the sender process does its work, 0 while it is started again."
        yield single("sender_process_ok", words, known.state is SenderState.OK)
    if not is_used() or not table_exists():
        return
    overview = read_overview()
    jobs = gauge("jobs", "Jobs of the task engine by state.", ("state",))
    for state in Counts.__slots__:
        jobs.add_metric([state], getattr(overview.counts, state))
    yield jobs
    alive = sum(each.alive for each in overview.workers)
    yield single("workers_alive", "Workers with a sign of life.", alive)


def busy_imports() -> int:
    """Return how many imports are being checked, applied or undone."""
    return ImportRun.objects.filter(state__in=WORKING).count()


def busy_bulk() -> int:
    """Return how many bulk actions are being counted, applied or undone."""
    return BulkRun.objects.filter(state__in=BUSY).count()


def of_people() -> Iterator[Metric]:
    """Yield the people of each list by state, as kept, without half-written imports."""
    people = gauge("list_people", "People of each list by state.", ("list", "state"))
    rows = ListCount.objects.order_by("list__slug", "state")
    counts = list(rows.values_list("list", "list__slug", "state").annotate(number=Sum("people")))
    added = count_added(pk for pk, *_rest in counts)
    for pk, slug, state, number in counts:
        people.add_metric([slug, state], number - added.get((pk, state), 0))
    yield people


def of_alarms() -> Iterator[Metric]:
    """Yield the alarms that are open now."""
    alarms = gauge("alarms", "Alarms that are open, by kind.", ("kind",))
    counts: dict[str, int] = {}
    for alarm in list_open():
        counts[alarm.kind] = counts.get(alarm.kind, 0) + 1
    for kind, number in sorted(counts.items()):
        alarms.add_metric([kind], number)
    yield alarms


def of_disk() -> Iterator[Metric]:
    """Yield how much room the disk of the data folder has."""
    usage = shutil.disk_usage(settings.CONFIG.data_disk)
    yield single("disk_free_bytes", "Free bytes where the data are.", usage.free)
    yield single("disk_bytes", "Bytes of the disk where the data are.", usage.total)
