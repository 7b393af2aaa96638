"""Contrast of a theme's colours in light and dark, by the formula of WCAG 2.2 (1.4.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newsletter.phrases import phrase
from newsletter.rendering.preflight.codes import make_finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from newsletter.rendering.findings import Finding

LEAST = 4.5
#: Names of colours in a theme: what is written in the first stands on the second.
PAIRS = (
    *(("ink", "card"), ("ink", "tint"), ("ink", "warning"), ("heading", "card")),
    *(("heading", "tint"), ("muted", "card"), ("muted", "page"), ("accent", "card")),
    *(("link", "card"), ("link", "tint"), ("link", "warning"), ("button_text", "button")),
)


def of_theme(theme: Mapping[str, Any]) -> Iterator[Finding]:
    """Check each pair of colours that a theme has."""
    for scheme in ("light", "dark"):
        colours = theme.get(scheme, {})
        for text, ground in PAIRS:
            if text in colours and ground in colours:
                ratio = contrast_of(colours[text], colours[ground])
                if ratio < LEAST:
                    message = phrase(
                        "{text} on {ground} is {ratio}:1",
                        text=text,
                        ground=ground,
                        ratio=f"{ratio:.1f}",
                    )
                    yield make_finding("contrast-low", message, f"theme.toml [{scheme}]")


def contrast_of(one: str, other: str) -> float:
    """Return the contrast of two colours such as `#1a2b3c`, from 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
