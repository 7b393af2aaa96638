"""The answers to the client, independent of HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson

from sendgrid_emulator.rules import problems
from sendgrid_emulator.rules.problems import Problem

_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, a body and headers."""

    status: int
    body: bytes = b""
    content_type: str = _JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    #: For the record of requests: the id of what was accepted, and for how many people.
    message_id: str = ""
    recipients: int = 0
    #: How many seconds the body takes, byte by byte, after the head.
    seconds: float = 0.0

    @property
    def error(self) -> str:
        """The messages of an error body on one line, or an empty string."""
        if self.status < 400 or self.content_type != _JSON:
            return ""
        entries = orjson.loads(self.body or b"{}").get("errors", ())
        return "; ".join(": ".join(filter(None, (e.get("field"), e["message"]))) for e in entries)


def json_answer(value: object, status: int = 200) -> Answer:
    """Answer with `value` as JSON."""
    return Answer(status, orjson.dumps(value))


def empty_answer(status: int = 204) -> Answer:
    """Answer without a body."""
    return Answer(status)


def refuse_request(status: int, *found: Problem) -> Answer:
    """Answer with an error body that lists all problems."""
    return Answer(status, orjson.dumps(problems.error_body(found)))


def too_large() -> Answer:
    """Answer as the proxy in front of the API does when a body exceeds 30 MB."""
    return Answer(413, problems.TOO_LARGE_PAGE.encode(), "text/html")
