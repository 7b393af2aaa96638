"""The page of jobs: who sees it, and what it says of a fleet."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from newsletter.publishing.models import Publication
from newsletter.sending.ledger import job_queue
from newsletter.sending.models import Attempt, Batch, Edition, Send
from tests import desks
from tests.unit.desk.conftest import LogIn

pytestmark = pytest.mark.usefixtures("fleet")


def run(statement: str) -> None:
    """Run a statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def send(publication: Publication) -> Send:
    """A send of four batches: one in progress, one stalled, one waiting, one for later."""
    issue = desks.draft(publication)
    edition = Edition.objects.create(issue=issue, subject="Reed beds", hash="0" * 64)
    send = Send.objects.create(
        issue=issue, edition=edition, at=timezone.now(), state=Send.State.SENDING
    )
    later = timezone.now() + dt.timedelta(hours=1)
    batches = Batch.objects.bulk_create(Batch(send=send, number=n + 1) for n in range(4))
    send.batches.filter(number=4).update(not_before=later)
    job_queue.enqueue_send(send.pk)
    run("SELECT procrastinate_register_worker_v1(), procrastinate_register_worker_v1()")
    run("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '3 minutes'"
        " WHERE id = (SELECT MAX(id) FROM procrastinate_workers)")  # fmt: skip
    for function, batch in (("MIN", batches[0]), ("MAX", batches[1])):
        run(f"UPDATE procrastinate_jobs SET status = 'doing',"
            f" worker_id = (SELECT {function}(id) FROM procrastinate_workers)"
            f" WHERE queueing_lock = 'batch-{batch.pk}'")  # fmt: skip
    send.batches.filter(number=1).update(state=Batch.State.CLAIMED)
    Attempt.objects.create(
        key="k", batch=batches[0], owner="quay:7:8", lease_until=timezone.now(), size=1
    )
    return send


def shown(client: Client) -> str:
    """Return the page."""
    response = client.get("/admin/jobs/")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_what_it_says(send: Send, log_in: LogIn) -> None:
    """The page counts the jobs, names who is alive and dead, and leads to the send."""
    page = shown(log_in("Senders"))

    for title in ("Waiting", "Later", "In progress", "Stalled"):
        assert f"<dt>{title}</dt> <dd><strong>1</strong>" in page
    assert "3 min ago" in page
    assert "quay:7:8" in page
    assert page.count(f"/admin/sends/{send.pk}/") == 3
    assert "No worker is alive" not in page


def test_a_fleet_without_workers(publication: Publication, log_in: LogIn) -> None:
    """While nobody is there to send, the page says so, and how to fix it."""
    assert "newsletter worker" in shown(log_in("Senders"))


def test_who_may_look(publication: Publication, log_in: LogIn) -> None:
    """Who may see the sends may see the jobs; others have no way there."""
    approver, editor = log_in("Senders"), log_in("Writers")

    assert "/admin/jobs/" in approver.get("/admin/").content.decode()
    assert "/admin/jobs/" not in editor.get("/admin/").content.decode()
    assert editor.get("/admin/jobs/").status_code == 302


def test_it_changes_nothing(send: Send, log_in: LogIn) -> None:
    """To look at the page leaves every job as it is, also those of the dead."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, status FROM procrastinate_jobs ORDER BY id")
        before = cursor.fetchall()
        shown(log_in(""))
        cursor.execute("SELECT id, status FROM procrastinate_jobs ORDER BY id")
        assert cursor.fetchall() == before


def test_with_the_embedded_engine(
    publication: Publication, log_in: LogIn, settings: Settings
) -> None:
    """Where there is no fleet there is no page, nor a way to it."""
    sending = settings.CONFIG.sending.model_copy(update={"engine": "embedded"})
    settings.CONFIG = settings.CONFIG.model_copy(update={"sending": sending})
    client = log_in("")

    assert client.get("/admin/jobs/").status_code == 404
    assert "/admin/jobs/" not in client.get("/admin/").content.decode()
