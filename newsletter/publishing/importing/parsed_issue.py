"""An issue as a file holds it, before it becomes a draft."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from newsletter.errors import ImportRejected

#: What fits into the fields of an issue, in characters.
MAX_CHARACTERS = {
    "title": 255,
    "subject": 250,
    "preheader": 250,
    "alt": 300,
    "credit": 200,
    "pdf": 200,
    "headline": 250,
    "button": 80,
}

#: What has a meaning in Markdown: inside a line, and at its start.  Merge tags such as
#: `[first_name|reader]` have none, so that they stay as an editor would write them.
_MARKS = re.compile(
    r"(?P<inside>[\\`*<~]|(?<![^\W_])_|_(?![^\W_])|(?<=\])[(:\[]|&(?=#?\w+;))"
    r"|^(?P<digits>\d+)(?=[.)])|^(?P<start>[#+=>:|-])",
    re.MULTILINE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """The text of a file with its name, for errors that say where.

    `embedded` are the addresses of pictures that stood in it, by the names that stand there now.
    """

    name: str
    text: str
    embedded: Mapping[str, str] = field(default_factory=dict)

    @property
    def lines(self) -> list[str]:
        """The lines without their ends."""
        return self.text.split("\n")

    def rejected(self, message: str, line: int, hint: str = "") -> ImportRejected:
        """Return the error to raise about a line, counted from 1."""
        return ImportRejected(message, path=self.name, line=line, hint=hint)


def escape_markdown(plain: str) -> str:
    """Return plain paragraphs as Markdown that shows the same."""
    return _MARKS.sub(_escaped, plain)


def _escaped(mark: re.Match[str]) -> str:
    # A number is harmless itself; what makes a list of it is the dot behind it.
    return f"{mark[0]}\\" if mark["digits"] else f"\\{mark[0]}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """A headline, its text as Markdown, and on which line (from 1) it begins."""

    headline: str
    body: str
    line: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Button:
    """A link that stands out."""

    label: str
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A picture that a file names, and on which line.

    `address` is what stands in the file; `file` is the path that it means, below the folder
    of the file, or empty for one that is on the web.
    """

    address: str
    file: str
    line: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ParsedIssue:
    """An issue, read; what a file does not say is empty, or None.

    All texts are Markdown.  `pictures` are the picture files that they show; `metadata` are
    the keys that mean nothing to us, kept; `notes` say how the file was understood;
    `fingerprint` tells files apart that have neither title nor number; `text` is that of the file.
    """

    title: str = ""
    volume: int | None = None
    number: int | None = None
    date: dt.date | None = None
    subject: str = ""
    preheader: str = ""
    language: str = ""
    image: Picture | None = None
    alt: str = ""
    #: Whether somebody says that readers who do not see the lead picture miss nothing.
    decorative: bool = False
    credit: str = ""
    introduction: str = ""
    items: tuple[Item, ...] = ()
    boilerplate: str = ""
    pdf_url: str = ""
    pictures: tuple[Picture, ...] = ()
    #: Links that stand out, below the items.
    buttons: tuple[Button, ...] = ()
    #: Pictures that came inside of the file, by the names under which the texts show them.
    enclosed: Mapping[str, bytes] = field(default_factory=dict)
    #: Pictures that stand in the text itself as `data:`, by the names that they are given.
    embedded: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    #: Width and height in pixels of pictures on the web, by their addresses.
    sizes: Mapping[str, list[int]] = field(default_factory=dict)
    fingerprint: str = ""
    text: str = field(default="", compare=False, repr=False)
