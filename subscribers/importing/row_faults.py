"""What is wrong with single rows of a table, beyond their addresses."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsletter.errors import BadInput
from newsletter.phrases import phrase
from subscribers.addresses import spell_out
from subscribers.importing.tables import DELIMITERS

#: A control character between two letters or signs.
CONTROLS = r"\x00-\x08\x0e-\x1f\x7f-\x9f"
HIDDEN = re.compile(rf"[^\s{CONTROLS}][{CONTROLS}]+[^\s{CONTROLS}]")
#: The first byte of two in UTF-8, read as Windows-1252, before what no word has there.
MISREAD = re.compile("[ÃÂÅÄ][\u00a0-\u00bf€‚ƒ„…†‡ˆ‰‹Œ‘’“”•–—˜™›œ]")


def describe_separator(cells: Sequence[str], width: int, separator: str) -> str:
    """Say that a row is separated by another sign than its table; blank if it is not."""
    if len(cells) > 1 or width < 2:
        return ""
    for other in DELIMITERS:
        if other != separator and cells[0].count(other) == width - 1:
            return _("the cells of this line are separated by {other}, not by {separator}").format(
                other=name_separator(other), separator=name_separator(separator)
            )
    return ""


def name_separator(sign: str) -> str:
    """Return a separator as a person reads it."""
    return _("a tab") if sign == "\t" else repr(sign)


def refuse_hidden(cell: str) -> None:
    """Raise `BadInput` for a cell with an address inside of which there is a control character.

    Without it the letters around it would be another address.
    """
    if HIDDEN.search(cell):
        fault = _("it contains an invisible character")
        raise BadInput(phrase("{address}: {fault}", address=spell_out(cell[:80]), fault=fault))


def looks_misread(text: str) -> bool:
    """Whether a text was UTF-8 and then read as Windows-1252: "Ã„nne" was "Änne"."""
    return bool(MISREAD.search(text))


def describe_misread(line: int, text: str, count: int) -> str:
    """Say how many names were read wrongly before the file was saved, and the first of them."""
    return ngettext(
        "{count} name looks as if its encoding was mistaken when it was saved: {text} "
        "(line {line})",
        "{count} names look as if their encoding was mistaken when they were saved: {text} "
        "(first in line {line})",
        count,
    ).format(count=f"{count:,}", text=repr(text[:40]), line=line)


def describe_no_language(line: int, text: str, count: int) -> str:
    """Say how many rows name a language that is not known, and the first of them."""
    return ngettext(
        "{count} row names no language that is known, and keeps it as an attribute: {text} "
        "(line {line})",
        "{count} rows name no language that is known, and keep it as an attribute: {text} "
        "(first in line {line})",
        count,
    ).format(count=f"{count:,}", text=repr(text[:40]), line=line)
