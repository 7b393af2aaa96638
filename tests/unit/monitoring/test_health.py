"""What load balancers ask: is the process alive, and should requests come to it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from newsletter.monitoring import health
from newsletter.runtime import shutdown


@pytest.mark.django_db
def test_ready(client: Client) -> None:
    """A process with its database and tables takes requests; nobody keeps the answer."""
    response = client.get("/health/ready")

    assert response.status_code == 200
    assert response.json() == {"status": "ok", "database": "ok", "tables": "ok", "process": "ok"}
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_without_its_database(client: Client) -> None:
    """It is alive, and not ready, and says for how long to wait."""

    def break_off(*_: Any) -> None:
        raise OperationalError("gone")

    with connection.execute_wrapper(break_off):
        alive, ready = client.get("/health/live"), client.get("/health/ready")

    assert (alive.status_code, alive.json()) == (200, {"status": "ok"})
    assert (ready.status_code, ready.json()["database"]) == (503, "unreachable")
    assert ready["Retry-After"] == "10"


@pytest.mark.django_db
def test_an_older_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """With tables of another release it is not ready, until the migrations are applied."""
    missing = [("sending", "0099_later")]
    monkeypatch.setattr(health, "tables", health.Tables(lambda: missing))

    assert client.get("/health/ready").json()["tables"] == "not those of this release"
    missing.clear()
    assert client.get("/health/ready").json()["tables"] == "ok"


@pytest.mark.django_db
def test_a_stopping_process(client: Client) -> None:
    """Told to stop, it finishes what is in progress, and takes nothing more."""
    shutdown._told.set()
    try:
        response = client.get("/health/ready")
    finally:
        shutdown._told.clear()

    assert (response.status_code, response.json()["process"]) == (503, "stopping")


def test_only_by_get(client: Client) -> None:
    """Nothing there takes a form."""
    paths = ("/health/live", "/health/ready", "/metrics")

    assert [client.post(path).status_code for path in paths] == [405, 405, 405]
