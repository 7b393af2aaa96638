"""Fonts for mail: a mail brings none, so each name stands for those that machines have.

A stack ends with a generic family, so there is always a font.  Scripts that need fonts of their own
keep those of the template, but for Japanese, which has the two forms, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

SANS = "-apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Helvetica, Arial, sans-serif"
MINCHO = "'Hiragino Mincho ProN', 'Yu Mincho', 'Noto Serif CJK JP', 'Noto Serif JP', serif"
GOTHIC = "'Hiragino Sans', 'Yu Gothic', Meiryo, 'Noto Sans CJK JP', 'Noto Sans JP', sans-serif"


@dataclass(frozen=True, slots=True)
class FontStack:
    """The families of the text, and those of what stands around it: dates, buttons, footer."""

    name: str
    text: str
    plain: str
    ja: str


#: By the key under which a choice is kept.
STACKS: Mapping[str, FontStack] = MappingProxyType(
    {
        "georgia": FontStack("Georgia", "Georgia, 'Times New Roman', Times, serif", SANS, MINCHO),
        "palatino": FontStack(
            "Palatino",
            "'Iowan Old Style', 'Palatino Linotype', Palatino, Georgia, serif",
            "'Iowan Old Style', 'Palatino Linotype', Palatino, Georgia, serif",
            MINCHO,
        ),
        "system": FontStack("System", SANS, SANS, GOTHIC),
        "arial": FontStack(
            "Arial", "Arial, Helvetica, sans-serif", "Arial, Helvetica, sans-serif", GOTHIC
        ),
        "verdana": FontStack(
            "Verdana",
            "Verdana, 'DejaVu Sans', Geneva, sans-serif",
            "Verdana, 'DejaVu Sans', Geneva, sans-serif",
            GOTHIC,
        ),
        "trebuchet": FontStack(
            "Trebuchet",
            "'Trebuchet MS', 'Lucida Grande', Tahoma, sans-serif",
            "'Trebuchet MS', 'Lucida Grande', Tahoma, sans-serif",
            GOTHIC,
        ),
    }
)


def fonts_with(stack: FontStack, fonts: Mapping[str, Any]) -> dict[str, Any]:
    """Return a theme's fonts by script with the families of a stack; sizes stay."""
    chosen = {
        "latin": {"text": stack.text, "plain": stack.plain},
        "ja": {"text": stack.ja, "plain": GOTHIC},
    }
    return {
        script: {**table, **chosen.get(script, {})}
        for script, table in fonts.items()
        if script in chosen
    }
