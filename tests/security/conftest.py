"""What attacks need: a publication, its pictures in a folder of one's own, people of the desk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from newsletter.publishing.models import Publication
from tests import desks
from tests.publications import create_publication

#: From the name of a group (of none: somebody who may do anything) to their browser.
LogIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    """Where pictures go."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.mkdir()
    return tmp_path / "media"


@pytest.fixture
def publication(db: None) -> Publication:
    """A publication, ready to be written."""
    return create_publication("Tideline Digest", postal_address="1 Quay Street")


@pytest.fixture
def log_in(publication: Publication) -> LogIn:
    """Log somebody of a group in."""

    def enter(group: str) -> Client:
        client = Client()
        client.force_login(desks.member(group))
        return client

    return enter
