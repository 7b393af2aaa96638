"""Spans for OpenTelemetry: of a request, of a batch, and of the provider's answer to it.

There are none unless an exporter is named by `OTEL_EXPORTER_OTLP_ENDPOINT`, as OpenTelemetry has it
(https://opentelemetry.io/docs/specs/otel/protocol/exporter/); that needs the packages of the extra
`otel`.  No span holds an address, a path or the text of an error: links are secrets.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from newsletter.errors import NotInstalled
from newsletter.phrases import phrase
from newsletter.runtime.request_ids import current_request

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase

NAME = "fortnight"
ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
#: How long the end of a program waits for a collector: the library would wait half a minute.
END_SECONDS = 2.0


class Tracing:
    """What makes spans, and sends them; nothing as long as nobody wants them."""

    tracer: Any = None
    ending: Ending | None = None


class Ending:
    """A thread that has a provider send what has not left; at the end none can be started."""

    def __init__(self, provider: Any) -> None:
        self._provider = provider
        self._wanted, self._done = threading.Event(), threading.Event()
        threading.Thread(target=self._end, name="tracing-end", daemon=True).start()

    def _end(self) -> None:
        self._wanted.wait()
        self._provider.shutdown()
        self._done.set()

    def end(self) -> None:
        """Send what has not left, if the collector takes it in time."""
        self._wanted.set()
        self._done.wait(END_SECONDS)


def start_tracing() -> None:
    """Send spans from now on, if an exporter is named; raises `NotInstalled` without its packages.

    What has not left at the end of the program leaves then, if the collector takes it.
    """
    if Tracing.tracer or not any(os.environ.get(name) for name in ENDPOINTS):
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise NotInstalled(
            phrase(
                "{variable} asks for OpenTelemetry, which is not installed", variable=ENDPOINTS[0]
            ),
            hint=phrase("Install the extra otel, or unset the variable: docs/how-to/monitoring.md"),
        ) from None
    named = {
        "service.name": os.environ.get("OTEL_SERVICE_NAME") or NAME,
        "service.version": version(NAME),
    }
    provider = TracerProvider(resource=Resource.create(named), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    # A collector that is away makes one error for each batch of spans: not each try of it.
    logging.getLogger("opentelemetry.exporter").setLevel(logging.ERROR)
    Tracing.ending = Ending(provider)
    Tracing.tracer = provider.get_tracer(NAME)
    atexit.register(stop_tracing)


def stop_tracing() -> None:
    """Send what has not left, within `END_SECONDS`, and make no more spans."""
    ending, Tracing.tracer, Tracing.ending = Tracing.ending, None, None
    if ending:
        atexit.unregister(stop_tracing)
        ending.end()


@contextmanager
def span(name: str, **attributes: str | int) -> Iterator[Any]:
    """Have what happens inside be a span; yields None where nobody wants it."""
    if Tracing.tracer is None:
        yield None
        return
    from opentelemetry.trace import StatusCode

    quiet = {"record_exception": False, "set_status_on_exception": False}
    with Tracing.tracer.start_as_current_span(name, attributes=attributes, **quiet) as current:
        try:
            yield current
        except BaseException as error:
            # Its class alone: the text of an error may hold what a server said of a person.
            current.set_status(StatusCode.ERROR, type(error).__name__)
            raise


class TraceRequests:
    """Middleware: one span for each request, by the name of its route."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer."""
        method = str(request.method)
        with span(
            method, **{"http.request.method": method, "request": current_request.get()}
        ) as one:
            response = self.get_response(request)
            if one is not None:
                route = getattr(request.resolver_match, "route", "")
                one.update_name(f"{method} {route}".strip())
                one.set_attribute("http.route", route)
                one.set_attribute("http.response.status_code", response.status_code)
        return response
