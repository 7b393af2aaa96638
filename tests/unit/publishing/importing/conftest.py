"""A publication, and files that are imported into it."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image as Pillow
from pytest_django import Settings

from newsletter.publishing.content.issue_content import content_of
from newsletter.publishing.importing.saving import Imported, import_issue
from newsletter.publishing.models import Issue, Publication
from newsletter.rendering import content
from tests.publications import create_publication

#: Writes a file and imports it.
Importer = Callable[..., Imported]
#: Draws a small picture with a name.
Draw = Callable[[str], Path]


@pytest.fixture
def letter(db: None) -> Publication:
    """A publication without issues."""
    return create_publication("The Letter", boilerplate="Of the publication.")


@pytest.fixture
def take_in(letter: Publication, tmp_path: Path, settings: Settings) -> Importer:
    """Write a text to a file, beside which pictures may lie, and import it."""
    settings.MEDIA_ROOT = tmp_path / "media"

    def write_and_import(
        text: str, name: str = "issue.md", update: Issue | None = None
    ) -> Imported:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return import_issue(path, letter, update)

    return write_and_import


@pytest.fixture
def picture(tmp_path: Path) -> Draw:
    """Make a small picture file."""

    def draw(name: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        data = io.BytesIO()
        Pillow.new("RGB", (30, 20), len(name)).save(data, "PNG")
        path.write_bytes(data.getvalue())
        return path

    return draw


def items_of(issue: Issue) -> tuple[content.Item, ...]:
    """Return the items that an edition of an issue would have."""
    digests = [each for each in content_of(issue).blocks if isinstance(each, content.Digest)]
    return digests[0].items
