"""The site stands where the settings say, whatever they said when its database was made."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.program.workspaces import Workspace, wait_until

pytestmark = pytest.mark.once


def test_an_address_that_changed_after_set_up(workspace: Callable[..., Workspace]) -> None:
    """Pages, map, feed and Wagtail's site follow `base_url` to a host, a path, and behind a proxy.

    A publication with a host of its own has its front page there.  A host that is not ours is one
    line in the log; health is answered by whatever name the machine has.
    """
    place = workspace()
    [(slug, made_at)] = place.ask(
        "SELECT p.slug, s.hostname FROM publishing_publication p, wagtailcore_site s"
    )
    settings = {
        "NEWSLETTER_SITE_BASE_URL": "https://example.org/news",
        "NEWSLETTER_SITE_ADDRESSES": f"{slug}=https://tides.example.net",
        "NEWSLETTER_WEB_TRUSTED_PROXIES": "127.0.0.1",
    }
    place.environment.update(settings)
    service = place.serve()
    found = wait_until(lambda: re.search(r"serves (http\S+)", place.said()))

    def ask(path: str, host: str) -> str:
        headers = {"Host": "127.0.0.1", "X-Forwarded-Host": host, "X-Forwarded-Proto": "https"}
        with urlopen(Request(f"{found[1]}{path}", headers=headers), timeout=60) as answer:
            text: str = answer.read().decode()
            return text

    assert made_at == "127.0.0.1"
    assert "Sitemap: https://example.org/news/sitemap.xml" in ask("/news/robots.txt", "example.org")
    assert "Sitemap: https://tides.example.net/news/sitemap.xml" in ask(
        "/news/robots.txt", "tides.example.net"
    )
    front = ask("/news/", "example.org")
    assert '<link rel="canonical" href="https://tides.example.net/news/">' in front
    assert 'href="/news/static/site/site.css"' in front
    # A proxy may take the path away.
    assert "body {" in ask("/static/site/site.css", "example.org")
    assert "https://tides.example.net/news/feed.xml" in ask("/news/feed.xml", "tides.example.net")
    assert '"status": "ok"' in ask("/health/ready", "10.0.0.7")
    assert '"status": "ok"' in ask("/news/health/live", "10.0.0.7")
    with pytest.raises(HTTPError, match="400"):
        ask("/news/", "made-up.example")
    assert sorted(place.ask("SELECT hostname, port FROM wagtailcore_site")) == [
        ("example.org", 443),
        ("tides.example.net", 443),
    ]
    [line] = [each for each in place.said().splitlines() if "made-up.example" in each]
    assert "WARNING" in line
    assert "Traceback" not in place.said()
    service.terminate()
    assert service.wait() == 0
