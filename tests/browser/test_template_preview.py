"""The preview of a template: it follows every saved file, and shows what is broken."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FrameLocator, Page, expect

from newsletter.rendering.pipeline.sample_issues import SAMPLE_ISSUES
from newsletter.template_preview.server import Server
from tests.browser.composing import fits
from tests.unit.rendering import samples

#: Milliseconds within which a saved file must be on the page, and slow machines' allowance.
TIMEOUT_MS = 60_000


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The templates that ship, to be changed."""
    return Path(shutil.copytree(samples.TEMPLATES, tmp_path / "email"))


@pytest.fixture
def server(root: Path) -> Iterator[Server]:
    """A preview of the digest."""
    with Server(root, "digest", SAMPLE_ISSUES, port=0) as server:
        yield server


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """The page on a desktop, once it is live; whatever goes wrong in it fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(server.url)
    expect(page.locator("#status")).to_contain_text("Live", timeout=TIMEOUT_MS)
    yield page
    context.close()
    assert faults == []


def write(path: Path, old: str, new: str) -> None:
    """Put other words into a file."""
    source = path.read_text("utf-8")
    assert old in source
    path.write_text(source.replace(old, new), "utf-8")


def desktop(page: Page) -> FrameLocator:
    """The mail on a desktop."""
    return page.frame_locator(".desktop iframe")


def phone(page: Page) -> FrameLocator:
    """The mail on a phone."""
    return page.frame_locator(".phone iframe")


def test_edit_break_fix(page: Page, root: Path) -> None:
    """A saved file is in both frames at once; a broken one is shown by its line until fixed."""
    file = root / "_shared" / "masthead.mjml"
    write(
        file,
        "{{ content.publication|isolated(content.direction) }}</h1>",
        "Fresh from the press</h1>",
    )
    for frame in (desktop(page), phone(page)):
        expect(frame.get_by_role("heading", level=1)).to_have_text(
            "Fresh from the press", timeout=TIMEOUT_MS
        )

    write(file, "Fresh from the press", "{{ content.publicatoin }}")
    expect(page.locator("#fault-where")).to_have_text("_shared/masthead.mjml:9", timeout=TIMEOUT_MS)
    expect(page.locator("#fault-lines .here")).to_contain_text("{{ content.publicatoin }}")
    expect(page.locator("#status")).to_have_text("Broken")

    write(file, "publicatoin", "publication")
    expect(page.locator("#fault")).to_be_hidden(timeout=TIMEOUT_MS)
    expect(desktop(page).get_by_role("heading", level=1)).to_have_text("The Trial Run")


def test_it_stays_where_one_looks(page: Page, root: Path) -> None:
    """A frame that was scrolled down is where it was after the next change."""
    scrolled = "document.querySelector('.phone iframe').contentWindow.scrollY"
    expect(phone(page).get_by_text("Preferences")).to_be_attached()
    page.evaluate("document.querySelector('.phone iframe').contentWindow.scrollTo(0, 900)")

    write(root / "_shared" / "footer.mjml", "{{ words.preferences }}", "Choose again")
    expect(phone(page).get_by_text("Choose again")).to_be_attached(timeout=TIMEOUT_MS)

    page.wait_for_function(f"{scrolled} === 900", timeout=TIMEOUT_MS)


def test_other_issues_in_the_dark(page: Page) -> None:
    """An issue and the reader's scheme can be chosen, and stay chosen over a reload."""
    page.get_by_label("Issue").select_option("arabic")
    page.get_by_role("button", name="Dark").click()
    page.reload()

    heading = desktop(page).get_by_role("heading", level=1)
    expect(heading).to_have_text(SAMPLE_ISSUES["arabic"].publication, timeout=TIMEOUT_MS)
    dark = samples.digest().theme["dark"]["heading"]
    red, green, blue = (int(dark[at : at + 2], 16) for at in (1, 3, 5))
    expect(heading).to_have_css("color", f"rgb({red}, {green}, {blue})")
    expect(heading).to_have_css("text-align", "right")
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")


def test_text_and_subject(page: Page) -> None:
    """The other parts have tabs, which the arrow keys reach too."""
    page.get_by_role("tab", name="Plain text").click()
    expect(page.locator("#text")).to_contain_text("Unsubscribe: https://example.org/u/robin")

    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Subject")).to_be_focused()
    expect(page.locator(".inbox.wide .subject")).to_have_text("A subject, Robin")
    expect(page.locator("#text")).to_be_hidden()


def test_sizes_and_findings(page: Page, root: Path) -> None:
    """Sizes stand above the mail; what the linter finds stands below it, with its line.

    So does what the check finds in the sample, which has an item without a headline.
    """
    expect(page.locator("#sizes")).to_contain_text(re.compile(r"HTML\s*\d+\.\d KB"))
    expect(page.locator("#findings li")).to_contain_text("the item has no headline")
    expect(page.locator("#count")).to_have_text("1 warning")

    write(root / "_shared" / "closing.mjml", "<mj-section padding", "<mj-section pading")

    finding = page.locator("#findings li", has_text="_shared/closing.mjml:2:13")
    expect(finding).to_contain_text("Did you mean padding?", timeout=TIMEOUT_MS)
    expect(page.locator("#count")).to_have_text("2 warnings")


def test_links(page: Page) -> None:
    """A headline scrolls its own frame; a link to elsewhere opens a tab of its own."""
    link = phone(page).get_by_role("link", name="The second headline")
    link.click()
    page.wait_for_function("document.querySelector('.phone iframe').contentWindow.scrollY > 500")

    with page.expect_popup() as opened:
        phone(page).get_by_role("link", name="Read on the web").first.click()
    opened.value.close()
    expect(phone(page).get_by_role("heading", level=1)).to_be_attached()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_everybody_can_use_it(browser: Browser, server: Server, width: int, scheme: str) -> None:
    """The page fits its window and axe-core finds nothing grave, by day and by night."""
    with browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
    ) as context:
        page = context.new_page()
        page.goto(server.url)
        expect(page.locator("#status")).to_contain_text("Live", timeout=TIMEOUT_MS)
        expect(phone(page).get_by_role("heading", level=1)).to_be_visible()

        assert fits(page, width)
        found = Axe().run(page, context={"exclude": [["iframe"]]}).response["violations"]
        assert [each["id"] for each in found if each["impact"] in {"serious", "critical"}] == []


def test_the_end_is_seen(browser: Browser) -> None:
    """A page that is still open when the preview ends says so."""
    with browser.new_context() as context:
        page = context.new_page()
        with Server(samples.TEMPLATES, "letter", SAMPLE_ISSUES, port=0) as server:
            page.goto(server.url)
            expect(page.locator("#status")).to_contain_text("Live", timeout=TIMEOUT_MS)

        expect(page.locator("#status")).to_have_text("The preview has ended", timeout=TIMEOUT_MS)
