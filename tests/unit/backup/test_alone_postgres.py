"""A restore or a move wants a database of PostgreSQL for itself, and knows who has gone."""

from __future__ import annotations

import pytest

from newsletter.backup.postgresql_rows import require_alone
from newsletter.errors import BackupFailed
from newsletter.postgresql import catalogue
from tests.conftest import own_copy

pytestmark = pytest.mark.usefixtures("django_db_setup")


def test_who_has_just_ended_is_no_other_program() -> None:
    """The connection of a program outlives it for a while; one in use refuses the work."""
    url = own_copy("template1")
    with catalogue.connect(url) as mine:
        for _ in range(8):
            with catalogue.connect(url) as other:
                other.execute("CREATE TEMPORARY TABLE filled AS SELECT generate_series(1, 20000)")
            with mine.transaction():
                require_alone(mine)

        with catalogue.connect(url), pytest.raises(BackupFailed, match="1 programs are connected"):
            require_alone(mine)
