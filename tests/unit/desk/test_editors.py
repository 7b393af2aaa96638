"""Who has the same issue open is shown by name."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.utils import timezone
from wagtail.admin.models import EditingSession
from wagtail.models import Page

from newsletter.publishing.models import Publication
from tests import desks
from tests.unit.desk.conftest import LogIn


def test_the_other_editor_has_a_name(publication: Publication, log_in: LogIn) -> None:
    """Beside the picture of somebody else stands the name, and what they do with the issue."""
    issue = desks.draft(publication)
    client = log_in("Writers")
    other = desks.member("Senders", "hana")
    other.first_name, other.last_name = "Hana", "Mori"
    other.save()
    mine, theirs = (
        EditingSession.objects.create(
            user=user, content_object=Page.objects.get(pk=issue.pk), last_seen_at=timezone.now()
        )
        for user in (User.objects.get(username="writers"), other)
    )
    address = f"/admin/editing-sessions/ping/wagtailcore/page/{issue.pk}/{mine.pk}/"

    looking = client.post(address).json()["html"]
    EditingSession.objects.filter(pk=theirs.pk).update(is_editing=True)
    changing = client.post(address).json()["html"]

    assert "Hana Mori is looking at it" in looking
    assert "Hana Mori is changing it" in changing
