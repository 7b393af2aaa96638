"""The linter names what MRML would take in silence, and where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.rendering.content import Content
from newsletter.rendering.findings import Finding, Severity
from newsletter.rendering.linting.linter import lint_mjml, lint_template
from newsletter.rendering.pipeline import mail
from tests.unit.rendering import samples


def only(source: str) -> Finding:
    """The one finding there is."""
    (finding,) = lint_mjml(source)
    return finding


@pytest.mark.parametrize(
    ("inner", "code", "says", "fix"),
    [
        ("<mj-txt>x</mj-txt>", "mjml-component", "no component <mj-txt>", "<mj-text>?"),
        ("<mj-zzzz />", "mjml-component", "no component <mj-zzzz>", "without a word"),
        ("<mj-include />", "mjml-component", "no component <mj-include>", "{% include %}"),
        ("<mj-carousel></mj-carousel>", "mjml-component", "does not do <mj-carousel>", "mj-image"),
        ("<mj-section></mj-section>", "mjml-nesting", "<mj-section> may not stand", "mj-text"),
        ("<p>x</p>", "mjml-nesting", "<p> may not stand in <mj-column>", "mj-text"),
        ('<mj-text colour="red">x</mj-text>', "mjml-attribute", "'colour'", "mean color?"),
        ('<mj-text qqq="red">x</mj-text>', "mjml-attribute", "'qqq'", "Leave it out"),
        ('<mj-text font-size="12">x</mj-text>', "mjml-value", "font-size='12'", "unit(px)"),
        ('<mj-text padding="1px 2em">x</mj-text>', "mjml-value", "padding=", "{1,4}"),
        ('<mj-text align="middle">x</mj-text>', "mjml-value", "align='middle'", "justify"),
        ('<mj-text color="bleu">x</mj-text>', "mjml-value", "color='bleu'", "six digits"),
        ('<mj-table cellpadding="2px"></mj-table>', "mjml-value", "cellpadding=", "whole number"),
        ('<mj-divider border-color="#a1c" />', "mjml-colour", "'#a1c'", "Write #aa11cc."),
        ('<mj-button title="x">x</mj-button>', "mjml-ignored", "'title' does not work", "Leave"),
        ('<mj-image src="https://example.org/i.png" />', "mjml-alt", "no alt text", 'alt=""'),
    ],
)
def test_slips_are_found(inner: str, code: str, says: str, fix: str) -> None:
    """Each slip has a code, words that name it, and a way to fix it."""
    finding = only(samples.wrap_in_body(inner))

    assert (finding.code, finding.line, finding.column > 0) == (code, 2, True)
    assert says in finding.message
    assert fix in finding.fix


@pytest.mark.parametrize(
    "inner",
    [
        '<mj-text color="Navy" padding="0 10px 5% .5px" line-height="1.6">x</mj-text>',
        '<mj-text color="rgba(1, 2, 3, 0.5)" letter-spacing="-0.1em" css-class="a">x</mj-text>',
        '<mj-image src="https://example.org/i.png" alt="" width="600px" height="auto" />',
        '<mj-table width="auto" cellpadding="2"><tr><td><mj-zzzz></td></tr></mj-table>',
        "<!-- <mj-zzzz> --><mj-spacer />",
    ],
)
def test_what_is_right_passes(inner: str) -> None:
    """Values of every kind the tables allow, and text whatever it holds, are no findings."""
    assert lint_mjml(samples.wrap_in_body(inner)) == ()


def test_places_are_those_of_the_source() -> None:
    """Path, line and column lead to the attribute, behind Jinja over several lines too."""
    source = (
        '{# a\n comment #}\n<mj-text\n  {{ x }} {% if a > b %} colour="x"{% endif %}>x</mj-text>'
    )

    (finding,) = lint_mjml(source, path="own/a.mjml")

    assert finding.where == f"own/a.mjml:4:{source.splitlines()[3].index('colour') + 1}"


@pytest.mark.parametrize(
    "source",
    [
        '<mj-text color="{{ light.ink }}" padding="0 {{ gutter }}">x</mj-text>',
        '<mj-image {{ described }} src="x" alt="{% if a %}a{% endif %}" />',
        '<mj-text{% if a %} color="red"{% endif %}>{% if a < b %}x{% endif %}</mj-text>',
        "{% if a %}<mj-column>{% else %}<mj-column>{% endif %}<mj-spacer /></mj-column>",
        "<{{ tag }}>",
        "<p>part of a text</p>",
    ],
)
def test_what_jinja_decides_is_left_alone(source: str) -> None:
    """Where a value or a parent is known only later, nothing is said."""
    assert lint_mjml(source) == ()


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ('<mj-all font-family="serif" /><mj-class name="a" color="#112233" />', ""),
        ('<mj-all fnt="serif" />', "mjml-attribute"),
        ('<mj-class name="a" color="bleu" />', "mjml-value"),
        ('<mj-text widht="1px" />', "mjml-attribute"),
        ('<mj-class name="a"></mj-class>', ""),
        ('<mj-class name="a">\n<!-- of a -->\n<mj-text color="red" /></mj-class>', "mjml-nesting"),
        ('<mj-image padding="0" />', ""),
    ],
)
def test_defaults_are_checked(head: str, code: str) -> None:
    """What `mj-attributes` sets for many components is checked as theirs."""
    found = lint_mjml(f"<mjml><mj-head><mj-attributes>{head}</mj-attributes></mj-head></mjml>")

    assert [each.code for each in found] == [code] * bool(code)


def test_attributes_by_selector_are_known() -> None:
    """What only the official renderer had by itself is MJML like any other."""
    inner = (
        '<mj-selector path="p"><mj-html-attribute name="rel">x</mj-html-attribute></mj-selector>'
    )
    head = f"<mjml><mj-head><mj-html-attributes>{inner}</mj-html-attributes></mj-head></mjml>"

    assert not lint_mjml(head)


def test_what_would_be_lost_is_an_error(tmp_path: Path) -> None:
    """A template's files are checked one by one, under their names."""
    own = samples.template(
        tmp_path, samples.wrap_in_body('<mj-txt>x</mj-txt><mj-text a="">x</mj-text>')
    )

    found = lint_template(own)

    assert [(each.severity, each.path) for each in found] == [
        (Severity.ERROR, "own/own.mjml"),
        (Severity.WARNING, "own/own.mjml"),
    ]


def test_the_shipped_template_is_clean() -> None:
    """The digest has no findings in its files."""
    assert lint_template(samples.digest()) == ()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(samples.ALL_BLOCKS, id="all-blocks"),
        pytest.param(samples.JAPANESE, id="japanese"),
        pytest.param(samples.ARABIC, id="arabic"),
    ],
)
def test_the_rendered_template_is_clean(content: Content) -> None:
    """The digest has no findings in what MRML gets."""
    assert lint_mjml(mail.render(content, samples.digest(), samples.ANN).mjml) == ()


def test_defaults_for_children_of_a_class_are_named_with_their_line() -> None:
    """The renderer refuses them, so the linter says where they stand."""
    head = '<mj-class name="a">\n  <mj-text color="#112233" />\n</mj-class>'

    (found,) = lint_mjml(f"<mjml><mj-head><mj-attributes>\n{head}</mj-attributes></mj-head></mjml>")

    assert (found.line, found.severity) == (3, Severity.ERROR)
    assert "<mj-text> may not stand in <mj-class>" in found.message
