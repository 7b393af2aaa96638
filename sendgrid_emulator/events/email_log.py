"""The Email Logs API: its query language, and what it says about a mail.

Source: the OpenAPI description of Twilio SendGrid's Email Logs API (POST /v3/logs).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sendgrid_emulator.events.delivery_scenarios import Step
from sendgrid_emulator.events.event import DELIVERY_EVENTS, event_id, history_of, sg_message_id
from sendgrid_emulator.state.mailbox import Mailbox
from sendgrid_emulator.state.messages import Message, Phase

MAX_MESSAGES = 1000
USUAL_MESSAGES = 10
#: Seconds after which a mail can no longer be looked up.
KEPT_FOR = 30 * 24 * 3600

_FIELDS = {
    "sg_message_id": {"="},
    "subject": {"="},
    "to_email": {"="},
    "status": {"in"},
    "reason": {"="},
    "categories": {"in"},
    "sg_message_id_created_at": {">", "<", ">=", "<="},
}
_STRING = r"""'(?:[^']*)'|"(?:[^"]*)\""""
_CONDITION = re.compile(
    rf"\s*(?P<field>\w+)\s*(?P<operator>>=|<=|=|>|<|\bin\b)\s*"
    rf"(?:timestamp\s*)?(?P<value>{_STRING}|\((?:\s*(?:{_STRING})\s*,?)+\))\s*(?P<next>\band\b|$)",
    re.IGNORECASE,
)
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
}


class BadQuery(ValueError):
    """The query has an error."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison; several are joined by AND."""

    field: str
    operator: str
    values: tuple[str, ...]

    def holds(self, mail: Logged) -> bool:
        """Return whether a mail meets the condition."""
        if self.field == "sg_message_id_created_at":
            wanted = datetime.fromisoformat(self.values[0]).timestamp()
            return _COMPARE[self.operator](mail.created_at, wanted)
        return not set(self.values).isdisjoint(mail.value(self.field))


def parse_query(query: str) -> list[Condition]:
    """Return the conditions of a query; an empty query has none.  Raises BadQuery."""
    conditions: list[Condition] = []
    position, joined = 0, bool(query.strip())
    while joined:
        found = _CONDITION.match(query, position)
        if not found:
            raise BadQuery(f"cannot read the query from character {position + 1}")
        conditions.append(_condition(found))
        position, joined = found.end(), bool(found["next"])
    return conditions


def _condition(found: re.Match[str]) -> Condition:
    field, operator = found["field"].lower(), found["operator"].lower()
    if operator not in _FIELDS.get(field, ()):
        raise BadQuery(f"{field} cannot be compared with {operator}")
    values = tuple(text[1:-1] for text in re.findall(_STRING, found["value"]))
    if field == "sg_message_id_created_at":
        _check_time(values[0])
    return Condition(field, operator, values)


def _check_time(text: str) -> None:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise BadQuery(f"{text} is not a time in ISO 8601") from None


class Logged:
    """One mail as the logs show it at the Unix time `now`."""

    def __init__(self, message: Message, now: float) -> None:
        self.message = message
        self.created_at = message.request.at
        self._steps = history_of(message, now)

    @property
    def status(self) -> str:
        """The summary of all events so far."""
        for _, step in reversed(self._steps):
            if step.event == "bounce":
                return "blocked" if step.details["type"] == "blocked" else "bounced"
            if step.event in {"delivered", "dropped", "deferred"}:
                return step.event
        return "processed"

    @property
    def reason(self) -> str:
        """Why it was dropped, bounced or deferred, or the answer of the server that accepted it."""
        for _, step in reversed(self._steps):
            if found := step.details.get("reason") or step.details.get("response"):
                return str(found)
        return ""

    def value(self, field: str) -> set[str]:
        """Return what a field of the query language is compared with."""
        if field == "categories":
            return set(self.message.categories)
        if field == "sg_message_id":
            return {sg_message_id(self.message)}
        return {str(self.summary()[field])}

    def summary(self) -> dict[str, Any]:
        """Return the mail as a search shows it."""
        return {
            "from_email": self.message.sender["email"],
            "sg_message_id": sg_message_id(self.message),
            "subject": self.message.subject,
            "to_email": self.message.address,
            "reason": self.reason,
            "status": self.status,
            "sg_message_id_created_at": _iso(self.created_at),
        }

    def details(self) -> dict[str, Any]:
        """Return the mail with all its events."""
        shown = self.summary()
        del shown["sg_message_id_created_at"], shown["reason"]
        return {
            **shown,
            "category": self.message.categories,
            "custom_args": self.message.custom_args,
            "api_key_id": "emulator",
            "client_ip": "127.0.0.1",
            "events": [self._received(), *(self._event(at, step) for at, step in self._steps)],
        }

    def _received(self) -> dict[str, Any]:
        request = self.message.request
        return {
            "event": "received",
            "recv_msgid": request.id,
            "sg_event_id": f"received-{request.id}",
            "processed": _iso(request.at),
            "recipient_count": len(request),
            "size": len(request.body),
        }

    def _event(self, at: float, step: Step) -> dict[str, Any]:
        cancelled = self.message.request.phase is Phase.CANCELLED
        name = "cancel_drop" if cancelled else step.event
        kept = ("reason", "status", "attempt", "url", "type", "bounce_classification")
        return {
            "event": name,
            "sg_event_id": event_id(self.message, step),
            "processed": _iso(at),
            **{key: step.details[key] for key in kept if key in step.details},
            **({"mx_server": "192.0.2.1"} if step.event in DELIVERY_EVENTS else {}),
        }


def search_mails(mailbox: Mailbox, query: str, now: float) -> Iterator[Logged]:
    """Yield the mails that meet a query, the newest request first.  Raises BadQuery at once."""
    return _matching(mailbox, parse_query(query), now)


def _matching(mailbox: Mailbox, conditions: list[Condition], now: float) -> Iterator[Logged]:
    to = next((c.values[0] for c in conditions if c.field == "to_email"), None)
    messages = reversed(mailbox.to(to)) if to else mailbox.newest()
    for message in messages:
        if not _is_kept(message, now):
            continue
        logged = Logged(message, now)
        if all(condition.holds(logged) for condition in conditions):
            yield logged


def find_mail(mailbox: Mailbox, message_id: str, now: float) -> Logged | None:
    """Return the mail with that sg_message_id."""
    request_id, _, rest = message_id.partition(".recvd-")
    message = mailbox.message(f"{request_id}.{rest.rpartition('.')[2]}")
    if message is None or not _is_kept(message, now):
        return None
    return Logged(message, now)


def _is_kept(message: Message, now: float) -> bool:
    return 0 <= now - message.request.at <= KEPT_FOR


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
