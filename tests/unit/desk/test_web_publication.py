"""What is put on the web passes the check, and what passes the check can be put on the web."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from newsletter.publishing.models import Issue, Publication
from newsletter.sending.planning import readiness
from tests import desks
from tests.unit.desk.conftest import LogIn
from tests.unit.desk.test_composer import form

TEXT = '{"blocks": [{"key": "a", "text": "Reeds clean.", "type": "unstyled", "depth": 0,'
TEXT += ' "inlineStyleRanges": [], "entityRanges": []}], "entityMap": {}}'


def publish(client: Client, issue: Issue, **fields: Any) -> Issue:
    """Press *Put on the web* with a form, and return the issue after that."""
    sent = {**form(slug=issue.slug, title=issue.title), **fields}
    client.post(f"/admin/pages/{issue.pk}/edit/", sent | {"action-publish": "action-publish"})
    return Issue.objects.get(pk=issue.pk)


@pytest.mark.parametrize(
    ("body", "live"), [(TEXT, True), ('{"blocks": [], "entityMap": {}}', False)]
)
def test_the_check_decides(publication: Publication, log_in: LogIn, body: str, live: bool) -> None:
    """An issue goes on the web exactly where the check finds no error."""
    issue = desks.draft(publication)

    after = publish(log_in("Senders"), issue, **{"body-0-value-items-0-value-body": body})

    assert after.live is live
    assert (not readiness.check_draft(after).errors) is live


def test_many_at_once(publication: Publication, log_in: LogIn) -> None:
    """What is ticked in the list passes the same check."""
    broken = desks.draft(publication, 1, body=[desks.digest("Reeds"), ("markdown", "[x](#gone)")])
    client = log_in("Senders")

    page = client.post(f"/admin/bulk/wagtailcore/page/publish/?id={broken.pk}", follow=True)

    assert "is saved, and not on the web" in page.content.decode()
    assert not Issue.objects.get(pk=broken.pk).live
