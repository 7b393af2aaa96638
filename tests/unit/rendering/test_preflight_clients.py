"""What programs lack is told of the template, not of what MJML writes into every mail."""

from __future__ import annotations

import json
from importlib import resources

import pytest

from newsletter.rendering import preflight
from newsletter.rendering.pipeline import inlining, mjml
from newsletter.rendering.preflight import clients

#: Every mail of MJML has at least what this one has.
BARE = """
<mjml lang="en"><mj-head>
  <mj-title>title</mj-title><mj-preview>preview</mj-preview>
  <mj-attributes><mj-all font-family="serif" /></mj-attributes>
</mj-head><mj-body background-color="#ffffff"><mj-wrapper><mj-section><mj-column>
  <mj-text font-weight="600" letter-spacing="1px"><h1>x</h1><p>x <a href="#">x</a></p>
    <table><tr><td>x</td></tr></table><ul><li>x</li></ul></mj-text>
  <mj-image src="https://example.org/i.png" alt="" href="https://example.org/" />
  <mj-button href="https://example.org/">x</mj-button><mj-divider /><mj-spacer />
</mj-column></mj-section></mj-wrapper></mj-body></mjml>
"""
TABLE = json.loads((resources.files(preflight) / "clients.json").read_text("utf-8"))


def test_the_baseline_is_what_mjml_writes() -> None:
    """The features that are not told are those of an MJML document without styles of its own."""
    bare = clients.features_of(inlining.inline_rules(mjml.to_html(BARE)))

    assert TABLE["baseline"] == sorted(bare & set(TABLE["features"]))


@pytest.mark.parametrize(
    ("html", "feature"),
    [
        ("<style>a, p:hover > b { top: 0 }</style>", "css-pseudo-class-hover"),
        ("<style>p::before { top: 0 }</style>", "css-pseudo-element-before"),
        ("<style>p { color: red; max-height:1px }</style>", "css-max-height"),
        ('<p style="color: red;max-height:1px">', "css-max-height"),
        (
            "<style>@media (prefers-color-scheme: dark) {}</style>",
            "css-at-media-prefers-color-scheme",
        ),
        ("<style>@supports (top: 0) {}</style>", "css-at-supports"),
        ("<video src='x'>", "html-video"),
    ],
)
def test_features_are_seen(html: str, feature: str) -> None:
    """Properties, at-rules, pseudo-classes and elements are known by caniemail's names."""
    assert feature in clients.features_of(html)


def test_comments_use_nothing() -> None:
    """What stands in comments is not counted: only Outlook reads it, and it knows it."""
    assert clients.features_of("<!--[if mso]><video><![endif]--><style>/* @media */</style>") == {
        "html-style"
    }
