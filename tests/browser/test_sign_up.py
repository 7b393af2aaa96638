"""Signing up as a person does: with and without a script, in a frame, in another site's page."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, Page, Route, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from newsletter.conf.config import load
from newsletter.publishing.bootstrap import create_publication
from newsletter.transports.memory import MemoryTransport
from newsletter.welcoming.mailer import TransportMailer
from subscribers.models import List, Subscriber
from subscribers.sign_up import embedding, follow_up, forms
from subscribers.sign_up.models import SignUp
from tests.browser.composing import fits

LANGUAGES = {
    "en": ("Email address", "Subscribe", "Please look into your mailbox", "Yes, subscribe me"),
    "ja": ("メールアドレス", "購読する", "メールをご確認ください", "はい、購読します"),
}


@pytest.fixture(params=["en", "ja"])
def language(request: pytest.FixtureRequest) -> str:
    """English, then Japanese."""
    return str(request.param)


@pytest.fixture
def readers(live_server: LiveServer, settings: Settings, language: str) -> List:
    """A list with an open form, in a publication of a language."""
    made = create_publication(
        "Tideline Digest", postal_address="1 Quay Street", language=language
    ).lists.get()
    forms.change_form(made, {"is_open": True, "asks_name": True})
    return made


@pytest.fixture
def path(live_server: LiveServer, readers: List) -> str:
    """The address of the form."""
    return f"{live_server.url}/subscribe/{readers.slug}/"


@pytest.fixture(
    params=[("light", 1200, True), ("dark", 390, True), ("light", 390, False)],
    ids=["desktop", "phone-dark", "no-script"],
)
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A window; what a page complains about, the policy included, fails the test."""
    scheme, width, scripted = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        java_script_enabled=scripted,
    )
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "console",
        lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None,
    )
    yield opened
    context.close()
    assert complaints == []


def fill_in(page: Page, language: str, email: str) -> None:
    """Fill in the form and press its button, not faster than a person can."""
    label, button, _taken, _confirm = LANGUAGES[language]
    page.get_by_label(label, exact=True).fill(email)
    page.wait_for_timeout(2100)
    page.get_by_role("button", name=button, exact=True).click()


def test_from_the_form_to_the_subscription(
    page: Page, path: str, readers: List, language: str, live_server: LiveServer
) -> None:
    """Form, mail, link, button; in each language, by day and night, without a script, too."""
    page.goto(path)
    fill_in(page, language, "jane@example.org")
    expect(page.get_by_role("heading", level=1)).to_have_text(LANGUAGES[language][2])
    assert fits(page, page.viewport_size["width"] if page.viewport_size else 0)

    transport = MemoryTransport()
    follow_up.follow_up(TransportMailer(transport), timezone.now())
    token = re.search(r"/c/([\w-]+)", transport.submitted[0][0].text)
    assert token
    page.goto(f"{live_server.url}/c/{token[1]}")
    assert not Subscriber.objects.exists()
    with page.expect_navigation():
        page.get_by_role("button", name=LANGUAGES[language][3]).click()

    assert Subscriber.objects.get().subscriptions.get().state == "active"


@pytest.mark.parametrize("language", ["en", "ja"], indirect=True)
def test_the_pages_are_accessible(browser: Browser, path: str, readers: List) -> None:
    """The form, what is wrong with it, the question about the domain, and the frame (axe)."""
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    found = {}
    for address in (path, f"{path}frame/"):
        page.goto(address)
        found[address] = Axe().run(page).response["violations"]
    for email in ("jane@gmial.com", "jane@nowhere"):
        page.goto(path)
        page.locator("#email").fill(email)
        page.wait_for_timeout(2100)
        with page.expect_navigation():
            page.locator("form.sign-up button").click()
        found[email] = Axe().run(page).response["violations"]
    context.close()

    assert {where: [each["id"] for each in all_] for where, all_ in found.items() if all_} == {}


@pytest.mark.parametrize("language", ["en"], indirect=True)
def test_a_plain_form_of_another_site_goes_on_by_itself(
    browser: Browser, path: str, other_site: OtherSite, readers: List, live_server: LiveServer
) -> None:
    """The second page computes its proof and continues; the site is kept."""
    code = embedding.embed_code(forms.form_of(readers), "html")
    other_site.page = re.sub(r'action="[^"]*"', f'action="{path}"', code)
    context = browser.new_context()
    page = context.new_page()
    page.goto(other_site.url)
    fill_in(page, "en", "jane@example.org")
    expect(page.get_by_role("heading", level=1)).to_have_text("Please look into your mailbox")
    context.close()

    row = SignUp.objects.get()
    assert (row.source, row.site) == ("html", other_site.url.removeprefix("http://"))


@pytest.mark.parametrize("language", ["en"], indirect=True)
def test_a_frame_works_on_the_sites_that_the_form_names(
    browser: Browser, path: str, other_site: OtherSite, readers: List
) -> None:
    """Elsewhere the browser refuses to show it."""
    other_site.page = f'<iframe src="{path}frame/" title="x" height="600" width="600"></iframe>'
    context = browser.new_context()
    page = context.new_page()
    page.goto(other_site.url)
    assert page.frames[1].locator("form.sign-up").count() == 0

    forms.change_form(readers, {"frame_sites": other_site.url})
    page.goto(other_site.url)
    frame = page.frame_locator("iframe")
    frame.get_by_label("Email address").fill("jane@example.org")
    frame.get_by_role("button", name="Subscribe").click()
    expect(frame.get_by_role("heading")).to_have_text("Please look into your mailbox")
    context.close()

    assert SignUp.objects.get().source == "frame"


@pytest.mark.parametrize("language", ["en", "ja"], indirect=True)
def test_the_small_script_signs_up_in_the_page(
    browser: Browser, path: str, other_site: OtherSite, live_server: LiveServer
) -> None:
    """It asks about the domain, says what comes next, and leaves nothing behind."""
    other_site.page = f'<script src="{path}form.js" async></script>'
    context = browser.new_context()
    page = context.new_page()

    def lead_here(route: Route) -> None:
        # The script leads to the site that the settings name; here it is that of the test.
        code = route.fetch().text().replace(load().site.base_url, live_server.url)
        route.fulfill(body=code, content_type="text/javascript")

    page.route("**/form.js", lead_here)
    page.goto(other_site.url)
    form = page.locator("form.newsletter-form")
    form.locator("[name=email]").fill("jane@gmial.com")
    form.locator("button[type=submit]").click()
    form.locator("[role=status] button").first.click()
    expect(form.locator("[role=status]")).to_contain_text("jane@gmail.com")
    assert context.cookies() == []
    context.close()

    row = SignUp.objects.get()
    assert (row.email, row.source) == ("jane@gmail.com", "script")


class OtherSite:
    """A web site of somebody else, with one page."""

    def __init__(self) -> None:
        self.page = ""
        self.url = ""


@pytest.fixture
def other_site() -> Iterator[OtherSite]:
    """Run such a site, under another origin."""
    site = OtherSite()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = f"<!doctype html><html lang=en><title>x</title><body>{site.page}</body>".encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("localhost", 0), Handler)
    site.url = f"http://localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield site
    server.shutdown()
    server.server_close()
    thread.join()
