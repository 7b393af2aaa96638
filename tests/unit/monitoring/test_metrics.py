"""The metrics: for whoever has the token, true to the tables, and in a form Prometheus reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families
from pytest_django.fixtures import Settings

from newsletter.monitoring import metrics
from newsletter.sending.models import Send
from newsletter.tracking.models import Post
from tests.environment import ROOT
from tests.unit.tracking.conftest import LOST, SubmitMail

TOKEN = "kJ3-s0me-long-token"
#: Statements for all metrics, with one send: they do not grow with the people.
MAX_STATEMENTS = 30


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is kept of an earlier answer."""
    monkeypatch.setattr(metrics, "KEPT_SECONDS", 0.0)
    monkeypatch.setenv("NEWSLETTER_METRICS_TOKEN", TOKEN)


def ask(client: Client, given: str = f"Bearer {TOKEN}") -> Any:
    """Ask for the metrics."""
    return client.get("/metrics", headers={"Authorization": given})


def read(client: Client) -> dict[tuple[str, str], float]:
    """Return each value by its name and its last label."""
    text = ask(client).content.decode()
    return {
        (sample.name, list(sample.labels.values())[-1] if sample.labels else ""): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer wrong", TOKEN, f"Basic {TOKEN}", "Bearer é"]
)
def test_a_stranger(client: Client, given: str) -> None:
    """Without the token there is no such page."""
    assert ask(client, given).status_code == 404


@pytest.mark.django_db
def test_without_a_token(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where none is set there is no such page, also not for an empty token."""
    monkeypatch.delenv("NEWSLETTER_METRICS_TOKEN")

    assert [ask(client, given).status_code for given in ("Bearer ", f"Bearer {TOKEN}")] == [
        404,
        404,
    ]


@pytest.mark.django_db
def test_a_send(client: Client, submit_mail: SubmitMail) -> None:
    """A send with a lost answer is unresolved, and its people are accepted or unknown."""
    submit_mail(3, answers=[None, LOST], batch_size=2)

    found = read(client)

    assert found["fortnight_sends", "unresolved"] == 1
    assert found["fortnight_sends", "held"] == 0
    assert found["fortnight_send_people", "accepted"] == 2
    assert found["fortnight_send_people", "unknown"] == 1
    assert found["fortnight_people_unknown", ""] == 1
    assert found["fortnight_answers_recent", ""] == 2
    assert found["fortnight_list_people", "active"] == 3
    assert found["fortnight_sending_suspended", ""] == 0
    assert found["fortnight_disk_free_bytes", ""] > 0


@pytest.mark.django_db
def test_posts_that_wait(client: Client) -> None:
    """A post that is not read yet is counted, with how long it has waited."""
    Post.objects.create(provider="sendgrid", body=b"[]", size=2)

    found = read(client)

    assert found["fortnight_event_posts_waiting", ""] == 1
    assert found["fortnight_event_lag_seconds", ""] >= 0


@pytest.mark.django_db
def test_the_number_of_statements(client: Client, submit_mail: SubmitMail) -> None:
    """All metrics take a fixed number of statements, and nobody is named."""
    submit_mail(5, batch_size=1)

    with CaptureQueriesContext(
        connection,
    ) as asked:
        text = ask(client).content.decode()

    assert len(asked) <= MAX_STATEMENTS
    assert "@" not in text


@pytest.mark.django_db
def test_given_again(client: Client, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """Within some seconds the tables are read once, however many ask."""
    time = [100.0]
    monkeypatch.setattr(metrics, "KEPT_SECONDS", 5.0)
    tables = metrics.Tables(lambda: time[0])
    first = {metric.name for metric in tables.collect()}
    with CaptureQueriesContext(connection) as asked:
        assert {metric.name for metric in tables.collect()} == first
        assert len(asked) == 0
        time[0] += 5
        list(tables.collect())
        assert len(asked) > 0
    assert Send.objects.count() == 0


@pytest.mark.django_db
def test_each_is_documented(client: Client) -> None:
    """docs/how-to/monitoring.md lists each metric of ours; dashboard and rules name no other."""
    told = {family.name for family in text_string_to_metric_families(ask(client).content.decode())}
    told = {name for name in told if name.startswith("fortnight_")}
    page = (ROOT / "docs" / "how-to" / "monitoring.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `(fortnight_\w+)`", page, flags=re.MULTILINE))
    # Of the fleet and of the sender process: only where there is one.
    fleet = {"fortnight_jobs", "fortnight_workers_alive", "fortnight_sender_process_ok"}

    assert {name.removesuffix("_total") for name in documented} == told | fleet
    for file in ("grafana.json", "alerts.yaml"):
        text = (ROOT / "deploy" / "monitoring" / file).read_text(encoding="utf-8")
        named = {name.removesuffix("_total") for name in re.findall(r"fortnight_\w+", text)}
        assert named <= told | fleet


@pytest.mark.django_db
def test_one_that_fails(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A group that cannot be read is counted and logged, and hides no other."""

    def fail() -> Iterator[Metric]:
        raise ValueError("odd")
        yield

    monkeypatch.setattr(metrics, "SOURCES", (fail, *metrics.SOURCES))

    found = read(client)

    assert found["fortnight_metrics_failed", ""] == 1
    assert found["fortnight_sends", "held"] == 0
