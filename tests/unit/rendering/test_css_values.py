"""A declaration is invalid only where every browser ignores it."""

from __future__ import annotations

import pytest

from newsletter.rendering.pipeline.css_values import is_invalid


@pytest.mark.parametrize(
    "declaration",
    [
        *("color: notacolour", "color: #12", "color: 12px", "background-color: rgb(1)"),
        *("width: 50", "width: wide", "padding: -3px", "font-size: 12 px", "font-size: 1.2xx"),
        *("margin: 1px 2px 3px 4px 5px", "padding: auto", "width:", "color: red blue"),
        *("COLOR: NOTACOLOUR !important", "margin: inherit 2px", "line-height: tall"),
    ],
)
def test_what_no_browser_takes(declaration: str) -> None:
    """A colour that is none and a length without a unit are invalid."""
    assert is_invalid(declaration)


@pytest.mark.parametrize(
    "declaration",
    [
        *("color: red", "color: #1a2b3c", "color: #1a2b3c80", "color: rgb(0 0 0 / 50%)"),
        *("color: rgba(1, 2, 3, .4)", "color: var(--ink)", "color: light-dark(#000, #fff)"),
        *("color: currentColor", "color: WindowText", "color: inherit !important"),
        *("width: 0", "width: 50%", "width: calc(100% - 2px)", "width: -webkit-fill-available"),
        *("margin: 0 auto", "margin: -3px", "padding: 1px 2px", "font-size: larger"),
        *("line-height: 1.4", "letter-spacing: -0.01em", "border-color: red #fff transparent"),
        *(
            "mso-line-height-rule: exactly",
            "text-align: whatever",
            "font-size: clamp(1px, 2vw, 3px)",
        ),
        "padding: 1px/**/2px",
    ],
)
def test_what_some_browser_may_take(declaration: str) -> None:
    """What is valid anywhere, or is not judged, stays."""
    assert not is_invalid(declaration)
