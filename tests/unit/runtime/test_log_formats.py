"""Lines of the log, for people and for programs: the event, its values, and the request."""

from __future__ import annotations

import ast
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from newsletter.log_events import EVENTS
from newsletter.runtime.log_lines import JsonFormatter, OneLineFilter, TextFormatter
from newsletter.runtime.request_ids import RequestIds
from tests.environment import ROOT

LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}


def record(message: str, *values: object, error: BaseException | None = None) -> logging.LogRecord:
    """Return a record as a handler gets it."""
    found = (type(error), error, error.__traceback__) if error else None
    made = logging.LogRecord("newsletter.sending", 40, "x.py", 1, message, values, found)
    OneLineFilter().filter(made)
    return made


def test_for_programs() -> None:
    """An object in one line has the event and each value under its name; numbers stay numbers."""
    line = JsonFormatter().format(record("send %s is held. %s", 12, "Nothing\nwas approved."))

    assert "\n" not in line
    found = json.loads(line)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", found.pop("time"))
    assert found == {
        "level": "error",
        "event": "send-held",
        "logger": "newsletter.sending",
        "message": "send 12 is held. Nothing\\nwas approved.",
        "send": 12,
        "reason": "Nothing\\nwas approved.",
    }


def test_errors_for_programs() -> None:
    """A traceback is a field, and neither it nor a value names anybody."""
    error = ValueError("ann@lowen.example.org exists")
    line = JsonFormatter().format(record("unexpected: %s", error, error=error))

    found = json.loads(line)
    assert "ValueError" in found["error"]
    assert "ann" not in line
    assert found["reason"] == "…@lowen.example.org exists"


@pytest.mark.parametrize(
    "path",
    [
        "/admin/setup/setup.1wRqWv.{}/",
        "/news/admin/password_reset/confirm/MQ/{}/",
        "/u//{}",
        "/news/P/{}.",
        "/a/{}",
        "/calendar/{}.ics",
    ],
)
def test_no_link_works_from_a_log(path: str) -> None:
    """The secret in an address is left out, also where a library makes the whole message."""
    secret = "d1bk2a-0a1b2c3d4e5f60718293a4b5c6d7e8f9"
    whole = path.format(secret)

    for each in (record("unexpected: %s", whole), record(f"Forbidden: {whole}, twice {whole}")):
        for line in (TextFormatter("%(message)s").format(each), JsonFormatter().format(each)):
            assert secret[12:] not in line
            assert "…" in line


def test_each_message_is_one_line() -> None:
    """Nobody's words begin a line, in whichever way a library fills its message."""
    whole, named = record("a\nb"), record("%(words)s", {"words": "a\nb"})
    made = logging.LogRecord("x", 40, "x.py", 1, ValueError("a\nb"), None, None)
    OneLineFilter().filter(made)

    for each in (whole, named, made):
        assert TextFormatter("%(message)s").format(each).splitlines() == ["a\\nb [other]"]


def test_a_message_of_a_library() -> None:
    """What is not ours is the event `other`, also with words that we use."""
    django = record("%s: %s", "Unprocessable Entity", "/")
    django.name = "django.request"

    for each in (record("hello"), django):
        assert json.loads(JsonFormatter().format(each))["event"] == "other"


def test_for_people() -> None:
    """The event stands behind the words, before a traceback."""
    formatter = TextFormatter("%(levelname)s %(message)s")

    assert formatter.format(record("send %s is held. %s", 12, "No.")) == (
        "ERROR send 12 is held. No. [send-held]"
    )
    lines = formatter.format(record("the clock met an error; it ticks on", error=OSError("x")))
    assert lines.splitlines()[0] == "ERROR the clock met an error; it ticks on [clock-error]"


@pytest.mark.parametrize(("given", "kept"), [("abcd-1234", True), ("x y\n", False), ("", False)])
def test_a_request_has_a_name(given: str, kept: bool) -> None:
    """The lines of a request name it as its answer does; a proxy may have named it before."""
    lines = []

    def answer(_request: HttpRequest) -> HttpResponse:
        lines.append(TextFormatter("%(message)s").format(record("send %s: %s", 1, "x")))
        return HttpResponse()

    headers = {"X-Request-ID": given} if given else {}
    response = RequestIds(answer)(RequestFactory().get("/", headers=headers))

    name = response["X-Request-ID"]
    assert (name == given) is kept
    assert lines == [f"send 1: x [send-noted request={name}]"]
    assert "request" not in TextFormatter("%(message)s").format(record("send %s: %s", 1, "x"))


def calls() -> Iterator[tuple[str, str, int]]:
    """Yield where each message is logged, the message, and how many values it has; -1: unknown."""
    for base in ("newsletter", "subscribers"):
        for path in sorted(Path(ROOT / base).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if found := logged(node):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", *found  # type: ignore[attr-defined]


def logged(node: ast.AST) -> tuple[str, int] | None:
    """Return message and number of values of a call that logs, also one that comes later."""
    if not isinstance(node, ast.Call):
        return None
    arguments = list(node.args)
    function: ast.expr = node.func
    if isinstance(function, ast.Name) and function.id == "partial":
        function = arguments.pop(0)
    if not (
        isinstance(function, ast.Attribute)
        and function.attr in LEVELS
        and isinstance(function.value, ast.Name)
        and function.value.id in {"log", "logger"}
    ):
        return None
    message, *values = arguments
    starred = any(isinstance(value, ast.Starred) for value in values)
    assert isinstance(message, ast.Constant), ast.unparse(node)
    return str(message.value), -1 if starred else len(values)


def test_each_message_has_an_event() -> None:
    """Each message that the code logs is in the table, with a field for each of its values."""
    found = list(calls())

    assert {message for _, message, _ in found} == set(EVENTS)
    for place, message, values in found:
        fields = EVENTS[message].fields
        assert len(fields) == len(re.findall(r"%[+.\d]*[sfdr]", message)), message
        assert values in (-1, len(fields)), place


def test_each_event_is_documented() -> None:
    """docs/how-to/monitoring.md lists each event with its fields."""
    page = (ROOT / "docs" / "how-to" / "monitoring.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| (.*?) \|", page, flags=re.MULTILINE))
    wanted: dict[str, set[str]] = {}
    for event in EVENTS.values():
        wanted.setdefault(event.name, set()).update(event.fields)

    assert {name: set(re.findall(r"`(\w+)`", rows.get(name, ""))) for name in wanted} == wanted
