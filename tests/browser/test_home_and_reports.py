"""The first page and the reports, for everybody: wide and narrow, by day and by night."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from wagtail.users.models import UserProfile

from newsletter.publishing.models import Publication
from newsletter.scheduling.models import Slot
from newsletter.sending.models import Batch, Delivery, Edition, Send
from newsletter.tracking.models import CountedClicks, CountedLink, CountedOpens, Event
from subscribers.models import Subscriber, Subscription
from tests import desks
from tests.browser.composing import TIMEOUT_MS, fits, log_in, until

#: The ways to look at a page: width, colours, language.
LOOKS = ((1280, "light", "en"), (1280, "dark", "ja"), (390, "light", "ja"), (390, "dark", "en"))
#: Of a slot that is held.
HELD_DATE = dt.date(2026, 1, 5)


def make_send(publication: Publication, number: int, state: str) -> Send:
    """Return a send with four people, two of whom have it, and with news of these."""
    issue, began = desks.draft(publication, number), timezone.now() - dt.timedelta(hours=9)
    edition = Edition.objects.create(issue=issue, subject="S", hash=f"{number:064}")
    send = Send.objects.create(
        issue=issue, edition=edition, at=began, started_at=began, state=state
    )
    send.lists.set(publication.lists.all())
    for place, outcome in enumerate(("delivered", "bounced", None, None)):
        batch_state = Batch.State.ACCEPTED if outcome else Batch.State.PLANNED
        batch = Batch.objects.create(send=send, number=place, state=batch_state)
        person, made = Subscriber.objects.get_or_create(email=f"reader{place}@tideline.example")
        if made:
            joined = began - dt.timedelta(days=40 * place)
            Subscription.objects.create(
                subscriber=person, list=publication.lists.get(), created_at=joined, source="fair"
            )
        delivery = Delivery.objects.create(
            send=send, batch=batch, subscriber=person, address=person.email, outcome=outcome
        )
        if outcome:
            at = began + dt.timedelta(hours=place + 1)
            Event.objects.create(key=f"{number}-{place}", delivery=delivery, kind=outcome, at=at)
    count_readers(send)
    Send.objects.filter(pk=send.pk).update(candidates=4, planned=4)
    return send


def count_readers(send: Send) -> None:
    """Have an open and a click be counted, of a link that is longer than a phone is wide."""
    Send.objects.filter(pk=send.pk).update(count_opens=True, count_clicks=True)
    delivery, times = send.deliveries.earliest("pk"), {"first_at": send.at, "last_at": send.at}
    CountedOpens.objects.create(
        delivery=delivery, send=send, count=2, by_machines=2, only_machines=True, **times
    )
    link = CountedLink.objects.create(send=send, url=f"https://tideline.example/{'reed-' * 30}")
    CountedClicks.objects.create(delivery=delivery, link=link, count=1, **times)


@pytest.fixture
def going(desk: Publication) -> Send:
    """A send in progress, beside one that is done, one that is held, and a held slot."""
    now = timezone.now()
    make_send(desk, 1, Send.State.SENT)
    Send.objects.update(finished_at=now)
    make_send(desk, 2, Send.State.HELD)
    Slot.objects.create(
        publication=desk,
        date=HELD_DATE,
        at=now - dt.timedelta(hours=1),
        state=Slot.State.HELD,
        held_at=now - dt.timedelta(hours=1),
        grace_until=now + dt.timedelta(hours=9),
        issue=desks.draft(desk, 4),
    )
    return make_send(desk, 3, Send.State.SENDING)


def open_window(browser: Browser, server: LiveServer, width: int, scheme: str) -> Page:
    """Return a window of a width, in colours of the system."""
    context = browser.new_context(
        base_url=server.url, viewport={"width": width, "height": 844}, color_scheme=scheme
    )
    page = context.new_page()
    page.set_default_timeout(TIMEOUT_MS)
    page.set_default_navigation_timeout(TIMEOUT_MS)
    return page


@pytest.fixture(params=LOOKS, ids=lambda look: "-".join(map(str, look)))
def look(
    request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer, going: Send
) -> Iterator[Page]:
    """A window with a sender in it; complaints of its pages, of the policy too, fail the test."""
    width, scheme, language = request.param
    page, complaints = open_window(browser, live_server, width, scheme), []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    log_in(page, "Senders")
    UserProfile.objects.create(user=User.objects.get(), preferred_language=language)
    yield page
    page.context.close()
    assert complaints == []


def must_be_usable(page: Page, address: str) -> None:
    """Open a page that fits its window and in which axe-core finds nothing grave."""
    page.goto(address)
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert fits(page, width), address
    found = Axe().run(page, context={"include": [["main"]]}).response["violations"]
    grave = [each for each in found if each["impact"] in {"serious", "critical"}]
    assert [(each["id"], each["nodes"][0]["html"]) for each in grave] == [], address


def test_everybody_can_use_them(look: Page, going: Send) -> None:
    """The first page, the search and each report fit, draw their charts and shut nobody out."""
    publication = going.issue.publication
    must_be_usable(look, "/admin/")
    expect(look.get_by_text("Vol 1.1").first).to_be_visible()
    expect(look.locator("canvas[data-chart]")).to_be_visible()
    for address in (
        "/admin/report/",
        f"/admin/report/issues/{going.issue_id}/",
        f"/admin/sends/{going.pk}/",
        f"/admin/report/growth/{publication.pk}/",
        "/admin/report/history/",
        "/admin/search/?q=reed",
        f"/admin/calendar/{publication.slug}/{HELD_DATE}/",
    ):
        must_be_usable(look, address)
    expect(look.locator("button[name=do][value=send]").first).to_be_visible()


def test_figures_come_by_themselves(window: Page, going: Send) -> None:
    """What the provider has accepted in the meantime is shown without loading the page again."""
    log_in(window, "Senders")
    window.goto("/admin/")
    window.evaluate("window.notLoadedAgain = true")
    live = window.get_by_role("region", name="Sends in progress")
    expect(live.get_by_text("2 of 4 accepted")).to_be_visible()

    going.batches.update(state=Batch.State.ACCEPTED)

    expect(live.get_by_text("4 of 4 accepted")).to_be_visible(timeout=TIMEOUT_MS)
    assert window.evaluate("window.notLoadedAgain")


def test_it_counts_down(window: Page, desk: Publication) -> None:
    """The time until the next slot goes on being counted, in the words that it began with."""
    log_in(window, "Writers")
    window.goto("/admin/")
    left = window.locator("[data-until]")
    soon = (timezone.now() + dt.timedelta(hours=2, minutes=30)).isoformat()

    left.evaluate("(place, soon) => { place.dataset.until = soon; }", soon)

    words = {"2 hours 30 minutes", "2 hours 29 minutes"}
    assert until(window, lambda: left.text_content() in words)


def test_the_keyboard_hides_and_unfolds(window: Page, going: Send) -> None:
    """The figures of a chart are unfolded, and a person is found, by the keyboard alone."""
    log_in(window, "Senders")
    window.goto("/admin/")
    window.get_by_text("The figures as a table").first.focus()
    window.keyboard.press("Enter")
    expect(window.get_by_role("columnheader", name="Subscribers at the end")).to_be_visible()

    window.goto("/admin/search/")
    window.get_by_label("What to look for").focus()
    window.keyboard.type("reader2@")
    window.keyboard.press("Enter")

    expect(window.get_by_role("link", name="reader2@tideline.example")).to_be_visible()
