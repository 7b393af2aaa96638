"""The rules for one personalization: its people, headers, substitutions and arguments."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from sendgrid_emulator.rules.addresses import is_address
from sendgrid_emulator.rules.problems import Problem, make_problem
from sendgrid_emulator.rules.schema import PEOPLE, Json

MAX_SUBSTITUTIONS = 150
#: Seconds from now that a message may be scheduled ahead.
FARTHEST_SEND_AT = 72 * 3600
RESERVED_HEADERS = frozenset(
    (
        *("to", "cc", "bcc", "from", "reply-to", "subject"),
        *("content-type", "content-transfer-encoding"),
        *("received", "dkim-signature", "x-sg-id", "x-sg-eid"),
    )
)

_HEADER_KEY = re.compile(r"[!-9;-~]+").fullmatch


@dataclass(frozen=True, slots=True)
class ValidationContext:
    """What the rules depend on besides the request.

    `now` is Unix time; `knows_batch` tells whether a batch id was issued here and is young
    enough; `map_bytes` limits substitutions and custom arguments: the documents disagree on it
    (10,000 in one place, 50,000 in another), so it is a switch and the smaller is the default.
    `groups` are the unsubscribe groups there are; `ip_pools` the pools (none: any will do).
    """

    now: float
    knows_batch: Callable[[str], bool]
    map_bytes: int = 10_000
    groups: Collection[int] = ()
    ip_pools: Collection[str] = ()


def check_personalization(
    block: Json, path: str, payload: Json, context: ValidationContext
) -> Iterator[Problem]:
    """Name what is wrong with one personalization, found at `path` in `payload`."""
    if not block.get("to"):
        yield make_problem(
            "The to array is required for all personalization objects, and must have at least one"
            " email object with a valid email address.",
            f"{path}.to",
            "personalizations.to",
        )
    yield from _people(block, path)
    yield from check_headers(block, f"{path}.headers")
    yield from _substitutions(block, path, context)
    yield from custom_args(block, payload.get("custom_args", {}), f"{path}.custom_args", context)
    yield from send_at(block, f"{path}.send_at", context)
    if "from" in block:
        yield from _own_sender(block["from"], payload.get("from", {}), f"{path}.from")


def _people(block: Json, path: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for key in PEOPLE:
        for j, person in enumerate(block.get(key, ())):
            email = person.get("email")
            where = f"{path}.{key}.{j}"
            if not is_address(email):
                anchor = f"personalizations.{key}"
                yield make_problem("Does not contain a valid address.", f"{where}.email", anchor)
                continue
            yield from _name(person, where, key)
            folded = email.lower()
            if folded in seen:
                yield _repeated(folded, path, key)
            seen.add(folded)


def _name(person: Json, where: str, key: str) -> Iterator[Problem]:
    name = person.get("name")
    if name and (";" in name or "," in name):
        message = "The name may not contain a semicolon or a comma."
        yield make_problem(message, f"{where}.name", f"personalizations.{key}")


def _repeated(email: str, path: str, key: str) -> Problem:
    return make_problem(
        "Each email address in the personalization block should be unique between to, cc, and bcc."
        f" We found the first duplicate instance of [{email}] in the {path}.{key} field.",
        path,
        "recipient-errors",
    )


def check_headers(block: Json, path: str) -> Iterator[Problem]:
    """Name reserved, doubled and unprintable header names of a message or personalization."""
    seen: set[str] = set()
    for key in block.get("headers", ()):
        folded = key.lower()
        if folded in RESERVED_HEADERS:
            yield make_problem(f"The header '{key}' is a reserved key.", path, "headers")
        if not _HEADER_KEY(key):
            message = "Header keys cannot contain non-ASCII characters or empty spaces."
            yield make_problem(message, path, "headers")
        if folded in seen:
            yield make_problem(f"The header '{key}' must be unique.", path, "headers")
        seen.add(folded)


def _substitutions(block: Json, path: str, context: ValidationContext) -> Iterator[Problem]:
    substitutions = block.get("substitutions")
    if not substitutions:
        return
    where, anchor = f"{path}.substitutions", "personalizations.substitutions"
    if len(substitutions) > MAX_SUBSTITUTIONS:
        message = f"Substitutions are limited to {MAX_SUBSTITUTIONS} per personalization block."
        yield make_problem(message, where, anchor)
    if _bytes(substitutions) > context.map_bytes:
        message = (
            f"Substitutions may not exceed {context.map_bytes} bytes per personalization block."
        )
        yield make_problem(message, where, anchor)


def custom_args(
    block: Json, inherited: Json, path: str, context: ValidationContext
) -> Iterator[Problem]:
    """Check the size of custom arguments, merged with those `inherited` from the message."""
    own = block.get("custom_args")
    if own is None:
        return
    if not own:
        yield make_problem("The custom_args object may not be empty.", path, "custom_args")
    if _bytes({**inherited, **own}) > context.map_bytes:
        message = (
            "The combined size of both global and personalization custom arguments may not exceed"
            f" {context.map_bytes} bytes per personalization."
        )
        yield make_problem(message, path, "custom_args")


def _bytes(mapping: Json) -> int:
    # Joined first: one encoding instead of one per string halves the cost of a large request.
    return len("".join(mapping).encode()) + len("".join(mapping.values()).encode())


def _own_sender(own: Json, sender: Json, path: str) -> Iterator[Problem]:
    email = own.get("email", "")
    if not is_address(email):
        yield make_problem("Does not contain a valid address.", f"{path}.email", "from")
    elif email.rpartition("@")[2].lower() != sender.get("email", "").rpartition("@")[2].lower():
        message = "The domain must match the domain of the from address of the message."
        yield make_problem(message, f"{path}.email", "from")


def send_at(block: Json, path: str, context: ValidationContext) -> Iterator[Problem]:
    """Refuse times (Unix seconds) too far ahead; times gone by mean at once."""
    if block.get("send_at", 0) > context.now + FARTHEST_SEND_AT:
        message = "Scheduling more than 72 hours in advance is forbidden."
        yield make_problem(message, path, "send_at")
