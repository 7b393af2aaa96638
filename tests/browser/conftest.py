"""A publication and a window of the desk, for whatever test asks for them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from newsletter.publishing.bootstrap import create_publication
from newsletter.publishing.models import Publication
from tests.browser.composing import TIMEOUT_MS


@pytest.fixture
def desk(live_server: LiveServer, settings: Settings, tmp_path: Path) -> Publication:
    """A publication whose desk and web pages can be opened."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return create_publication("Tideline Digest", postal_address="1 Quay Street")


@pytest.fixture(params=[{"width": 1500, "height": 1000}], ids=["desktop"])
def window(
    browser: Browser, live_server: LiveServer, request: pytest.FixtureRequest
) -> Iterator[Page]:
    """A window as wide as a desk's; what its pages complain about fails the test."""
    context = browser.new_context(base_url=live_server.url, viewport=request.param)
    opened = context.new_page()
    opened.set_default_timeout(TIMEOUT_MS)
    opened.set_default_navigation_timeout(TIMEOUT_MS)
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert complaints == []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what a path through the desk costs somebody: keys, clicks, seconds."""
    for report in terminalreporter.getreports("passed"):
        cost = dict(report.user_properties)
        if "path" in cost:
            path = cost.pop("path")
            said = ", ".join(f"{name} {value}" for name, value in cost.items())
            terminalreporter.write_line(f"{path}: {said}")
