"""The index for finding people that docs/how-to/people.md suggests is one that PostgreSQL makes."""

from __future__ import annotations

import pytest
from django.db import connection

from tests.document_blocks import BLOCKS


@pytest.mark.django_db
def test_the_suggested_index_can_be_made() -> None:
    """The server takes the statements; it runs them where it has the extension that they name."""
    [block] = [block for block in BLOCKS if block.kind == "sql"]

    with connection.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN IF false THEN {block.text} END IF; END $$")
        cursor.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")
        if cursor.fetchone():
            cursor.execute(block.text)
