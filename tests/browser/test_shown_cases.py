"""The issues on which rendering is shown, looked at in a browser, in light and in dark."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from newsletter import rendering
from newsletter.rendering import load_template, template_names
from newsletter.rendering.content import Content
from newsletter.rendering.preflight.browser.accessibility import check_accessibility
from newsletter.rendering.preflight.checking import finish_variants
from newsletter.rendering.preflight.pages import Page
from tests import shown
from tests.unit.rendering import samples

TEMPLATES = template_names(samples.TEMPLATES)

#: What would show if somebody had to scroll sideways, or read from the wrong side.
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
WRONG_SIDE = """() => [...document.querySelectorAll('h1, h2, .prose p, .prose li')]
  .filter(element => {
    const style = getComputedStyle(element);
    return style.direction !== 'rtl' || !['right', 'start'].includes(style.textAlign);
  }).map(element => element.outerHTML)"""


def pages(content: Content, template: str) -> tuple[Page, ...]:
    """The finished mail for Ann."""
    edition = rendering.compile(content, load_template(samples.TEMPLATES, template))
    return finish_variants(content, edition, samples.ANN)


def grave(browser: Browser, content: Content, template: str) -> list[str]:
    """What axe-core finds that shuts people out."""
    found = check_accessibility(browser, pages(content, template))
    return [each.message for each in found if each.code == "accessibility"]


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(samples.ALL_BLOCKS, id="sample"),
        pytest.param(samples.JAPANESE, id="japanese"),
        pytest.param(samples.ARABIC, id="arabic"),
    ],
)
def test_nobody_is_shut_out(browser: Browser, content: Content, template: str) -> None:
    """axe-core finds nothing serious or critical, in light or in dark."""
    assert grave(browser, content, template) == []


@pytest.mark.parametrize(
    ("content", "template"),
    [
        pytest.param(shown.demonstration(), "digest", id="demo"),
        pytest.param(shown.roundup(), "roundup", id="long-roundup"),
    ],
)
def test_nobody_is_shut_out_of_the_rest(browser: Browser, content: Content, template: str) -> None:
    """The same holds for the issue of the demonstration, and for three hundred links."""
    assert grave(browser, content, template) == []


def test_nobody_is_shut_out_of_published_issues(
    browser: Browser, published_issues: tuple[Path, ...]
) -> None:
    """The same holds for issues as they were published."""
    assert [grave(browser, shown.of_file(path), "digest") for path in published_issues] == [
        [] for _ in published_issues
    ]


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("width", [320, 375, 700])
def test_nobody_scrolls_sideways(browser: Browser, template: str, width: int) -> None:
    """Every mail is as wide as its window, with every kind of block and with many links."""
    with browser.new_context(offline=True, viewport={"width": width, "height": 800}) as context:
        page = context.new_page()
        for content in (samples.ALL_BLOCKS, shown.roundup(12, 3), samples.JAPANESE, samples.ARABIC):
            page.set_content(pages(content, template)[0].parts.html, wait_until="domcontentloaded")

            assert page.evaluate(TOO_WIDE) == 0


@pytest.mark.parametrize("template", TEMPLATES)
def test_from_right_to_left(browser: Browser, template: str) -> None:
    """Every headline, paragraph and list item of an Arabic issue begins on the right."""
    with browser.new_context(offline=True) as context:
        page = context.new_page()
        html = pages(samples.ARABIC, template)[0].parts.html
        page.set_content(html, wait_until="domcontentloaded")

        assert page.evaluate(WRONG_SIDE) == []
