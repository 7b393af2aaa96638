"""The intake of events in figures: `python -m benchmarks.events [PEOPLE]`.

A whole send is told of, out of order and with repetitions, in signed posts of SendGrid's size.
They go through the very view and the very reader of the product, on SQLite as it is deployed.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from benchmarks.figures import Place
from benchmarks.tables import print_table

PEOPLE = 50_000
#: The share of events that come twice.
REPEATED = 0.05
#: Bytes in a post, and how long a post waits for others.
POST = 768_000


def main(people: int) -> None:
    """Lay out a workspace, tell it of a send, and print one table."""
    folder = Path(tempfile.mkdtemp(prefix="fortnight-benchmark-"))
    from newsletter.conf.workspace import lay_out

    os.environ["NEWSLETTER_CONFIG"] = str(lay_out(folder / "work", site_name="Benchmark"))
    from newsletter.runtime.startup import create_database

    create_database(name="Tideline Digest", postal_address="7 Quay Street")
    submit_mail(folder, people)
    print_table(("what", "measured", "goal"), rows(people))


def submit_mail(folder: Path, people: int) -> None:
    """Send an issue to N people; nothing leaves this process."""
    import datetime as dt

    from django.utils import timezone

    from newsletter.demo import story
    from newsletter.publishing.models import Publication
    from newsletter.sending.delivery import claims, dispatch
    from newsletter.sending.planning.queue import queue
    from newsletter.transports.memory import MemoryTransport

    publication = Publication.objects.get()
    story.complete_publication(publication)
    story.import_crowd(publication, folder, people)
    now = timezone.now()
    queue(story.import_sample(publication), at=now, batch_size=1000)
    dispatch.start_due(now, late=dt.timedelta(hours=1))
    while (batch := claims.next_batch()) is not None:
        dispatch.send_batch(batch, MemoryTransport(), lease=dt.timedelta(minutes=2))


def rows(people: int) -> list[tuple[str, str, str]]:
    """Post the events of every delivery there is, read them, and return what it took."""
    from newsletter.sending.models import Delivery
    from newsletter.tracking import webhook_intake
    from sendgrid_emulator.events.signature import Signer

    signer = Signer()
    os.environ["SENDGRID_WEBHOOK_KEYS"] = signer.public_key
    events = list(told())
    posts = list(bodies(events))
    started = time.perf_counter()
    for body in posts:
        post(body, signer)
    kept = time.perf_counter() - started
    longest, started = 0.0, time.perf_counter()
    while True:
        step = time.perf_counter()
        if not webhook_intake.read_next():
            break
        longest = max(longest, time.perf_counter() - step)
    read = time.perf_counter() - started
    place = Place("SQLite", people)
    place.tell("events", len(events) / (kept + read), "events/s")
    place.tell("events: longest step of the reader", longest * 1000, "ms")
    known = Delivery.objects.filter(outcome__in=("delivered", "bounced")).count()
    return [
        (f"keep {len(events):,} events", f"{kept:.2f} s in {len(posts)} posts", ""),
        ("read them", f"{read:.2f} s, the longest step {longest * 1000:.0f} ms", ""),
        ("events per second, both", f"{len(events) / (kept + read):,.0f}", "≥ 15,000"),
        ("outcomes known", f"{known:,} of {Delivery.objects.count():,}", "all"),
    ]


def told() -> Iterator[dict[str, Any]]:
    """Yield what a provider tells of every delivery, in no order, some of it twice."""
    from newsletter.sending.models import Attempt, Delivery

    chance = random.Random(7)
    keys = dict(Attempt.objects.values_list("batch_id", "key"))
    events = []
    now = int(time.time())
    for pk, batch, address in Delivery.objects.values_list("pk", "batch_id", "address"):
        common = {
            "email": address,
            "timestamp": now,
            "sg_message_id": f"Xm{batch:020}.recvd-6d8f9c7b5-abcde-1-6741A5B2-1.{pk}",
            "smtp-id": f"<Xm{batch:020}@geopod-ismtpd-1>",
            "category": "tideline-digest",
            "nl_send": "1",
            "nl_delivery": str(pk),
            "nl_attempt": keys[batch],
        }
        last = {"event": "delivered", "response": "250 2.0.0 OK", "tls": 1, "ip": "192.0.2.1"}
        if chance.random() < 0.02:
            last = {"event": "bounce", "type": "bounce", "reason": "550 5.1.1 no such user"}
        for said in ({"event": "processed", "send_at": 0}, last):
            identity = f"{said['event']}-0-55874757-{pk:030}"
            events.append({**common, **said, "sg_event_id": identity})
    events += chance.sample(events, int(len(events) * REPEATED))
    chance.shuffle(events)
    yield from events


def bodies(events: list[dict[str, Any]]) -> Iterator[bytes]:
    """Yield the events as the bodies of posts."""
    packed: list[bytes] = []
    for event in events:
        packed.append(orjson.dumps(event))
        if len(packed) * len(packed[0]) >= POST:
            yield b"[" + b",".join(packed) + b"]\r\n"
            packed = []
    if packed:
        yield b"[" + b",".join(packed) + b"]\r\n"


def post(body: bytes, signer: Any) -> None:
    """Post a body as SendGrid does."""
    from django.test import RequestFactory

    from newsletter.tracking.views import receive

    request = RequestFactory().post(
        "/events/sendgrid",
        data=body,
        content_type="application/json",
        headers=signer.headers(body, int(time.time())),
    )
    assert receive(request, "sendgrid").status_code == 204


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE)
