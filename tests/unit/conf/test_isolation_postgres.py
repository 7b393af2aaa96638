"""Transactions see what others have committed, whatever the server does where nobody says."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from django.db.utils import ConnectionHandler

from newsletter.conf.config import read_config
from newsletter.conf.settings import database
from tests.conftest import own_copy


@pytest.mark.django_db
def test_isolation_of_a_transaction(tmp_path: Path) -> None:
    """In a database with another default, transactions are READ COMMITTED all the same."""
    url = own_copy("template1")
    name = url.rpartition("/")[2]
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'")
    (tmp_path / "config.toml").touch()
    config = read_config(tmp_path / "config.toml", {"NEWSLETTER_DATABASE_URL": url})
    here = ConnectionHandler({"default": database(config)})["default"]

    here.set_autocommit(False)
    with here.cursor() as cursor:
        cursor.execute("SHOW transaction_isolation")
        found = cursor.fetchone()
    here.rollback()
    here.close()

    assert found == ("read committed",)
