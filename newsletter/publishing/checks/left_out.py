"""Blocks that somebody began to fill in, and that no reader gets since something is missing.

A draft may be half finished, so mail and page go without such a block; the check says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newsletter.phrases import phrase
from newsletter.publishing.content.issue_content import builder_of
from newsletter.rendering.preflight.codes import make_finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsletter.phrases import Phrase
    from newsletter.publishing.content.issue_content import Builder
    from newsletter.publishing.models import Issue
    from newsletter.rendering.findings import Finding

#: Characters of a block's own words in what is said of it.
SHOWN = 60
#: How the place of such a block begins: preflight's numbers count only blocks that are sent.
PLACE = "unfinished block"


def find_left_out(draft: Issue) -> Iterator[Finding]:
    """Report the blocks with something in them that the mail goes out without."""
    for place, _child, message in list_left_out(draft):
        fix = phrase("Choose the picture, or give its address; or delete the block.")
        yield make_finding("block-left-out", message, place, fix if is_lead(place) else "")


def is_lead(place: str) -> bool:
    """Say whether a place is that of the lead picture, which has no number."""
    return place == "lead image"


def list_left_out(draft: Issue) -> Iterator[tuple[str, Any, Phrase]]:
    """Yield the same blocks, each with its place, itself, and what is missing."""
    builder = builder_of(draft, strict=False)
    number = 1
    for child in draft.body:
        message = describe_missing(child.block_type, child.value, builder)
        if message is None:
            continue
        if child.block_type == "lead_image":
            yield "lead image", child, message
        else:
            yield f"{PLACE} {number}", child, message
            number += 1


def describe_missing(kind: str, value: Any, builder: Builder) -> Phrase | None:
    """Say why a block is left out; None for one that is sent, or in which nothing is filled in."""
    if kind == "lead_image" and not (value["image"] or value["address"]):
        return describe_lead(value)
    if kind == "button" and bool(value["label"]) != bool(value["url"]):
        return describe_button(value["label"] or "", value["url"] or "")
    if kind == "quote" and value["attribution"] and builder.quote(value) is None:
        return phrase(
            "the quote of {name!r} has no words: the mail goes out without it",
            name=value["attribution"][:SHOWN],
        )
    return None


def describe_lead(value: Any) -> Phrase | None:
    """Say that there is no picture where somebody described or credited one."""
    if not (value["alt"] or value["credit"] or value["decorative"]):
        return None
    return phrase("no image is chosen for the lead picture: the mail goes out without it")


def describe_button(label: str, url: str) -> Phrase:
    """Say which half of a button is missing."""
    if label:
        return phrase(
            "the button {label!r} has no address: the mail goes out without it", label=label[:SHOWN]
        )
    return phrase(
        "the button to {address} has no label: the mail goes out without it", address=url[:SHOWN]
    )
