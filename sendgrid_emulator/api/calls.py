"""The arguments of every endpoint, and the permissions of a route."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from sendgrid_emulator import answers
from sendgrid_emulator.account import Account
from sendgrid_emulator.answers import Answer
from sendgrid_emulator.rules import problems

#: Bytes a request may have, attachments included.
LARGEST_BODY = 30 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Call:
    """One request: header names are lower case, `parts` come from the path.

    `size` is what the client announced; a body announced as too large is not read.
    """

    body: bytes = b""
    size: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_json(self) -> bool:
        """Return whether the client says that the body is JSON."""
        kind = self.headers.get("content-type", "").partition(";")[0]
        return kind.strip().lower() == "application/json"

    def document(self) -> dict[str, Any]:
        """Return the body as a JSON object; anything else counts as an empty one."""
        try:
            decoded = orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return {}
        return decoded if isinstance(decoded, dict) else {}


Endpoint = Callable[[Account, Call], Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """An endpoint, its path, and the scope that a key needs for it (empty: any key)."""

    method: str
    path: str
    scope: str
    endpoint: Endpoint


def answer_call(account: Account, route: Route, call: Call) -> Answer:
    """Pass a call to its endpoint if its size, its key and the scopes of the key allow it."""
    if max(len(call.body), call.size) > LARGEST_BODY:
        return answers.too_large()
    if not account.takes_key(call.headers.get("authorization", "")):
        return answers.refuse_request(401, problems.BAD_KEY)
    if route.scope and route.scope not in account.settings.scopes:
        return answers.refuse_request(403, problems.FORBIDDEN)
    return route.endpoint(account, call)
