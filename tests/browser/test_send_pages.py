"""The pages of a send, for everybody: wide and narrow, by day and by night, by the keyboard."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from newsletter.rendering.preflight.browser.accessibility import SCHEMES
from newsletter.sending.models import Attempt, Batch, Delivery, DryRun, Edition, Send
from subscribers.models import Subscriber
from tests import desks
from tests.browser.composing import TIMEOUT_MS, fits, log_in
from tests.browser.test_every_page import STILL
from tests.publications import create_publication

LONG = "a-reader-with-a-very-long-address.indeed@a-department.of-the-county.tideline.example"


@pytest.fixture
def send(live_server: LiveServer, settings: Settings, tmp_path: Path) -> Send:
    """A send with people everywhere, three of them in doubt, and some refused beforehand."""
    settings.MEDIA_ROOT = tmp_path / "media"
    publication = create_publication("Tideline Digest", postal_address="1 Quay Street")
    issue, now = desks.draft(publication), timezone.now()
    edition = Edition.objects.create(issue=issue, subject="S", document="{}", hash="h")
    send = Send.objects.create(
        issue=issue, edition=edition, at=now, started_at=now, state=Send.State.HELD
    )
    states = ("accepted", "planned", "claimed", "unknown", "refused")
    people = [fill(send, number, state) for number, state in enumerate(states, start=1)]
    Send.objects.update(candidates=15, planned=15, note=f"The provider said: {'x' * 200}")
    make_dry_run(send, [person for group in people for person in group])
    return send


def fill(send: Send, number: int, state: str) -> list[Subscriber]:
    """Give a send a batch of three people, and an attempt where its answer was lost."""
    batch = Batch.objects.create(send=send, number=number, state=state)
    if state == Batch.State.UNKNOWN:
        now = timezone.now()
        Attempt.objects.create(
            batch=batch, state=Attempt.State.UNKNOWN, lease_until=now, posted_at=now, size=3
        )
    people = [Subscriber.objects.create(email=f"{state}{place}-{LONG}") for place in range(3)]
    for person in people:
        Delivery.objects.create(send=send, batch=batch, subscriber=person, address=person.email)
    return people


def make_dry_run(send: Send, people: list[Subscriber]) -> None:
    """Have it known beforehand that these people are refused."""
    DryRun.objects.create(
        send=send,
        edition=send.edition,
        asked=15,
        refused=len(people),
        findings=[[person.pk, "SendGrid refuses this address."] for person in people],
        done_at=timezone.now() - dt.timedelta(hours=1),
    )


@pytest.fixture(params=[1280, 375])
def page(request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer,
         send: Send) -> Iterator[Page]:  # fmt: skip
    """A window with a sender in it; complaints of its pages fail the test."""
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": request.param, "height": 800}
    )
    opened = context.new_page()
    opened.set_default_timeout(TIMEOUT_MS)
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    log_in(opened, "Senders")
    yield opened
    context.close()
    assert complaints == []


def must_be_usable(page: Page, address: str) -> None:
    """Open a page that fits its window; axe-core finds nothing grave by day and by night."""
    page.goto(address)
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert fits(page, width), address
    page.add_style_tag(content=STILL)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page, context={"include": [["main"]]}).response["violations"]
        grave = [each for each in found if each["impact"] in {"serious", "critical"}]
        assert [(each["id"], each["nodes"][0]["html"]) for each in grave] == [], (address, scheme)


def test_everybody_can_use_them(page: Page, send: Send) -> None:
    """Each page of a send, and the first page of the desk, fits and shuts nobody out."""
    of_send = f"/admin/sends/{send.pk}"
    for address in (
        "/admin/",
        f"{of_send}/",
        f"{of_send}/people/",
        f"{of_send}/cancel/",
        f"{of_send}/resume/",
        f"{of_send}/resolve/",
        f"{of_send}/resolve/decide/?batch=all&resolution=again",
        f"{of_send}/resolve/decide/?batch=4&resolution=accepted",
    ):
        must_be_usable(page, address)


@pytest.mark.parametrize("page", [1280], indirect=True)
def test_resolved_by_the_keyboard(page: Page, send: Send) -> None:
    """From the page of the send to a decision no pointer is needed, and nothing is preset."""
    page.goto(f"/admin/sends/{send.pk}/")
    page.get_by_role("link", name="Resolve what is unknown…").focus()
    page.keyboard.press("Enter")
    batch = page.get_by_role("checkbox", name="Batch 4: 3 people")
    expect(batch).not_to_be_checked()
    batch.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="It does not: mail them again…").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Why do you decide so?").focus()
    page.keyboard.type("The log was empty.")
    page.keyboard.press("Tab")
    page.keyboard.type("3")
    page.keyboard.press("Enter")

    expect(page.get_by_text("the mail of 3 people is submitted again")).to_be_visible()
    expect(page.get_by_text("The log was empty.")).to_be_visible()
    assert send.batches.get(number=4).state == Batch.State.PLANNED


@pytest.mark.parametrize("page", [375], indirect=True)
def test_what_is_unfolded_stays_so(page: Page, send: Send) -> None:
    """The list of those refused beforehand is not folded up when the page follows the send."""
    Send.objects.update(state=Send.State.SENDING)
    page.goto(f"/admin/sends/{send.pk}/")
    page.get_by_text("10 more").click()
    send.batches.filter(state="planned").update(state="accepted")

    expect(page.get_by_text("3 of 5 done")).to_be_visible(timeout=TIMEOUT_MS)
    expect(page.get_by_text(f"refused2-{LONG}").first).to_be_visible()
