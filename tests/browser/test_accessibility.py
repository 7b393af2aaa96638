"""What axe-core finds in a mail, and what is said where it cannot be asked."""

from __future__ import annotations

import dataclasses
import json
import sys

import pytest
import typer
from playwright.sync_api import Browser
from typer.testing import CliRunner

from newsletter import rendering
from newsletter.cli import checking as command
from newsletter.errors import NotInstalled
from newsletter.rendering import Template, template_names
from newsletter.rendering.content import Content, Text
from newsletter.rendering.preflight.browser import chromium
from newsletter.rendering.preflight.browser.accessibility import check_accessibility, look_at
from newsletter.rendering.preflight.checking import finish_variants
from newsletter.rendering.preflight.pages import Page
from newsletter.rendering.text.markdown import to_html
from tests import desks
from tests.publications import create_publication
from tests.unit.rendering import samples


def pages(template: Template, markdown: str = "Prose.") -> tuple[Page, ...]:
    """The finished mails of an issue with one text."""
    content = dataclasses.replace(samples.ENGLISH, blocks=(Text(body=to_html(markdown)),))
    return finish_variants(content, rendering.compile(content, template), samples.ANN)


def dark_ink(colour: str) -> Template:
    """The digest with another colour of text in dark mode."""
    shipped = samples.digest()
    theme = shipped.files["theme.toml"].replace('ink = "#dfe3e8"', f'ink = "{colour}"')
    assert theme != shipped.files["theme.toml"]
    return dataclasses.replace(shipped, files={**shipped.files, "theme.toml": theme})


def test_a_sound_mail(browser: Browser) -> None:
    """In the digest as it ships nothing is found."""
    assert check_accessibility(browser, pages(samples.digest())) == ()


@pytest.mark.parametrize("name", template_names(samples.TEMPLATES))
@pytest.mark.parametrize("issue", [samples.ALL_BLOCKS, samples.JAPANESE, samples.ARABIC])
def test_every_template_is_sound(browser: Browser, name: str, issue: Content) -> None:
    """With every block, in three scripts, nothing serious is found in light or in dark.

    The text with a heading of its own stands above all headlines: that is a warning.
    """
    template = rendering.load_template(samples.TEMPLATES, name)
    mails = finish_variants(issue, rendering.compile(issue, template), samples.ANN)

    found = check_accessibility(browser, mails)

    assert [each for each in found if each.severity == "error"] == []
    assert {"(heading-order)" in each.message for each in found} <= {True}


def test_what_shuts_people_out(browser: Browser) -> None:
    """Text that cannot be read in dark mode is an error, which names the element and the scheme."""
    [finding] = check_accessibility(browser, pages(dark_ink("#30343a")))

    assert (finding.code, finding.severity, finding.where) == (
        "accessibility",
        "error",
        "HTML in dark",
    )
    assert "(color-contrast): <p>Prose.</p>" in finding.message
    assert "contrast of 1." in finding.message


def test_what_makes_it_harder(browser: Browser) -> None:
    """A heading that leaves out a level is a warning, once for both schemes and all its places."""
    [finding] = check_accessibility(browser, pages(samples.digest(), "#### Deep\n\nText."))

    assert (finding.code, finding.where) == ("accessibility-minor", "HTML")
    assert "(heading-order): <h4>Deep</h4>" in finding.message


def test_a_browser_of_its_own() -> None:
    """Without a browser at hand one is found, started, and closed again."""
    findings = look_at(pages(samples.digest(), "#### Deep\n\nText."))

    assert [each.code for each in findings] == ["accessibility-minor"]


@pytest.mark.parametrize("package", ["axe_playwright_python", "playwright"])
def test_packages_are_missing(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the package, and the command that installs what is needed."""
    monkeypatch.setitem(sys.modules, package, None)

    with pytest.raises(NotInstalled, match=package) as caught:
        look_at(())

    assert caught.value.hint == "Install both: pip install axe-playwright-python playwright"


def test_no_chromium(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """Where no Chromium is found the error says how to get one."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))

    with pytest.raises(NotInstalled, match="no Chromium") as caught:
        chromium.find_chromium()

    assert "playwright install chromium" in caught.value.hint


@pytest.mark.django_db
def test_by_command() -> None:
    """`issue check --browser` tells what the browser found among the rest, the worst first."""
    text = ("text", "<h4>Deep</h4><p>Reeds and ferries.</p>")
    publication = create_publication("Tideline Digest", postal_address="1 Quay Street")
    issue = desks.draft(publication, subject="Reeds", body=[text])
    app = typer.Typer()
    app.command()(command.check)

    result = CliRunner().invoke(app, [issue.slug, "--browser", "--json"], catch_exceptions=False)

    told = {each["code"]: each for each in json.loads(result.output)}
    assert told["accessibility-minor"]["severity"] == "warning"
    severities = [each["severity"] for each in told.values()]
    assert severities == sorted(severities, key=["error", "warning", "info"].index)
