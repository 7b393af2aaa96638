"""Rules move into style attributes; nothing else of a document changes."""

from __future__ import annotations

import socket
from typing import cast, get_args

import pytest
from lxml import html

from newsletter.errors import CssError, MjmlError
from newsletter.rendering.pipeline import inlining, mjml
from tests.unit.rendering.samples import wrap_in_body

SHEET = """
  /* a comment with } in it */
  @import url("https://fonts.example.org/css");
  @font-face { font-family: Own; src: url(https://fonts.example.org/own.woff2); }
  p { margin: 0 0 12px 0; color: #111111 !important; }
  .lead { font-size: 20px; }
  .quoted { content: "a;b}c"; }
  p { margin: 0; }
  a { color: #123456; }
  a:hover { color: #654321; }
  li:first-child { margin: 3px; }
  * { box-sizing: border-box; }
  #outlook a { padding: 0; }
  u + .body p { color: red; }
  [data-ogsc] p { color: #eeeeee !important; }
  .nobody { color: blue; }
  @media (prefers-color-scheme: dark) { p { color: #eeeeee !important; } .x { top: 0 } }
  @media only screen and (max-width:480px) { h1 { font-size: 20px !important; } }
"""
PAGE = (
    "<!doctype html>\n<html><head><title>日本</title>"
    f"<style>{SHEET}</style></head><body>"
    '<!--[if mso | IE]><table style="width:640px"><tr><td><![endif]-->'
    '<p class="lead" style="margin:7px">日本　é&nbsp;<a href="https://example.org/?a=1&amp;b=2">x</a></p>'
    '<ul><li>1</li><li>2</li></ul><img src="https://example.org/i.png" width="592" alt=""><p>b</p>'
    "<!--[if mso | IE]></td></tr></table><![endif]--></body></html>"
)


@pytest.fixture(params=get_args(inlining.Inliner))
def inliner(request: pytest.FixtureRequest) -> inlining.Inliner:
    """Each inliner in turn: what follows holds for all."""
    return cast("inlining.Inliner", request.param)


@pytest.fixture
def page(inliner: inlining.Inliner) -> str:
    """The inlined page."""
    return inlining.inline_rules(PAGE, inliner)


def style(page: str, xpath: str) -> dict[str, str]:
    """The declarations in the style attribute of the first element found."""
    attribute = html.document_fromstring(page).xpath(xpath)[0].get("style", "")
    pairs = [each.split(":", 1) for each in attribute.split(";") if each.strip()]
    return {name.strip(): value.strip() for name, value in pairs}


def test_doctype_is_kept(page: str) -> None:
    """Without it browsers would fall into quirks mode."""
    assert page.startswith("<!doctype html>\n<html")


def test_plain_rules_are_inlined(page: str) -> None:
    """Tags, classes and first children get the rules that select them, later rules win."""
    assert style(page, "//p[2]") == {"margin": "0", "color": "#111111"}
    assert style(page, "//a") == {"color": "#123456"}
    assert style(page, "//li[1]") == {"margin": "3px"}
    assert style(page, "//p[1]")["font-size"] == "20px"


def test_own_styles_win(page: str) -> None:
    """An element's own style attribute beats the style sheet."""
    assert style(page, "//p[1]")["margin"] == "7px"


@pytest.mark.parametrize(
    "kept",
    [
        '@import url("https://fonts.example.org/css");',
        "@font-face { font-family: Own; src: url(https://fonts.example.org/own.woff2); }",
        "p{color: #111111 !important}",
        "a:hover{color: #654321 !important}",
        "*{box-sizing: border-box}",
        "#outlook a{padding: 0}",
        "u + .body p{color: red}",
        "[data-ogsc] p{color: #eeeeee !important}",
        "@media (prefers-color-scheme: dark) { p { color: #eeeeee !important; } .x { top: 0 } }",
        "@media only screen and (max-width:480px) { h1 { font-size: 20px !important; } }",
    ],
)
def test_other_rules_are_kept(page: str, kept: str) -> None:
    """What cannot stand in an attribute stays in one style element, word for word."""
    assert kept in page.partition("</head>")[0]


def test_attributes_are_untouched(page: str) -> None:
    """Widths, addresses and other writing systems pass as they are."""
    assert 'width="592"' in page
    assert 'href="https://example.org/?a=1&amp;b=2"' in page
    assert "日本　é" in page


def test_comments_are_untouched(page: str) -> None:
    """What only Outlook reads passes word for word."""
    assert '<!--[if mso | IE]><table style="width:640px"><tr><td><![endif]-->' in page
    assert "<!--[if mso | IE]></td></tr></table><![endif]-->" in page


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch, inliner: inlining.Inliner) -> None:
    """Imports and linked style sheets are left to the reader's program."""

    def refuse(*_arguments: object, **_named: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    link = '<link rel="stylesheet" href="https://fonts.example.org/css">'

    assert link in inlining.inline_rules(PAGE.replace("</head>", f"{link}</head>"), inliner)


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str], inliner: inlining.Inliner) -> None:
    """Properties that Premailer's parser does not know are no news to anybody."""
    inlining.inline_rules(
        PAGE.replace("margin: 0;", "margin: 0; mso-line-height-rule: exactly;"), inliner
    )

    assert capfd.readouterr() == ("", "")


def test_mjml_blocks_are_kept(inliner: inlining.Inliner) -> None:
    """MJML's own rules, such as column widths, keep their !important and their place."""
    document = mjml.to_html(wrap_in_body("<mj-text>x</mj-text>"))

    page = inlining.inline_rules(document, inliner)

    assert page.count("!important") == document.count("!important")
    assert page.count("<style") == document.count("<style")
    assert "data-premailer" not in page


def test_page_without_styles(inliner: inlining.Inliner) -> None:
    """A page without style sheets stays as it is."""
    page = "<!doctype html>\n<html><head></head><body><p>x</p></body></html>"

    assert inlining.inline_rules(page, inliner) == page


def test_own_important_styles_win(inliner: inlining.Inliner) -> None:
    """An element's own important style is kept, and beats the style sheet's."""
    source = PAGE.replace('style="margin:7px"', 'style="color:#abcdef !important"')

    shown = style(inlining.inline_rules(source, inliner), "//p[1]")

    assert shown["color"].split() == ["#abcdef", "!important"]


LINKED_TABLE = (
    '<!doctype html><html><head><style>.x{color:#cc0000}</style></head><body id="top">'
    '<a href="https://example.org/buy?a=1&amp;b=é"><table><tr><td class="x" id="y">Buy</td></tr>'
    "</table></a><p>After</p></body></html>"
)


def test_a_link_around_a_table_stays(inliner: inlining.Inliner) -> None:
    """What HTML 5 allows and HTML 4 did not keeps its link, its ids and its text."""
    tree = html.document_fromstring(
        inlining.inline_rules(LINKED_TABLE, inliner).replace("a href", "i href")
    )

    assert tree.xpath("//i//td[@id='y']/text()") == ["Buy"]
    assert "color" in tree.xpath("//td/@style")[0]


def test_what_html_tears_apart_is_an_error(inliner: inlining.Inliner) -> None:
    """A link in a link has no tree; the error shows the place."""
    link = '<a href="/x">One <a href="/y">two</a></a>'
    torn = f"<!doctype html><html><head></head><body>{link}</body></html>"

    with pytest.raises(MjmlError, match="One") as caught:
        inlining.inline_rules(torn, inliner)

    assert "another link" in caught.value.hint


def test_an_invalid_value_leaves_the_rule(inliner: inlining.Inliner) -> None:
    """As in a browser, a value that is none changes nothing, in an attribute or in a rule."""
    source = PAGE.replace('style="margin:7px"', 'style="color: nonsense; margin: 7; top: 1px"')
    source = source.replace(".nobody {", ".lead { font-size: big12; } .nobody {")

    shown = style(inlining.inline_rules(source, inliner), "//p[1]")

    assert shown == {"margin": "0", "color": "#111111", "font-size": "20px", "top": "1px"}


def test_rules_to_keep_stay(inliner: inlining.Inliner) -> None:
    """A style sheet that is marked so is neither inlined nor changed."""
    kept = '<style type="text/css" data-premailer="ignore">.lead { color: #abcdef; }</style>'

    page = inlining.inline_rules(PAGE.replace("</head>", f"{kept}</head>"), inliner)

    assert kept.replace(' data-premailer="ignore"', "") in page
    assert style(page, "//p[1]")["color"] == "#111111"


def test_what_stands_before_the_doctype_stays(inliner: inlining.Inliner) -> None:
    """A comment in front of a document stays there."""
    assert inlining.inline_rules(f"<!-- a -->\n{PAGE}", inliner).startswith(
        "<!-- a -->\n<!doctype html>"
    )


@pytest.mark.parametrize(
    ("css", "says"),
    [
        pytest.param("p { color: red", "never closed.*'p { color: red'", id="open"),
        pytest.param(
            "p { top: 0 } } a { top: 0 }", "too many.*'p { top: 0 } }'", id="closed-twice"
        ),
        pytest.param("a { top: 0 } p", "no rule.*'p'", id="no-rule"),
    ],
)
def test_unbalanced_css_is_refused(css: str, says: str) -> None:
    """A style sheet that cannot be divided is an error that shows the place."""
    with pytest.raises(CssError, match=says):
        inlining.divide_rules(css)


def test_selectors_are_divided() -> None:
    """Of one rule's selectors each goes where it works."""
    plain, kept = inlining.divide_rules("a, a:hover, p::before, b:not(i, u) { top: 0; left: 1px }")

    assert plain == ("a{top: 0;left: 1px}",)
    assert kept == (
        "p::before,b:not(i, u){top: 0;left: 1px}",
        "a:hover{top: 0 !important;left: 1px !important}",
    )
