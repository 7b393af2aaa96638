"""What a good sender never does, checked on everything that was accepted.

The API accepts many things that must not happen; these rules are our own.  Every mail is checked
by its request, and the first and last mails of each request are also made and checked.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from sendgrid_emulator.account import Account
from sendgrid_emulator.checks.accounting import find_leaked_keys, find_unaccounted
from sendgrid_emulator.checks.one_click import unsubscribe_link
from sendgrid_emulator.checks.sender_rules import SENDER_RULES
from sendgrid_emulator.state.batches import MAX_STATUSES, PAUSED_AT_MOST
from sendgrid_emulator.state.messages import DISCARDED, Accepted, Message
from sendgrid_emulator.state.violation import Violation

__all__ = ["SENDER_RULES", "Violation", "check_invariants"]

#: Bytes of HTML above which Gmail cuts a mail off.
LARGEST_HTML = 100 * 1024
MAX_OPEN = 8
#: Seconds after which a sender must have released a batch: a pause ends by itself in 72 hours.
FORGOTTEN_BY = PAUSED_AT_MOST + 24 * 3600
#: How many mails at either end of a request are made and read.
SAMPLE = 5

#: Custom arguments that say which sending of which issue a mail belongs to; else the subject does.
ISSUE_ARGUMENTS = ("nl_send", "nl_i")
_LEFT_OVER = re.compile(r"\{\{|\}\}|\{%|%\}")
_OPAQUE = re.compile(r"[A-Za-z0-9._:-]{1,64}").fullmatch
_SETTINGS = ("click_tracking", "open_tracking", "subscription_tracking")


def check_invariants(account: Account, *, sample: int = SAMPLE) -> list[Violation]:
    """Return all violations so far; `sample` mails at either end of a request are read.

    Waived rules are left out.  R9, R12 and R15 need an oracle; R13 and R14 need a test that
    opens the links (`Emulator.scan_links`, `Emulator.press_one_click`).
    """
    requests = tuple(account.mailbox.requests)
    found = [*_doubles(requests), *_load(account), *account.checks.violations, *_by_oracle(account)]
    for request in requests:
        found += _request(request)
        found += _forbidden(request, account.checks.forbidden)
        found += _compact(request)
        for message in _sampled(request, sample):
            found += _message(message)
    return [violation for violation in found if violation.rule not in account.checks.waived]


def _by_oracle(account: Account) -> Iterator[Violation]:
    if account.checks.oracle:
        yield from find_leaked_keys(account.checks.oracle, tuple(account.checks.keys_used))
        yield from find_unaccounted(account.checks.oracle, account.mailbox)


def _sampled(request: Accepted, sample: int) -> Iterator[Message]:
    size = len(request)
    return (Message(request, i) for i in range(size) if i < sample or i >= size - sample)


def _doubles(requests: Iterable[Accepted]) -> Iterator[Violation]:
    """R1: a cancelled request reached nobody, so the same people may be mailed again."""
    seen: set[tuple[str, str]] = set()
    for request in requests:
        if request.phase in DISCARDED:
            continue
        for message in request:
            key = _issue(message), message.address.lower()
            if key in seen:
                yield Violation("R1", message.id, f"{message.address} gets {key[0]} again")
            seen.add(key)


def _issue(message: Message) -> str:
    arguments = message.custom_args
    named = (arguments[key] for key in ISSUE_ARGUMENTS if key in arguments)
    return next(named, message.request.subject)


def _load(account: Account) -> Iterator[Violation]:
    if account.request_log.peak > MAX_OPEN:
        yield Violation("R8", "", f"{account.request_log.peak} requests were open at once")
    if len(account.batches.marks) > MAX_STATUSES:
        yield Violation("R8", "", f"{len(account.batches.marks)} batches are stopped")
    for batch_id in _left_behind(account):
        yield Violation("R8", "", f"batch {batch_id[:8]}… is still stopped, with nothing to stop")


def _left_behind(account: Account) -> Iterator[str]:
    """Yield batches that nobody releases, although all their mail has left or was discarded."""
    requests = account.mailbox.requests
    for batch_id, mark in tuple(account.batches.marks.items()):
        times = [max(r.at, r.send_at) for r in requests if r.batch_id == batch_id]
        if max([mark.at, *times]) + FORGOTTEN_BY < account.clock.now():
            yield batch_id


def _forbidden(request: Accepted, forbidden: dict[str, float]) -> Iterator[Violation]:
    for position, address in enumerate(request.addresses if forbidden else ()):
        since = forbidden.get(address.lower())
        if since is not None and request.at >= since:
            yield Violation("R7", f"{request.id}.{position}", f"{address} was to be left alone")


def _request(request: Accepted) -> Iterator[Violation]:
    """Check what is the same for all recipients: R4, R6, R11."""
    kinds = {part["type"] for part in request.payload.get("content", ()) if part["value"].strip()}
    for kind in ("text/plain", "text/html"):
        if kind not in kinds:
            yield Violation("R4", request.id, f"no {kind} part")
    if request.owners is not None:
        yield Violation("R6", request.id, "recipients who can see each other")
    tracking = request.payload.get("tracking_settings", {})
    for name in _SETTINGS:
        if "enable" not in tracking.get(name, {}):
            yield Violation("R11", request.id, f"{name} is left to the account's settings")


def _compact(request: Accepted) -> Iterator[Violation]:
    """Check what differs by recipient and needs no finished mail: R2, R3, R10."""
    blocks = request.payload["personalizations"]
    tags = set(blocks[0].get("substitutions", ()))
    links: set[str] = set()
    for message in request:
        yield from _arguments(message)
        yield from _tags(message, tags)
        link = unsubscribe_link(message)
        if not link:
            yield Violation("R2", message.id, "no one-click unsubscribe link")
        elif link in links:
            yield Violation("R2", message.id, "the unsubscribe link belongs to somebody else")
        links.add(link)


def _arguments(message: Message) -> Iterator[Violation]:
    for key, value in message.custom_args.items():
        if not _OPAQUE(value):
            yield Violation("R10", message.id, f"custom argument {key} is not opaque")


def _tags(message: Message, tags: set[str]) -> Iterator[Violation]:
    own = message.substitutions
    if set(own) != tags:
        yield Violation("R3", message.id, "its tags are not those of the other recipients")
    values = "\n".join(own.values())
    for tag in own:
        if tag in values:
            yield Violation("R3", message.id, f"a value contains the tag {tag}")


def _message(message: Message) -> Iterator[Violation]:
    """Check what can only be seen in the mail itself: R2, R3, R5."""
    parts = {"subject": message.subject, "text": message.text, "html": message.html}
    token = _token(unsubscribe_link(message))
    for name in ("text", "html"):
        if token and token not in html.unescape(parts[name]):
            yield Violation("R2", message.id, f"the {name} part has another unsubscribe link")
    yield from _left_over(message, parts)
    yield from _crossed(message, parts)
    size = len(parts["html"].encode())
    if size > LARGEST_HTML:
        yield Violation("R5", message.id, f"{size:,} bytes of HTML")


def _left_over(message: Message, parts: dict[str, str]) -> Iterator[Violation]:
    for name, text in parts.items():
        left = [tag for tag in message.substitutions if tag in text]
        left += _LEFT_OVER.findall(text) if name != "html" else ()
        if left:
            yield Violation("R3", message.id, f"{left[0]} is left in the {name}")


def _crossed(message: Message, parts: dict[str, str]) -> Iterator[Violation]:
    """Search for data of neighbouring recipients: a mix-up usually shifts people by one."""
    for position in (message.index - 1, message.index + 1):
        if not 0 <= position < len(message.request):
            continue
        other = Message(message.request, position)
        token = _token(unsubscribe_link(other))
        for name, text in parts.items():
            if other.address in text and other.address not in message.address:
                yield Violation("R3", message.id, f"the {name} shows somebody else's address")
            if token and token in text and token != _token(unsubscribe_link(message)):
                yield Violation("R3", message.id, f"the {name} shows somebody else's link")


def _token(link: str) -> str:
    """Return the part of a link that identifies a person: the end of its path and its query."""
    parts = urlsplit(link)
    return parts.query or parts.path.rstrip("/").rpartition("/")[2]
