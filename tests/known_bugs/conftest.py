"""What tests of other systems' bugs share: an issue with readers, a provider, senders that die."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from newsletter.sending.delivery import claims, dispatch
from newsletter.sending.models import Batch
from newsletter.transports.base import Transport
from newsletter.transports.sendgrid.client import Limits
from newsletter.transports.sendgrid.submission import SendGridTransport
from sendgrid_emulator import Emulator
from tests.fakes import LEASE, Sender
from tests.unit.sending.conftest import add_people, configure, issue, publication, readers, start

__all__ = ["add_people", "configure", "issue", "publication", "readers", "start"]

QUICK = Limits(connect=1, answer=1)


@pytest.fixture
def sendgrid() -> Iterator[Emulator]:
    """A provider of one's own; a broken promise fails the test."""
    with Emulator() as provider:
        yield provider
        assert provider.violations() == []


@pytest.fixture
def transport(sendgrid: Emulator) -> Iterator[SendGridTransport]:
    """The way to it, with short time limits."""
    opened = SendGridTransport(base_url=sendgrid.url, api_key="SG.test", limits=QUICK)
    yield opened
    opened.close()


@pytest.fixture
def take(db: None) -> Iterator[Callable[[], Sender]]:
    """Let a sender take the next batch; it stands still, and may never go on."""
    taken: list[Sender] = []

    def begin() -> Sender:
        batch = claims.next_batch()
        assert batch
        taken.append(Sender(batch))
        return taken[-1]

    yield begin
    for sender in taken:
        sender.end()


def submit_mail(transport: Transport, *, rounds: int = 100) -> None:
    """Submit batch by batch until nothing waits; what is to wait waits no longer."""
    for _ in range(rounds):
        Batch.objects.filter(state=Batch.State.PLANNED).update(not_before=None)
        if (batch := claims.next_batch()) is None:
            return
        dispatch.send_batch(batch, transport, lease=LEASE)
