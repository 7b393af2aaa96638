"""With OpenTelemetry a request, a batch and the provider's answer are spans; else nothing is."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.test import Client
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from newsletter.errors import NotInstalled, NotSubmitted
from newsletter.runtime import tracing
from newsletter.sending.models import Send
from newsletter.sending.workers import embedded
from newsletter.sending.workers.embedded import EmbeddedEngine
from newsletter.transports.memory import MemoryTransport
from subscribers.models import Subscriber
from tests.unit.sending.conftest import LEASE


class Collector:
    """What receives spans by OTLP over HTTP, on this machine."""

    def __init__(self) -> None:
        self.received: list[ExportTraceServiceRequest] = []
        received = self.received

        class Receive(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                received.append(ExportTraceServiceRequest.FromString(body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_words: object) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Receive)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=[0.01], daemon=True).start()

    def spans(self) -> dict[str, dict[str, str]]:
        """Return the spans by name: their attributes as texts, and how they ended."""
        return {
            span.name: {
                **{
                    each.key: each.value.string_value or str(each.value.int_value)
                    for each in span.attributes
                },
                "failed": span.status.message,
            }
            for request in self.received
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        }


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    """A collector that is named in the environment."""
    made = Collector()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", made.url)
    yield made
    tracing.stop_tracing()
    made.server.shutdown()
    made.server.server_close()


def test_spans_arrive(
    collector: Collector,
    client: Client,
    add_people: Callable[[int], list[Subscriber]],
    start: Callable[..., Send],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A request has its route and status, a batch and its submission their numbers; no address."""
    add_people(3)
    start(batch_size=10)
    engine = EmbeddedEngine(
        MemoryTransport([NotSubmitted("reader1@tideline.example")]), senders=1, lease=LEASE
    )
    # It works in the thread of the test, whose connection it must not close.
    monkeypatch.setattr(embedded, "close_old_connections", lambda: None)
    tracing.start_tracing()

    client.get("/health/live")
    engine._work()
    tracing.stop_tracing()

    spans = collector.spans()
    assert spans["GET health/live"]["http.response.status_code"] == "200"
    assert spans["batch"]["failed"] == ""
    assert spans["submit"]["people"] == "3"
    assert spans["submit"]["failed"] == "NotSubmitted"
    # Not "@": the random names of spans are bytes, and one may be that.
    assert "tideline.example" not in str(collector.received)
    assert 'string_value: "fortnight"' in str(collector.received)


def test_nothing_is_made_unless_it_is_wanted(client: Client) -> None:
    """Without an endpoint there is no tracer, and requests are answered as ever."""
    tracing.start_tracing()

    with tracing.span("batch") as current:
        assert current is None
    assert client.get("/health/live").status_code == 200


def test_without_the_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for spans and has not installed what sends them is told so."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)

    with pytest.raises(NotInstalled, match="not installed") as refused:
        tracing.start_tracing()

    assert "extra otel" in refused.value.hint


def test_collector_that_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The end of a program waits for the collector for a short time only."""
    monkeypatch.setattr(tracing, "END_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv(
            "OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}"
        )
        tracing.start_tracing()
        with tracing.span("batch"):
            pass
        began = time.monotonic()

        tracing.stop_tracing()

        assert time.monotonic() - began < 5
