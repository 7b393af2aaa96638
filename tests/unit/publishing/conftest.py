"""A publication, and a folder of one's own for its pictures."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from newsletter.publishing.models import Publication
from tests.publications import create_publication


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    """Where pictures go."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def publication(db: None) -> Publication:
    """A publication, ready to be written."""
    return create_publication(
        "Tideline Digest", postal_address="1 Quay Street", boilerplate="Out **fortnightly**."
    )
