"""What GitHub's Markdown has besides CommonMark is read as there."""

from __future__ import annotations

import pytest

from newsletter.rendering.preflight.pages import shown_words
from newsletter.rendering.text import plaintext, shown_markup
from newsletter.rendering.text.markdown import to_html


def test_footnotes() -> None:
    """A note stands below the text, with its number, and a link leads to it."""
    html = to_html("One[^a], two[^b].\n\n[^b]: *Second*.\n\n[^a]: First.\n\n    More.")
    other = to_html("Another[^a].\n\n[^a]: Note.")

    assert html.index("First.") < html.index("More.") < html.index("Second")
    target = html.partition('href="#')[2].partition('"')[0]
    assert f'<li id="{target}">' in html
    assert f'id="{target}"' not in other
    assert plaintext.to_plain_text(html).startswith("One[1], two[2].")
    assert "[1] First." in plaintext.to_plain_text(html)


def test_footnotes_that_nothing_calls_are_not_printed() -> None:
    """As on GitHub; nor is one that only such a note calls.  The others keep their order."""
    html = to_html("[^x]: Lost [^y].\n\n[^y]: Lost, too.\n\nOne[^b] two[^a].\n\n[^a]: A.\n[^b]: B.")

    assert "Lost" not in html
    assert html.index("B.") < html.index("A.")
    assert plaintext.to_plain_text(html).startswith("One[1] two[2].")


def test_footnotes_inside_of_footnotes() -> None:
    """A note may be defined in another, in a list or in a quotation, and is printed by itself."""
    source = (
        "One[^a].\n\n[^a]: First\n\n    [^b]: Inside\n\n    calls[^b].\n\n> - [^c]: Quoted\n\nx[^c]"
    )

    text = plaintext.to_plain_text(to_html(source))

    assert text.index("[1] First") < text.index("calls[3]")
    assert "[2] Quoted" in text
    assert "[3] Inside" in text


@pytest.mark.parametrize(
    ("markdown", "made"),
    [
        ("Term\n: What *it* is", "<dt>Term</dt><dd>What <em>it</em> is</dd>"),
        ("A\nB\n:   One\n:   Two", "<dt>A</dt><dt>B</dt><dd>One</dd><dd>Two</dd>"),
        ("A\n\n: One\n\nB\n~ Two", "<dt>A</dt><dd>One</dd><dt>B</dt><dd>Two</dd>"),
        ("A\n: One\n\n    Two", "<dt>A</dt><dd><p>One</p><p>Two</p></dd>"),
        ("A\n: One\ngoes on\n---", "<dt>A</dt><dd>One\ngoes on</dd>"),
        ("A\n:        far in", "<dt>A</dt><dd>far in</dd>"),
        ("A\n: - x\n  - y", "<dt>A</dt><dd><ul><li>x</li><li>y</li></ul></dd>"),
    ],
)
def test_definition_lists(markdown: str, made: str) -> None:
    """As PHP Markdown Extra and Pandoc write them, alone, in lists and in quotations."""
    html = to_html(markdown)
    quoted = to_html(
        "\n".join(
            f"> - {line}" if not n else f">   {line}" for n, line in enumerate(markdown.split("\n"))
        )
    )

    assert html.replace("\n<", "<").replace(">\n", ">").startswith(f"<dl>{made}</dl>")
    assert "<dl>" in quoted
    assert plaintext.to_plain_text("<dl><dt>A</dt><dd>One</dd></dl><p>B</p>") == "A\n    One\n\nB"


@pytest.mark.parametrize(
    "text",
    ["# A\n: b", "- A\n\n\n: b", "`A`\n:b", "at\n12:30", "> A\n\n: b", "a | b\n:-: | -\nc | d"],
)
def test_what_is_no_definition(text: str) -> None:
    """A colon elsewhere, or below what is no paragraph, defines nothing."""
    assert "<dl>" not in to_html(text)


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
        *("import Foo from './foo'", "export const x = 1", "<Foo bar={1} />", "</Callout>"),
        *("<o:p>", "<my-card>", "{/* comment */}", "{props.name}", "$x^2$", "$x$", "\\cite{key}"),
        *("| a line of verse", "^[a note]", '=== "Tab"', "{++added++}", "||spoiler||"),
        *("[/url]", "[url=https:a]", "''italic''", "{color:red}", ".. note::", "#+END_QUOTE"),
        *("<!--", "<?php", "[^a note]", "\\newpage"),
        *("$$E = mc^2$$", "^[a note in a line]", '!!! note "Mind"', "??? tip"),
    ],
)
def test_markup_that_readers_would_see(markup: str) -> None:
    """What only another program understands is found."""
    html = to_html(f"One\n\ntwo\n{markup}")

    assert list(shown_markup.in_text(shown_words(html))) == [markup]


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
        "`code`: and its meaning",
        "List<String> and Map<K, V>",
        "<name> is a place",
        "a || b || c",
        "$5, $6 = $11",
        "don''t",
        "{Prefix} costs ${a}/$",
        "C:\\Users",
        "| a | b |\n|-|-|\n| c | d |",
        "1^st and 2^nd",
    ],
)
def test_what_is_no_markup(text: str) -> None:
    """Times, ratios, our own merge tags and code are not taken for it."""
    assert not list(shown_markup.in_text(shown_words(to_html(text))))


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
        ("::: {#id .note k=v}\nx\n:::", "<p><strong>Note</strong></p>\n<p>x</p>\n"),
        ("::: tip ::::\nx\n:::", "<p><strong>Tip</strong></p>\n<p>x</p>\n"),
        ("::: {#id}\nx\n:::", "<p>x</p>\n"),
        ("> [!FAQ]- Why\n> x", "<blockquote>\n<p><strong>Why</strong><br>\nx</p>\n</blockquote>\n"),
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
