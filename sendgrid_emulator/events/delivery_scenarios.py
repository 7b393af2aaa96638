"""What happens to a mail after its release, by the recipient's address.

`bounce@…` and `bounce+anything@…` bounce, and so on for every name in `SCENARIOS`; every other
address is delivered a second later.  Times are seconds after the release.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True)
class Step:
    """One event of a mail: its name, its time, and its special fields.

    `hidden` names fields that such events lack.
    """

    event: str
    after: float
    details: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    hidden: frozenset[str] = frozenset()


Scenario = tuple[Step, ...]

_AGENT = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15"
_IP = "192.0.2.1"
_READER_IP = "198.51.100.7"

_PROCESSED = Step("processed", 0)
_GONE = "550 5.1.1 The account you tried to reach does not exist"
_POLICY = "550 5.7.1 The message was rejected by the receiver's policy"
_BUSY = "451 4.7.1 Please try again later"


def _delivered(after: float = 1) -> Step:
    return Step("delivered", after, {"response": "250 2.0.0 OK", "ip": _IP, "tls": 1})


def _opened(after: float, *, machine: bool = False) -> Step:
    details = {"useragent": _AGENT, "ip": _READER_IP, "sg_content_type": "html"}
    return Step("open", after, {**details, "sg_machine_open": machine})


def _bounced(after: float, kind: str, **details: str) -> Step:
    return Step("bounce", after, {"type": kind, "ip": _IP, "tls": 1, **details})


_HARD = {"reason": _GONE, "status": "5.1.1", "bounce_classification": "Invalid Address"}
_SOFT = {"reason": _POLICY, "status": "5.7.1", "bounce_classification": "Reputation"}
_CLICKED = Step(
    "click",
    3,
    {
        "url": "https://example.org/",
        "url_offset": {"index": 0, "type": "html"},
        "useragent": _AGENT,
        "ip": _READER_IP,
    },
)

DELIVERED: Scenario = (_PROCESSED, _delivered())

SCENARIOS: dict[str, Scenario] = {
    "bounce": (_PROCESSED, _bounced(1, "bounce", **_HARD)),
    "block": (_PROCESSED, _bounced(1, "blocked", **_SOFT)),
    "nostatus": (_PROCESSED, _bounced(1, "bounce", reason=_GONE)),
    # A server that accepted the mail and reports later that it could not deliver it: the report no
    # longer says which mail it was.
    "asyncbounce": (
        *DELIVERED,
        Step("bounce", 4, {"type": "bounce", **_HARD}, frozenset({"sg_message_id", "custom_args"})),
    ),
    "invalid": (Step("dropped", 0, {"reason": "Invalid", "status": "5.1.3"}),),
    "open": (*DELIVERED, _opened(2)),
    "machineopen": (*DELIVERED, _opened(2, machine=True)),
    "click": (*DELIVERED, _opened(2), _CLICKED),
    "spam": (*DELIVERED, Step("spamreport", 3)),
    "unsubscribe": (*DELIVERED, Step("unsubscribe", 3)),
    # From and to the unsubscribe group of the request; without one they only say so.
    "groupunsubscribe": (*DELIVERED, Step("group_unsubscribe", 3)),
    "groupresubscribe": (*DELIVERED, Step("group_unsubscribe", 3), Step("group_resubscribe", 4)),
}

_RULE = re.compile(
    rf"^(?:(?P<name>{'|'.join(SCENARIOS)})|defer(?P<times>\d?))(?:\+[^@\n]*)?@",
    re.IGNORECASE | re.MULTILINE,
)


def scenario_of(address: str) -> Scenario:
    """Return what happens to a mail to `address`."""
    found = _RULE.match(address)
    return _scenario(found) if found else DELIVERED


def step_of_reader(act: str) -> Step | None:
    """Return the last step of `open`, `machineopen` or `click`; None for any other word."""
    return SCENARIOS[act][-1] if act in ("open", "machineopen", "click") else None


def unusual_scenarios(recipients: str) -> Iterator[tuple[int, Scenario]]:
    """Yield position and scenario of those who are not simply delivered to; one address a line."""
    position = end = 0
    for found in _RULE.finditer(recipients):
        position += recipients.count("\n", end, found.start())
        end = found.start()
        yield position, _scenario(found)


def _scenario(found: re.Match[str]) -> Scenario:
    if found["name"]:
        return SCENARIOS[found["name"].lower()]
    times = int(found["times"] or 1)
    deferred = (
        Step("deferred", attempt, {"response": _BUSY, "attempt": str(attempt)})
        for attempt in range(1, times + 1)
    )
    return (_PROCESSED, *deferred, _delivered(times + 1))


def dropped_scenario(reason: str) -> Scenario:
    """Return the scenario of a mail that SendGrid did not even try to deliver."""
    return (Step("dropped", 0, {"reason": reason, "status": "5.0.0"}),)
