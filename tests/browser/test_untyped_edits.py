"""What nobody typed is never saved."""

from __future__ import annotations

from playwright.sync_api import Page

from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.models import Issue, Publication
from tests import desks
from tests.browser.composing import log_in, open_issue, until

#: What an editor that comes late on a slow machine does to the form, until it was noticed.
LATE = """() => {
  document.getElementById("id_preheader").value += "Late. ";
  return document.documentElement.dataset.untypedEdits === "ignored";
}"""


def test_opening_an_issue_makes_no_draft(window: Page, desk: Publication) -> None:
    """Whatever changes in the form by itself is saved only together with what somebody typed."""
    issue = desks.on_the_web(desk)
    before = issue.latest_revision_id
    log_in(window)
    saved: list[str] = []
    window.on("request", lambda asked: saved.append(asked.url) if asked.method == "POST" else None)
    open_issue(window, issue)

    window.wait_for_function(LATE, polling=3_000)
    window.fill("#id_subject", "Typed")

    def written() -> bool:
        return draft_of(Issue.objects.get(pk=issue.pk)).subject == "Typed"

    assert until(window, written)
    assert len([url for url in saved if url.endswith(f"/{issue.pk}/edit/")]) == 1
    assert issue.revisions.exclude(pk=before).count() == 1
