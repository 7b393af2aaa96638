"""The text part reads well in a window of 72 columns, in any script."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.rendering.text import plaintext
from newsletter.rendering.text.markdown import to_html


def text(markdown: str, width: int = 72) -> str:
    """The plain text of Markdown."""
    return plaintext.to_plain_text(to_html(markdown), width)


@pytest.mark.parametrize(
    ("markdown", "result"),
    [
        pytest.param("a *b*\nc", "a b c", id="paragraph"),
        pytest.param("a\n\nb", "a\n\nb", id="paragraphs"),
        pytest.param("a  \nb", "a\nb", id="break"),
        pytest.param("[a](https://x.org/y)!", "a <https://x.org/y>!", id="link"),
        pytest.param("<https://x.org/y>", "https://x.org/y", id="bare-link"),
        pytest.param("<a@x.org>", "a@x.org", id="address"),
        pytest.param("[a](#item-1)", "a", id="anchor"),
        pytest.param("[a](javascript:x)", "a", id="refused-link"),
        pytest.param("- a\n- b\n  - c", "* a\n* b\n  * c", id="list"),
        pytest.param("9. a\n10. b\n    - c", "9. a\n10. b\n    * c", id="numbers"),
        pytest.param("- a\n\n  b\n- c", "* a\n  b\n* c", id="item-of-two-paragraphs"),
        pytest.param("> a\n> b\n\nc", "> a b\n\nc", id="quote"),
        pytest.param("a\n\n---\n\nb", f"a\n\n{'-' * 36}\n\nb", id="rule"),
        pytest.param("```\nx = 1\n  y\n```", "    x = 1\n      y", id="code"),
        pytest.param("|a|b|\n|-|-|\n|1|2|\n\nc", "a | b\n1 | 2\n\nc", id="table"),
        pytest.param("![A boat](https://x.org/i.png)", "[A boat]", id="image"),
        pytest.param("a &amp; b < c", "a & b < c", id="entities"),
        pytest.param("# a\n\nb", "a\n\nb", id="heading"),
        pytest.param("", "", id="empty"),
    ],
)
def test_formatted_text(markdown: str, result: str) -> None:
    """Each kind of formatting has a form in plain text."""
    assert text(markdown) == result


def test_item_outside_a_list() -> None:
    """An item that lost its list is an item all the same."""
    assert plaintext.to_plain_text("<li>a</li><li>b</li>") == "* a\n* b"


def test_lines_break_at_words() -> None:
    """A paragraph breaks between words, and list items hang."""
    assert text("- one two three four", 12) == "* one two\n  three four"


def test_urls_never_break() -> None:
    """A URL stays whole, however long."""
    url = "https://example.org/" + "x" * 90

    assert f"<{url}>" in text(f"see [this]({url}) now").split("\n")


def test_east_asian_lines() -> None:
    """Wide characters count twice, and no line begins with a closing mark."""
    lines = plaintext.wrap_paragraph("日本の港湾、東の埠頭。（注）です", 10).split("\n")

    assert max(map(plaintext.display_width, lines)) <= 10
    assert not any(line[0] in "、。）" for line in lines)
    assert not any(line[-1] == "（" for line in lines)


@pytest.mark.parametrize(
    "paragraph",
    [
        pytest.param("詳しくは[こちら](https://example.org/a)をご覧ください。" * 9, id="japanese"),
        pytest.param("详情请看<https://example.org/a>港口今天恢复正常，" * 9, id="chinese"),
        pytest.param("港のお知らせhttps://example.org/a、" * 9, id="no-brackets"),
    ],
)
def test_east_asian_text_wraps_beside_an_address(paragraph: str) -> None:
    """Chinese and Japanese break before and behind an address, which itself stays whole."""
    shown = text(paragraph)

    assert max(map(plaintext.display_width, shown.split("\n"))) <= 72
    assert shown.count("https://example.org/a") == 9


def test_an_address_in_another_script_stays_whole() -> None:
    """An address with Japanese letters stands between angle brackets, on one line."""
    address = "https://example.org/" + "港の便り" * 20

    shown = plaintext.to_plain_text(f'<p>港<a href="{address}">{address}</a>です</p>')

    assert f"<{address}>" in shown.replace("\nです", "")


@pytest.mark.parametrize("word", ["👩‍👩‍👧‍👦", "👍🏽", "か\u3099", "안녕하세요", "1024"])
def test_what_belongs_together_stays(word: str) -> None:
    """Joined emoji, tones, combining marks, Korean words and numbers are not broken."""
    assert plaintext.wrap_paragraph(f"日本 {word} 日本", 5, "", "").split("\n")[1] == word


def test_margin_must_fit() -> None:
    """A margin as wide as the line is a mistake, not an endless column."""
    with pytest.raises(ValueError, match="margin"):
        plaintext.wrap_paragraph("a", 4, "", "    ")


@pytest.mark.parametrize(
    ("text", "width"),
    [("abc", 3), ("日本", 4), ("e\u0301", 1), ("नमस्ते", 4), ("ｱ", 1), ("\u200b", 0)],
)
def test_display_width(text: str, width: int) -> None:
    """Wide characters take two columns and combining ones none."""
    assert plaintext.display_width(text) == width


def test_underline_fits() -> None:
    """A heading is underlined as wide as it is."""
    assert plaintext.underline_text("日本\nab", "-") == "日本\nab\n----"


@given(st.text(), st.integers(4, 80))
def test_wrapping_keeps_all_words(text: str, width: int) -> None:
    """Breaking into lines loses, adds and reorders nothing."""
    wrapped = plaintext.wrap_paragraph(text, width)

    assert "".join(wrapped.split()) == "".join(text.split())


@given(st.text(alphabet="日本語、。（） ab", min_size=1), st.integers(8, 40))
def test_lines_fit(text: str, width: int) -> None:
    """No line is wider than asked, but for a piece that may not be broken."""
    pieces = plaintext.wrap_paragraph(text, width).split("\n")

    assert all(plaintext.display_width(line) <= width or " " not in line.strip() for line in pieces)


@pytest.mark.parametrize(
    ("html", "plain"),
    [
        ("About 10<sup>6</sup> people", "About 10⁶ people"),
        ("10<sup>-3</sup> g of H<sub>2</sub>O, x<sup>n</sup>", "10⁻³ g of H₂O, xⁿ"),
        ("the 1<sup>st</sup>, 2<sup>3/4</sup>, p<sub>max</sub>", "the 1st, 2^(3/4), pmax"),
        ('so<sup><a href="#fn-1">[1]</a></sup>', "so[1]"),
        ("<sup>never closed</p><p>10<sup>2</sup>", "never closed\n\n10²"),
    ],
)
def test_figures_keep_their_meaning(html: str, plain: str) -> None:
    """What is raised or lowered is so in plain text, too: 10 to the 6th is not 106."""
    assert plaintext.to_plain_text(f"<p>{html}</p>") == plain
