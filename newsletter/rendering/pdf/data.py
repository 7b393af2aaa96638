"""What the PDF design is given: the issue as plain data, see docs/reference/pdf.md."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

from newsletter.rendering.content import (
    Block,
    Button,
    Callout,
    Content,
    Digest,
    Divider,
    Html,
    Item,
    Quote,
    Text,
)
from newsletter.rendering.pdf.nodes import Reader
from newsletter.rendering.pipeline.words import (
    Tables,
    fill_pattern,
    issue_number,
    long_date,
    words_in,
)
from newsletter.rendering.text.bidi import isolate_text

#: What PDF/UA does not allow in text, and no editor means.
_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127])
_SOURCE = re.compile(r'<img\b[^<>]*?\ssrc="([^"]*)"')


def pdf_data(content: Content, words: Tables, files: Mapping[str, str]) -> dict[str, Any]:
    """Return the data of an issue; `files` are the names of picture files by address."""
    spoken = words_in(content.language, words)
    language, _, rest = content.language.partition("-")
    region = rest.rpartition("-")[2].upper()
    setter = _Setter(Reader(files))
    data = {
        "title": content.title or content.publication,
        "publication": content.publication,
        "publisher": {
            "name": isolate_text(content.publisher.name, content.direction),
            "postal_address": isolate_text(content.publisher.postal_address, content.direction),
            "email": content.publisher.email,
        },
        "description": content.preheader,
        "issue": issue_number(content, spoken),
        "date": long_date(content, spoken),
        **{part: getattr(content.date, part) for part in ("year", "month", "day")},
        "lang": language.lower() if re.fullmatch("[A-Za-z]{2,3}", language) else "und",
        "region": region if re.fullmatch("[A-Z]{2}", region) else "",
        "direction": content.direction,
        "words": {key: str(spoken.get(key, "")) for key in ("web", "contents")},
        "web_url": content.web_url,
        "lead": _lead(content, str(spoken.get("credit", "{credit}")), files),
        "blocks": [setter.block(block) for block in content.blocks],
        "boilerplate": setter.reader.nodes(content.boilerplate),
    }
    anchors = setter.reader.anchors
    data["places"] = [anchors.name(anchor) for anchor in sorted(anchors.placed)]
    return {key: _without_controls(value) for key, value in data.items()}


def pictures_in(content: Content) -> tuple[str, ...]:
    """Return the addresses of all pictures, the lead first, each once."""
    lead = [content.lead.src] if content.lead else []
    inside = (unescape(src) for html in _texts(content) for src in _SOURCE.findall(html))
    return tuple(dict.fromkeys([*lead, *inside]))


def _without_controls(value: Any) -> Any:
    if isinstance(value, str):
        return value.translate(_CONTROLS)
    if isinstance(value, list):
        return [_without_controls(each) for each in value]
    if isinstance(value, dict):
        return {key: _without_controls(each) for key, each in value.items()}
    return value


def _texts(content: Content) -> Iterator[Html]:
    for block in content.blocks:
        if isinstance(block, Digest):
            yield from (item.body for item in block.items)
        elif isinstance(block, Text | Callout | Quote):
            yield block.body
    yield content.boilerplate


def _lead(content: Content, credit: str, files: Mapping[str, str]) -> dict[str, Any] | None:
    lead = content.lead
    if lead is None or lead.src not in files:
        return None
    return {
        "file": files[lead.src],
        "alt": lead.alt.strip(),
        "credit": fill_pattern(credit, credit=isolate_text(lead.credit, content.direction))
        if lead.credit
        else "",
    }


class _Setter:
    """Turns blocks into data, in the order in which they are read."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def block(self, block: Block) -> dict[str, Any]:
        """Return a block with its kind and what it shows."""
        match block:
            case Digest():
                items = [self.item(item) for item in block.items]
                made: dict[str, Any] = {"items": items, "show_headlines": block.show_headlines}
            case Button():
                made = {"label": block.label, "url": block.url}
            case Divider():
                made = {}
            case Callout():
                made = {"tone": block.tone, "nodes": self.reader.nodes(block.body)}
            case Quote():
                made = {
                    "attribution": block.attribution,
                    "nodes": self.reader.nodes(block.body),
                }
            case Text():
                made = {"nodes": self.reader.nodes(block.body)}
        return {"kind": block.kind, **made}

    def item(self, item: Item) -> dict[str, Any]:
        """Return an item; one without a headline is no place to lead to."""
        to = ""
        if item.headline:
            self.reader.levels.level(2)
            to = self.reader.anchors.place(item.id)
        return {"headline": item.headline, "to": to, "nodes": self.reader.nodes(item.body)}
