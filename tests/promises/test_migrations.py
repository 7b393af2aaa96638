"""The migrations make the tables that the models describe, also where there are issues already."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from newsletter.publishing.founding import found
from newsletter.publishing.models import Acceptance, Issue
from tests import desks


@pytest.mark.django_db
def test_migrations_are_complete() -> None:
    """No model has changed without a migration."""
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_an_older_database_keeps_its_issues() -> None:
    """A database of the first tables is brought up to date with its issues and drafts in it."""
    issue = desks.draft(found("Tideline Digest", postal_address="1 Quay Street"))
    draft = issue.get_latest_revision_as_object().body.raw_data

    call_command("migrate", "publishing", "0001", verbosity=0)
    call_command("migrate", verbosity=0)

    kept = Issue.objects.get(pk=issue.pk)
    assert kept.publication.postal_address == "1 Quay Street"
    assert list(kept.get_latest_revision_as_object().body.raw_data) == list(draft)
    Acceptance.objects.create(issue=kept, fingerprint="0" * 64, code="image-width", by="Aiko")
