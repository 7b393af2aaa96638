"""The suppressions that follow from an event."""

from __future__ import annotations

from collections.abc import Iterator

from sendgrid_emulator.events.event import Occurrence
from sendgrid_emulator.state.suppressions import (
    BLOCKS,
    BOUNCES,
    DROP_REASONS,
    INVALID,
    SPAM,
    UNSUBSCRIBES,
    Entry,
    Group,
)

#: The list that an event puts the recipient on.
_EVENT_LISTS = {"spamreport": SPAM, "unsubscribe": UNSUBSCRIBES}


def added_entries(occurrence: Occurrence) -> Iterator[tuple[str, Entry]]:
    """Yield what an event says about its recipients: the list each goes on, and the entry."""
    name = _list_of(occurrence)
    if not name:
        return
    addresses, details = occurrence.request.addresses, occurrence.step.details
    reason, status = details.get("reason", ""), details.get("status", "")
    for position in occurrence.positions:
        yield name, Entry(addresses[position], int(occurrence.at), reason, status)


def removed_entries(occurrence: Occurrence) -> Iterator[tuple[str, str]]:
    """Yield the list that each recipient is on no more, and the address."""
    group = occurrence.request.group
    if occurrence.step.event == "group_resubscribe" and group:
        for position in occurrence.positions:
            yield Group(group, "").list, occurrence.request.addresses[position]


def _list_of(occurrence: Occurrence) -> str:
    step, group = occurrence.step, occurrence.request.group
    if step.event == "group_unsubscribe":
        return Group(group, "").list if group else ""
    if step.event == "bounce":
        return BLOCKS if step.details["type"] == "blocked" else BOUNCES
    if step.event == "dropped":
        return INVALID if step.details["reason"] == DROP_REASONS[INVALID] else ""
    return _EVENT_LISTS.get(step.event, "")
