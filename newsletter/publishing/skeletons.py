"""What a new issue begins with: empty items, the blocks of the last issue, or a skeleton.

Blocks are those that a body stores: a `type`, a `value`, and an `id` that nobody else has.
"""

from __future__ import annotations

import uuid
from typing import Any

#: A block, or an item of a digest, as a body stores it.
Block = dict[str, Any]

#: A publication's skeleton keeps the title of the issue that it was made of, and its blocks.
TITLE, BODY, CLOSING = "title", "body", "closing"
#: How many empty items a new digest has.
ITEMS = 5
#: What an item and a lead picture hold before anybody has written them.
EMPTY_ITEM: Block = {"headline": "", "body": "", "markdown": ""}
EMPTY_PICTURE: Block = {
    "image": None,
    "address": "",
    "alt": "",
    "decorative": False,
    "credit": "",
}


def empty_digest() -> list[Block]:
    """Return a body with one digest, whose items are ready to be written."""
    value = {
        "show_headlines": True,
        "items": [{"type": "item", "value": dict(EMPTY_ITEM)} for _ in range(ITEMS)],
    }
    return with_fresh_ids([{"type": "digest", "value": value}])


def with_fresh_ids(body: list[Block]) -> list[Block]:
    """Return the same blocks as new ones, with ids of their own."""
    return [_fresh(block) for block in body]


def _fresh(block: Block) -> Block:
    value = block.get("value")
    if isinstance(value, dict) and isinstance(value.get("items"), list):
        value = value | {"items": [_fresh(item) for item in value["items"]]}
    return block | {"id": str(uuid.uuid4()), "value": value}


def without_news(body: list[Block]) -> list[Block]:
    """Return new blocks of the same kinds: items and lead picture are empty, the rest stays."""
    return with_fresh_ids([_without_news(block) for block in body])


def _without_news(block: Block) -> Block:
    if block["type"] == "lead_image":
        return block | {"value": dict(EMPTY_PICTURE)}
    if block["type"] != "digest":
        return block
    items = [item | {"value": dict(EMPTY_ITEM)} for item in block["value"]["items"]]
    return block | {"value": block["value"] | {"items": items}}


def count_items(body: list[Block]) -> int:
    """Return how many items the digests of a body have."""
    return sum(len(block["value"]["items"]) for block in body if block["type"] == "digest")
