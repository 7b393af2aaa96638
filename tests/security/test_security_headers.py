"""What every answer tells the browser."""

from __future__ import annotations

import re

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from newsletter.conf.config import load
from newsletter.conf.schema import Site
from newsletter.publishing.models import Publication
from newsletter.runtime import security_headers
from newsletter.runtime.security_headers import DESK, MAIL, OTHER, POLICY, PUBLIC
from tests import desks
from tests.security.conftest import LogIn


@pytest.mark.parametrize(
    ("path", "policy"),
    [
        ("/", PUBLIC),
        ("/privacy/", PUBLIC),
        ("/robots.txt", PUBLIC),
        ("/health/live", PUBLIC),
        ("/nowhere/", PUBLIC),
        ("/u/nonsense", PUBLIC),
        ("/p/nonsense", PUBLIC),
        ("/feed.xml", OTHER),
        ("/static/site/site.css", PUBLIC),
        ("/admin/login/", DESK),
        ("/admin/", DESK),
        ("/admin/nowhere/", DESK),
    ],
)
def test_every_page_has_a_policy(
    client: Client, publication: Publication, path: str, policy: str
) -> None:
    """Readers' pages run nothing at all; the desk runs its own files."""
    desks.on_the_web(publication)

    answer = client.get(path)
    answer.close()

    assert answer[POLICY] == policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] in {"same-origin", "no-referrer"}
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]
    assert answer["X-Frame-Options"] == ("SAMEORIGIN" if policy == DESK else "DENY")
    assert "Strict-Transport-Security" not in answer


@pytest.mark.parametrize("policy", [PUBLIC, DESK, MAIL])
def test_no_policy_runs_what_is_in_a_page(policy: str) -> None:
    """Scripts come from files or not at all, and nothing is allowed that is not named."""
    scripts = [each for each in policy.split(";") if "script-src" in each]

    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy
    assert scripts in ([], [" script-src 'self'"])
    assert "frame-ancestors" in policy
    assert "base-uri 'none'" in policy


def test_an_issue_on_the_web(client: Client, publication: Publication) -> None:
    """Its page has neither scripts nor styles in it: the one that copies links is a file."""
    page = client.get(desks.on_the_web(publication).url)

    scripts = re.findall(r"<script([^>]*)>", page.content.decode())
    assert page[POLICY] == f"{PUBLIC}; script-src 'self'"
    assert all(
        ' src="/static/' in each or ' type="application/ld+json"' in each for each in scripts
    )
    assert "style=" not in page.content.decode()
    assert "<style" not in page.content.decode()


@pytest.mark.parametrize("mode", ["email", "text", "web"])
def test_previews(log_in: LogIn, publication: Publication, mode: str) -> None:
    """A draft is shown in a sandbox: what is in it runs nowhere, least of all in the desk."""
    issue = desks.draft(publication)

    answer = log_in("Writers").get(f"/admin/pages/{issue.pk}/view_draft/?mode={mode}")

    assert answer.status_code == 200
    assert answer[POLICY] == MAIL
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "allow-scripts" not in MAIL


def test_a_preview_that_fails(log_in: LogIn, publication: Publication) -> None:
    """The page that says what is wrong is in the sandbox as well."""
    issue = desks.draft(publication, subject="[first_name]")

    answer = log_in("Writers").get(f"/admin/pages/{issue.pk}/view_draft/?mode=email")

    assert "first_name" in answer.content.decode()
    assert answer[POLICY] == MAIL


def test_https(monkeypatch: pytest.MonkeyPatch) -> None:
    """A site at https is never asked for at http again."""
    config = load().model_copy(update={"site": Site(base_url="https://news.example.org")})
    monkeypatch.setattr(security_headers, "load", lambda: config)

    def view(_request: HttpRequest) -> HttpResponse:
        return HttpResponse("")

    answer = security_headers.SecurityHeaders(view)(RequestFactory().get("/"))

    assert answer["Strict-Transport-Security"] == "max-age=31536000"


def test_cookies(client: Client, publication: Publication) -> None:
    """No script reads a cookie, and no other site has one sent along with a form."""
    desks.member("", "chief")
    client.get("/admin/login/")
    client.post("/admin/login/", {"username": "chief", "password": desks.PASSWORD})

    assert {"sessionid", "csrftoken"} <= set(client.cookies)
    for cookie in client.cookies.values():
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
