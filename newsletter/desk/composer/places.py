"""How a place in an issue is called for people: “Subject”, “Item 2: Headline”."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from newsletter.publishing.blocks import Body
from newsletter.publishing.merging import Block, Content, Path

#: The fields of an issue, as its form calls them.
FIELDS = {
    "title": _("Title"),
    "volume": _("Volume"),
    "number": _("Number"),
    "date": _("Date"),
    "subject": _("Subject"),
    "preheader": _("Preheader"),
    "body": _("Content"),
    "language": _("Language"),
    "boilerplate": _("Closing text"),
    "pdf_url": _("PDF"),
    "slug": _("Web address"),
    "search_description": _("Description for search engines"),
}
#: What ends a paragraph in HTML.
_END = re.compile(r"</(?:p|li|h[1-6]|blockquote|tr)>|<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")


def name_place(path: Path, content: Content) -> str:
    """Return what a place is called in the issue that has this content."""
    if len(path) < 2 or path[0] != "body":
        return str(FIELDS.get(path[0], path[0]))
    for found, label, block in blocks_in(content):
        if found in path:
            field = path[-1] if path[-1] not in {found, "value", "items"} else ""
            name = label_of(block, field)
            return f"{label}: {name}" if name else label
    return str(FIELDS["body"])


def blocks_in(content: Content) -> Iterator[tuple[str, str, Block]]:
    """Yield items, numbered as readers see them, and then the blocks, with their labels."""
    number = 0
    for block in content["body"]:
        for item in items_of(block):
            number += 1
            yield item["id"], gettext("Item {number}").format(number=number), item
    kinds = Body().child_blocks
    for block in content["body"]:
        kind = kinds.get(block["type"])
        yield block["id"], str(kind.label) if kind else block["type"], block


def items_of(block: Block) -> list[Block]:
    """Return the items of a digest; none of another block."""
    value = block.get("value")
    items = value.get("items") if isinstance(value, dict) else None
    return items if isinstance(items, list) else []


def label_of(block: Block, field: str) -> str:
    """Return what the form calls a field of a block, or of an item."""
    kinds: Any = Body().child_blocks
    kind: Any = kinds["digest"].child_blocks["items"].child_block
    if block["type"] != "item":
        kind = kinds.get(block["type"])
    fields = getattr(kind, "child_blocks", {})
    return str(fields[field].label) if field in fields else ""


def words_of(value: Any) -> str:
    """Return a value as people read it: text without tags, a line for each paragraph."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, dict):
        return "\n".join(filter(None, map(words_of, value.values())))
    if isinstance(value, list):
        return "\n".join(filter(None, (words_of(each.get("value")) for each in value)))
    text = _TAG.sub("", _END.sub("\n", str(value if value is not None else "")))
    return html.unescape(text).strip()
