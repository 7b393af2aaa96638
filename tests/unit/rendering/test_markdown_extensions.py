"""What GitHub's Markdown has besides CommonMark is read as there."""

from __future__ import annotations

import pytest

from newsletter.rendering import plaintext, shown_markup
from newsletter.rendering.markdown import parse, to_html


def test_footnotes() -> None:
    """A note stands below the text, with its number, and a link leads to it."""
    html = to_html("One[^a], two[^b].\n\n[^b]: *Second*.\n\n[^a]: First.\n\n    More.")
    other = to_html("Another[^a].\n\n[^a]: Note.")

    assert html.index("First.") < html.index("More.") < html.index("Second")
    target = html.partition('href="#')[2].partition('"')[0]
    assert f'<li id="{target}">' in html
    assert f'id="{target}"' not in other
    assert plaintext.text(html).startswith("One[1], two[2].")
    assert "[1] First." in plaintext.text(html)


def test_no_footnote_is_lost() -> None:
    """A note that nothing refers to is printed, too."""
    assert "Nobody calls me." in to_html("Text.\n\n[^x]: Nobody calls me.")


def test_task_lists() -> None:
    """The boxes of a task list are drawn, in any kind of list; others stay as they are."""
    html = to_html("- [ ] open\n- [x] done\n\n1. [X] numbered\n\n[ ] no list")

    assert "<li>☐ open</li>" in html
    assert "<li>☑ done</li>" in html
    assert "<li>☑ numbered</li>" in html
    assert "[ ] no list" in html


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("see https://example.org/a.", 'href="https://example.org/a"'),
        ("see www.example.org/x, and", 'href="https://www.example.org/x"'),
        ("desk@example.org", 'href="mailto:desk@example.org"'),
        ("詳しくはhttps://example.org/a、または", 'href="https://example.org/a"'),
        ("(https://example.org/a_(b))", 'href="https://example.org/a_(b)"'),
    ],
)
def test_bare_addresses_are_links(text: str, link: str) -> None:
    """An address with its scheme, with `www.`, or of a mailbox is a link."""
    assert link in to_html(text)


@pytest.mark.parametrize(
    "text", ["Vite.js", "avatar.png", "afl.rs", "`https://example.org`", "a:b"]
)
def test_names_are_no_links(text: str) -> None:
    """A name with a full stop in it is none, nor is anything in code."""
    assert "<a" not in to_html(text)


@pytest.mark.parametrize(
    "markup",
    [
        *("[^9]", "{#top}", "{: .lead}", "{.wide width=3}", '[gallery ids="1,2"]', "[/caption]"),
        *("[[Harbour news]]", ":smile:", ":+1:", ":wave::skin-tone-3:", "{width=300}"),
        *("$$E = mc^2$$", "^[a note in a line]", '!!! note "Mind"', "??? tip"),
    ],
)
def test_markup_that_readers_would_see(markup: str) -> None:
    """What only another program understands is found, with its line."""
    tokens = parse(f"One\n\ntwo\n{markup}").tokens

    assert list(shown_markup.in_tokens(tokens)) == [(4, markup)]


@pytest.mark.parametrize(
    "text",
    [
        "at 12:30:45 h",
        "a::b::c",
        "{x}",
        "[first_name|reader]",
        "[1]",
        "ratio 1:two:3",
        "`{#a}`",
        "$5 to $10",
        "!!! wow",
    ],
)
def test_what_is_no_markup(text: str) -> None:
    """Times, ratios, our own merge tags and code are not taken for it."""
    tokens = parse(text).tokens

    assert not list(shown_markup.in_tokens(tokens))


@pytest.mark.parametrize(
    ("markdown", "made"),
    [
        (":::note\nx\n:::\n\nout", "<p><strong>Note</strong></p>\n<p>x</p>\n<p>out</p>\n"),
        (":::tip[Look *here*]\nx\n:::", "<p><strong>Look <em>here</em></strong></p>\n<p>x</p>\n"),
        ("::: warning Look out\nx\n:::", "<p><strong>Look out</strong></p>\n<p>x</p>\n"),
        ("::: {.note}\nx\n:::", "<p><strong>Note</strong></p>\n<p>x</p>\n"),
        ("> [!NOTE]\n> x", "<blockquote>\n<p><strong>Note</strong><br>\nx</p>\n</blockquote>\n"),
        ("> [!TIP] Title", "<blockquote>\n<p><strong>Title</strong></p>\n</blockquote>\n"),
        ("```\n:::note\n```", "<pre><code>:::note\n</code></pre>\n"),
        ("a ::: b", "<p>a ::: b</p>\n"),
    ],
)  # fmt: skip
def test_boxes(markdown: str, made: str) -> None:
    """The marks of boxes are left out; their kinds or titles are printed."""
    assert to_html(markdown) == made


@pytest.mark.parametrize("blank", ["\u3000", "\xa0", "\u2003", "\u3000\u3000"])
@pytest.mark.parametrize(
    "around", ["{}", "> {}", "- {}", "1. a\n\n   {}", "a[^1]\n\n[^1]: {}", "|{}|\n|-|\n|b|"]
)
def test_wide_blanks_stay(blank: str, around: str) -> None:
    """Japanese begins a paragraph with a wide blank, wherever the paragraph stands."""
    made = to_html(around.format(f"{blank}**始**まり")).replace("&nbsp;", "\xa0")

    assert f">{blank}<strong>始</strong>まり<" in made
