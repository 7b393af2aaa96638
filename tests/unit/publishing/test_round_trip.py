"""Whatever Markdown says stands on the web page of an issue: words, links and pictures."""

from __future__ import annotations

import html as escapes
import random

import pytest
from django.test import Client

from newsletter.publishing.models import Publication
from tests import desks
from tests.unit.rendering.documents import document


@pytest.mark.parametrize("seed", range(12))
def test_nothing_is_lost_on_the_web_page(
    client: Client, publication: Publication, seed: int
) -> None:
    """Readers of the page find what subscribers find in the mail."""
    it = document(random.Random(seed))
    issue = desks.on_the_web(publication, body=[("markdown", it.source)])

    page = escapes.unescape(client.get(issue.url or "").content.decode())

    assert [each for each in it.words if each not in page] == []
    assert [each for each in it.links if f'href="{each}"' not in page] == []
    assert [each for each in it.pictures if f'src="{each}"' not in page] == []
