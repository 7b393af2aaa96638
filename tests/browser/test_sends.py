"""The page of a send in a browser: it counts down, follows what happens, and can be undone."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from newsletter.sending.models import Batch, Delivery, Edition, Send
from newsletter.sending.operations import control
from subscribers.models import Subscriber
from tests import desks
from tests.browser.composing import TIMEOUT_MS, fits, log_in, until
from tests.publications import create_publication


@pytest.fixture
def send(live_server: LiveServer, settings: Settings, tmp_path: Path) -> Send:
    """A send that leaves in a minute."""
    settings.MEDIA_ROOT = tmp_path / "media"
    publication = create_publication("Tideline Digest", postal_address="1 Quay Street")
    issue = desks.draft(publication)
    edition = Edition.objects.create(issue=issue, subject="S", document="{}", hash="h")
    at = timezone.now() + dt.timedelta(seconds=60)
    return Send.objects.create(issue=issue, edition=edition, at=at)


@pytest.fixture
def page(browser: Browser, live_server: LiveServer, send: Send) -> Iterator[Page]:
    """The page of the send in the window of a phone; its complaints fail the test."""
    context = browser.new_context(base_url=live_server.url, viewport={"width": 390, "height": 844})
    opened = context.new_page()
    opened.set_default_timeout(TIMEOUT_MS)
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    log_in(opened, "Senders")
    opened.goto(f"/admin/sends/{send.pk}/")
    yield opened
    context.close()
    assert complaints == []


def in_progress(send: Send, **standings: int) -> None:
    """Let a send be going, with people who stand there."""
    for number, (stands, count) in enumerate(standings.items(), start=1):
        batch = Batch.objects.create(send=send, number=number, state=stands)
        for place in range(count):
            person = Subscriber.objects.create(email=f"reader{place}@{stands}.example")
            Delivery.objects.create(send=send, subscriber=person, batch=batch, address=person.email)
    planned = sum(standings.values())
    Send.objects.filter(pk=send.pk).update(
        state="sending", started_at=timezone.now(), planned=planned, candidates=planned
    )


def seconds_of(timer: Locator) -> int:
    """Return what a timer shows."""
    return int(re.sub(r"\D", "", timer.inner_text()))


def test_counts_down_and_is_undone(page: Page, send: Send) -> None:
    """The seconds run by themselves, and one press undoes the send."""
    timer = page.get_by_role("timer")
    first = seconds_of(timer)
    assert until(page, lambda: seconds_of(timer) < first)

    page.get_by_role("button", name="Undo: do not send it").click()

    expect(page.get_by_text("Nobody has been mailed")).to_be_visible(timeout=TIMEOUT_MS)
    send.refresh_from_db()
    assert send.state == Send.State.CANCELLED


def test_follows_what_happens(page: Page, send: Send) -> None:
    """The page shows what happens elsewhere without being loaded again, and keeps the focus."""
    page.evaluate("window.sameDocument = true")
    in_progress(send, accepted=3, planned=2)
    pause = page.get_by_role("button", name="Pause")
    expect(pause).to_be_visible(timeout=TIMEOUT_MS)
    pause.focus()
    Batch.objects.filter(state="planned").update(state="accepted")
    expect(page.get_by_text("2 of 2 done")).to_be_visible(timeout=TIMEOUT_MS)
    expect(pause).to_be_focused()
    control.pause(send)
    expect(page.get_by_role("button", name="Go on")).to_be_visible(timeout=TIMEOUT_MS)
    assert page.evaluate("window.sameDocument")


def test_nothing_sticks_out_on_a_phone(page: Page, send: Send) -> None:
    """On a phone the page is as wide as the window, with many people and a long note."""
    in_progress(send, accepted=3, unknown=2, planned=2, refused=1)
    Send.objects.update(note="x" * 300)
    page.reload()

    assert fits(page, 390)
