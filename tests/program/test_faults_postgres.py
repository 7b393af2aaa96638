"""The database is gone in the middle of a send, and comes back: `newsletter serve` waits for it."""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg

from sendgrid_emulator import Emulator
from tests.program import workspaces
from tests.program.conftest import PEOPLE
from tests.program.workspaces import Workspace


@contextmanager
def gone(place: Workspace) -> Iterator[None]:
    """End every connection to the database of a workspace, and refuse new ones."""
    name = urlsplit(place.environment["NEWSLETTER_DATABASE_URL"]).path.removeprefix("/")
    with psycopg.connect(os.environ["NEWSLETTER_DATABASE_URL"], autocommit=True) as server:
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        yield
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


def test_database_is_gone(workspace: Callable[..., Workspace], sendgrid: Emulator) -> None:
    """Senders and commands say so; when it is back the send ends by itself, nobody twice."""
    place = workspace(sending_batch_size="1", sending_lease_seconds="1")
    sendgrid.faults.add("delay", seconds=0.05, times=None)
    place.run("issue", "queue", "1.1", "--at", "now")
    process = place.serve()
    try:
        workspaces.wait_until(lambda: len(sendgrid.mailbox) > 5)
        with gone(place):
            workspaces.wait_until(lambda: "the database is unavailable" in place.said())
            asked = subprocess.run(
                place.command("send", "show", "1"),
                cwd=place.folder,
                env=place.environment,
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
        workspaces.wait_until(lambda: place.states() <= {"sent", "unresolved"})
    finally:
        process.terminate()
        assert process.wait() == 0, place.said()

    assert asked.returncode == 1
    assert "the database does not answer" in asked.stderr
    assert "[database]" in asked.stderr
    assert "Traceback" not in asked.stderr
    account = place.run("send", "show", "1")["deliveries"]
    assert account["accepted"] + account.get("unknown", 0) == PEOPLE
    assert account.get("unknown", 0) <= 1
    assert Counter(mail.address for mail in sendgrid.mailbox) == {
        f"reader{number}@tideline.example": 1 for number in range(PEOPLE)
    }
