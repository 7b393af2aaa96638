"""An account that may not make tables is told so, and who can change it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import psycopg
import pytest

from tests.conftest import own_copy
from tests.program.test_database import laid_out, refusal

pytestmark = pytest.mark.database


def test_an_account_without_rights_is_told_how_to_get_them(tmp_path: Path) -> None:
    """Since PostgreSQL 15 an account may make tables only where it was told so."""
    name, password = f"guest_{secrets.token_hex(4)}", secrets.token_hex(8)
    own = own_copy("template1")
    with psycopg.connect(os.environ["NEWSLETTER_DATABASE_URL"], autocommit=True) as server:
        server.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{password}'")
    with psycopg.connect(own, autocommit=True) as database:
        database.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    place = laid_out(tmp_path, f"postgresql://{name}:{password}@{own.rpartition('@')[2]}")

    said = refusal(place, "init", str(tmp_path), "--yes", "--name", "Tideline")

    assert f"the account {name} may not make or change tables" in said
    assert f"OWNER TO {name}" in said
    assert password not in said
    assert "Traceback" not in said
    with psycopg.connect(own, autocommit=True) as database:
        database.execute("REVOKE USAGE ON SCHEMA public FROM PUBLIC")

    said = refusal(place, "init", str(tmp_path), "--yes", "--name", "Tideline")

    assert f"the account {name} may use no schema of its search_path" in said
    assert f"OWNER TO {name}" in said
    assert "Traceback" not in said
