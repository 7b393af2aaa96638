"""What an issue holds, as plain values that two versions can be merged by, and back again."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter
from wagtail.models import Revision

from newsletter.publishing.blocks import WHOLE
from newsletter.publishing.merging import Content
from newsletter.publishing.models import Issue

#: The fields that people write; the rest follows from them, or from where the issue stands.
FIELDS = (
    *("title", "volume", "number", "date", "subject", "preheader", "body"),
    *("language", "boilerplate", "pdf_url", "slug", "search_description"),
)
#: The editor gives paragraphs new names each time.
_KEY = re.compile(r' data-block-key="[^"]*"')
#: Which field of a block holds text of the editor; of the block itself where it has no fields.
_RICH = {"text": None, "callout": "body", "quote": "body", "item": "body"}


def snapshot_of(issue: Issue) -> Content:
    """Return what an instance holds, saved or not."""
    return snapshot_in(issue.serializable_data())


def snapshot_in(data: Any) -> Content:
    """Return the same of the content of a revision."""
    plain = json.loads(json.dumps({name: data.get(name) for name in FIELDS}, cls=DjangoJSONEncoder))
    body = plain["body"]
    plain["body"] = json.loads(body) if isinstance(body, str) else body or []
    content: Content = plain
    return content


def as_typed(content: Content) -> Content:
    """Return a content with its texts as the editor gives them back, to be compared."""
    converter = ContentstateConverter(WHOLE)

    def typed(text: Any) -> Any:
        if not isinstance(text, str):
            return text
        html = converter.to_database_format(converter.from_database_format(text))
        return "" if (plain := _KEY.sub("", html)) == "<p></p>" else plain

    def of(block: dict[str, Any]) -> dict[str, Any]:
        kind, value = block.get("type"), block.get("value")
        if kind in _RICH and _RICH[kind] is None:
            value = typed(value)
        elif isinstance(value, dict):
            rich = _RICH.get(str(kind)) or ""
            value = {name: typed(each) if name == rich else each for name, each in value.items()}
            if isinstance(value.get("items"), list):
                value["items"] = [of(item) for item in value["items"]]
        return block | {"value": value}

    return content | {"body": [of(block) for block in content["body"]]}


def put_into(issue: Issue, content: Content) -> None:
    """Give an instance what a content holds."""
    for name in FIELDS:
        field, value = issue._meta.get_field(name), content.get(name)
        setattr(issue, name, field.to_python(json.dumps(value) if name == "body" else value))


def stamp_of(revision: Revision | None) -> str:
    """Return what tells one state of a stored draft from another."""
    return f"{revision.pk}:{revision.created_at.isoformat()}" if revision else ""


def mark_of(value: Any) -> str:
    """Return what tells one value of a field from another."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
