"""A document or web page as its parts, before anybody says what each of them becomes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml.html import HtmlElement


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """The blocks of a text in their order, and what is known of it besides.

    `pictures` are those that came with it, by the address under which the text names them;
    `footnotes` are the elements of each, by its label; `address` is where it stood on the web,
    `number` what it says of its number, such as `3.11`; `notes` say what was left out, and why.
    A block with `data-closing` belongs to the closing paragraph.
    """

    blocks: list[HtmlElement]
    title: str = ""
    number: str = ""
    language: str = ""
    date: dt.date | None = None
    address: str = ""
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    footnotes: Mapping[str, HtmlElement] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
