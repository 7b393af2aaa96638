"""Ours and the official MJML agree, but for what is listed with a reason.

What the official one says was written down by `make mjml-reference`, so that this needs no npm.
"""

from __future__ import annotations

from importlib import resources

import pytest
from playwright.sync_api import Browser

from newsletter.rendering import linting
from newsletter.rendering.linting.linter import lint_mjml
from newsletter.rendering.linting.tables import load_components
from tests.mjml_reference import attributes, known, pixels, rendering, structure, table
from tests.mjml_reference.attributes import Outcome


def test_structures_are_as_listed() -> None:
    """Every sample has the official structure, but for the differences that are listed."""
    found = {
        name: structure.differences(rendering.read_official(name), ours)
        for name, ours in rendering.render_ours(rendering.load_samples()).items()
    }

    assert known.find_surprises(found) == []


@pytest.mark.parametrize("width", pixels.WIDTHS)
def test_pictures_are_as_listed(browser: Browser, width: int) -> None:
    """Every sample looks as the official one, but for those that are listed."""
    ours = rendering.render_ours(rendering.load_samples())

    found = pixels.shares(
        browser, width, {name: (rendering.read_official(name), ours[name]) for name in ours}
    )

    assert {name for name in found if found[name] > pixels.TOLERANCE} == set(known.pixels())


def test_attributes_are_as_listed() -> None:
    """Every attribute does what it does in the official MJML, is listed, or gets a warning."""
    found = attributes.outcomes()
    ignored = {
        (name, attribute) for name, each in load_components().items() for attribute in each.ignored
    }
    listed = {(each.component, each.name): each.warned for each in known.attributes()}

    assert {key for key, outcome in found.items() if outcome is Outcome.DIFFERS} == set(listed)
    assert {key for key, outcome in found.items() if outcome in {Outcome.IGNORED, Outcome.IDLE}} | {
        key for key, warned in listed.items() if warned
    } == ignored


def test_every_attribute_is_tried() -> None:
    """There is a sample for each component that has attributes and is not refused."""
    tried = {(each.component, each.attribute) for each in attributes.probes()}

    assert tried == {
        (name, attribute)
        for name, each in load_components().items()
        if not each.instead
        for attribute in attributes.attributes_of(name)
    }


@pytest.mark.parametrize("name", rendering.load_samples())
def test_samples_are_clean(name: str) -> None:
    """A sample is good MJML: the linter only speaks of what MRML does not do."""
    found = {each.code for each in lint_mjml(rendering.load_samples()[name])}

    assert found <= {"mjml-ignored"} | ({"mjml-component"} if name == "mj-carousel" else set())


def test_the_documented_table_is_what_was_measured() -> None:
    """docs/reference/components.md says what the samples show; `make mjml-reference` writes it."""
    assert table.DOCUMENT.read_text("utf-8") == table.document()


def test_the_tables_are_of_the_same_version() -> None:
    """The linter's facts are those of the MJML that is the reference."""
    facts = (resources.files(linting) / "components.json").read_text("utf-8")

    assert f"MJML {rendering.version()} " in facts


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ('<p class="a b" id=x>', "<p  id='x' class='b  a'>", []),
        ('<p style="color:red;top:0px">', '<p style="top: 0; color: red;">', []),
        ("<p>caf&eacute;  au\nlait</p>", "<p>café au lait</p>", []),
        ("<!--[if A]>a<b><![endif]-->", "<!--[if A]>a<![endif]--> <!--[if A]><b><![endif]-->", []),
        ("<style>a{color:red}</style><p>", "<p><style>\na { color: red; }</style>", []),
        ('<p id="x">', '<p id="y">', ["<p> id x is y"]),
        ("<p>", '<p style="top:1px">', ["<p> top: 1px is added"]),
        ("<p><b></b></p>", "<p></p>", ["</b> is missing", "<b> is missing"]),
        ("<!--[if mso]><i><![endif]-->", "<i>", ["<[endif]> is missing", "<[if mso]> is missing"]),
        ("<style>@media print{a{top:0}}</style>", "", ["<css> @media print a {top: 0} is missing"]),
        ("<p>one</p>", "<p>two</p>", ["<text> text one is two"]),
    ],
)  # fmt: skip
def test_structure(before: str, after: str, found: list[str]) -> None:
    """A difference is what a reader's program may notice, and nothing else."""
    assert [str(each) for each in structure.differences(before, after)] == found


def test_news_and_what_is_gone_are_told() -> None:
    """A difference that is not listed is a surprise, and so is one that is only listed."""
    listed = "<div> word-spacing: normal is missing"

    told = known.find_surprises({"mj-spacer": ["<x> is added"], "mj-text": [listed]})

    assert [line for line in told if line.startswith(("mj-spacer:", "mj-text:"))] == [
        "mj-spacer: <x> is added",
        f"mj-spacer: gone, so take it out of differences.toml: {listed}",
    ]


def test_pixels(browser: Browser) -> None:
    """A page is the same as itself, and differs by all that another is longer."""
    short, long = (
        f'<body style="margin:0"><div style="background:red;height:{height}px">'
        for height in (300, 900)
    )

    found = pixels.shares(browser, 375, {"itself": (short, short), "longer": (short, long)})

    assert found == {"itself": 0, "longer": pytest.approx(600 / 900)}


WIDE = structure.Difference("<a> width:", "176px", "160px")
WIDER = structure.Difference("<a> width:", "180px", "164px")
WRONG = structure.Difference("<a> width:", "176px", "164px")


@pytest.mark.parametrize(
    ("pairs", "outcome"),
    [
        pytest.param([([WIDE], [WIDE]), ([], [])], Outcome.SAME, id="same"),
        pytest.param([([WIDE], [WIDER])], Outcome.SAME, id="the-sample-differs-anyway"),
        pytest.param([([WIDE], [WRONG])], Outcome.DIFFERS, id="another-value"),
        pytest.param([([WIDE], [WIDE]), ([WIDE], [])], Outcome.DIFFERS, id="sometimes"),
        pytest.param([([WIDE], [WIDE]), ([], [WIDE])], Outcome.DIFFERS, id="too-much"),
        pytest.param([([WIDE], []), ([], [])], Outcome.IGNORED, id="ignored"),
        pytest.param([([], []), ([], [WIDE])], Outcome.IDLE, id="idle"),
    ],
)
def test_an_outcome_follows_from_the_changes(
    pairs: list[tuple[attributes.Changes, attributes.Changes]], outcome: Outcome
) -> None:
    """What becomes of an attribute is said by what the two renderers make of its values."""
    assert attributes.outcome(pairs) == outcome


def test_a_probe_sets_one_attribute_of_one_tag() -> None:
    """The attribute stands once, on the first tag of the component, with the new value."""
    probe = attributes.Probe("mj-divider-short", "mj-divider", "width", "77px")

    before, after = rendering.load_samples()[probe.sample].split(), probe.source().split()

    assert sorted(set(before) - set(after)) == ['width="50%"']
    assert sorted(set(after) - set(before)) == ['width="77px"']
