"""Opens and clicks all the way: counted by SendGrid's rules, for those who do not refuse."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from newsletter.publishing.models import Publication
from newsletter.sending.delivery import claims, dispatch, recovery
from newsletter.sending.models import Send
from newsletter.tracking.reader_figures import LinkFigures, read_reader_figures
from newsletter.transports.sendgrid.client import Limits
from newsletter.transports.sendgrid.submission import SendGridTransport
from sendgrid_emulator import Emulator
from sendgrid_emulator.events.reading import is_tracked, tracked_links
from subscribers.preferences import counting
from tests.unit.sending.conftest import (
    LEASE,
    AddPeople,
    add_people,
    issue,
    publication,
    readers,
    start,
)
from tests.unit.tracking.conftest import tell

__all__ = ["add_people", "issue", "publication", "readers", "start"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def transport(sendgrid: Emulator) -> Iterator[SendGridTransport]:
    """The transport to that emulator."""
    limits = Limits(connect=5, answer=5)
    opened = SendGridTransport(base_url=sendgrid.url, api_key="SG.test", limits=limits)
    yield opened
    opened.close()


def test_readers_are_counted_unless_they_refuse(
    sendgrid: Emulator,
    transport: SendGridTransport,
    start: Callable[..., Send],
    add_people: AddPeople,
) -> None:
    """Links of one person are left alone, and nothing at all is tracked of who refuses."""
    Publication.objects.update(count_opens=True, count_clicks=True)
    first, second, refuser = add_people(3)
    counting.refuse(refuser)
    send = start()
    while (batch := claims.next_batch()) is not None:
        dispatch.send_batch(batch, transport, lease=LEASE)
    recovery.close_finished_sends()
    sendgrid.clock.advance(5)

    [one], [two], [three] = (sendgrid.mailbox.to(each.email) for each in (first, second, refuser))
    links = tracked_links(one)
    assert links
    assert not [link for link in links if "/u/" in link or "/p/" in link]
    assert "<a clicktracking=off href=" in one.html
    assert not is_tracked(three.request, "open")
    assert tracked_links(three) == []

    sendgrid.read_mail(one, "machineopen")
    sendgrid.read_mail(two, "open")
    sendgrid.read_mail(two, "click", links[0])
    sendgrid.read_mail(three, "open")
    tell(*(event for occurrence in sendgrid.account.recent for event in occurrence))

    found = read_reader_figures(send)
    assert (found.opened, found.only_machines, found.clicked) == (2, 1, 1)
    assert found.links == (LinkFigures(links[0], 1, 1),)
    assert {violation.rule for violation in sendgrid.violations()} == set()
