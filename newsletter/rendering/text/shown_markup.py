"""Markup of other programs that readers would see as it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator

_SHORTCODES = (
    *("audio", "button", "caption", "contact-form-7", "embed", "gallery", "playlist", "toc"),
    *("video", "vimeo", "youtube", "vc_[a-z_]{1,30}"),
)
_BOXES = (
    *("abstract", "bug", "danger", "example", "failure", "info", "note", "question", "quote"),
    *("success", "tip", "warning"),
)
_FORMS = (
    # A footnote that stands nowhere.
    r"\[\^[^\]\s\[]{1,60}\]",
    # Attributes: kramdown, Pandoc, markdown-it.
    r"\{(?:: ?[^{}\n]{1,80}|[#.][\w-][^{}\n]{0,80}|[a-z-]{2,20}=[^{}\n]{1,80})\}",
    # Notes in a line, and formulas between two dollar signs: Pandoc, notebooks.
    r"\^\[[^\[\]\n]{1,300}\]",
    r"\$\$[^$\n]{1,300}\$\$",
    # Boxes of MkDocs.
    rf"(?m:^(?:!!!|\?\?\?\+?)[ ](?:{'|'.join(_BOXES)})(?:[ ]\"[^\"\n]{{0,100}}\")?$)",
    # Shortcodes of WordPress.
    rf"\[/?(?:{'|'.join(_SHORTCODES)})(?: [^\[\]\n]{{0,200}})?/?\]",
    # Links of wikis and notebooks.
    r"\[\[[^\[\]\n]{1,120}\]\]",
    # Emoji by name; times such as 12:30:45 have digits.
    r"(?<![\w:/]):(?:[+-]1|[a-z][a-z_]{1,30}[a-z0-9]{0,3}):(?::skin-tone-[2-6]:)?(?![\w:/])",
    # Boxes of Pandoc, Docusaurus and others.
    r"(?m:^:::[ ]?\{?[\w .-]{0,40}\}?$)",
)
_MARKUP = re.compile(rf"(?=[\[{{:^$!?])(?:{'|'.join(_FORMS)})")


def in_text(text: str) -> Iterator[str]:
    """Yield each piece of markup in a text, once."""
    yield from dict.fromkeys(found[0] for found in _MARKUP.finditer(text))
