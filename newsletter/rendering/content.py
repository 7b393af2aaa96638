"""An issue as data: what every edition of it (mail, text, web, PDF) is made from.

All values are frozen.  `Html` is clean by construction: it comes only from
`newsletter.rendering.text.markdown`, which knows which tags a mail may hold.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import NewType

#: Sanitised, balanced HTML of an allow-list of tags.
Html = NewType("Html", str)


@dataclass(frozen=True, kw_only=True, slots=True)
class LeadImage:
    """The picture on top; `src` is an absolute URL, sizes in CSS pixels.

    One that is `decorative` needs no words; `file_name` is how its file is called.
    """

    src: str
    alt: str
    credit: str = ""
    width: int = 0
    height: int = 0
    decorative: bool = False
    file_name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One headline with its text; `id` is the in-page link target, e.g. `item-1`."""

    id: str
    headline: str
    body: Html


@dataclass(frozen=True, kw_only=True, slots=True)
class Digest:
    """Headlines on top, linked to the items below; they cannot disagree."""

    items: tuple[Item, ...]
    show_headlines: bool = True
    kind: str = field(default="digest", init=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """Running text."""

    body: Html
    kind: str = field(default="text", init=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Button:
    """A link that stands out; `url` is absolute."""

    label: str
    url: str
    kind: str = field(default="button", init=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Callout:
    """A box beside the flow; `tone` is `info` or `warning`."""

    body: Html
    tone: str = "info"
    kind: str = field(default="callout", init=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Quote:
    """Somebody's words."""

    body: Html
    attribution: str = ""
    kind: str = field(default="quote", init=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Divider:
    """A line between two parts."""

    kind: str = field(default="divider", init=False)


Block = Digest | Text | Button | Callout | Quote | Divider


@dataclass(frozen=True, kw_only=True, slots=True)
class Publisher:
    """Who answers for the mail: law wants the name and the postal address in it."""

    name: str
    postal_address: str
    email: str
    privacy_url: str
    signup_url: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Content:
    """One issue, whole; `volume` and `number` are 0 where a publication does not number."""

    publication: str
    title: str
    subject: str
    preheader: str
    volume: int
    number: int
    date: dt.date
    language: str
    direction: str
    publisher: Publisher
    lead: LeadImage | None = None
    blocks: tuple[Block, ...] = ()
    boilerplate: Html = Html("")
    web_url: str = ""
    pdf_url: str = ""
    #: Why somebody who is not subscribed gets this mail; it stands in place of the way to leave.
    reason: str = ""


#: Every class of this module, as templates meet them.
KINDS = (Content, Publisher, LeadImage, Item, *Block.__args__)
