"""Markdown cut into an introduction and items, without losing or adding anything."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.errors import ImportRejected
from newsletter.publishing.importing.parsed_issue import ParsedIssue
from newsletter.publishing.importing.reading import parse_file, read_issue
from newsletter.rendering.text.markdown import to_html
from tests.environment import ROOT

HEAD = "---\ntitle: Letter\n---\n"


def written(text: str, head: str = HEAD) -> ParsedIssue:
    """Return what a file with this text says."""
    return parse_file(f"{head}{text}".encode(), name="issue.md")


def refused(text: str) -> ImportRejected:
    """Return the error that a text is met with."""
    with pytest.raises(ImportRejected) as caught:
        written(text)
    return caught.value


def headlines(text: str) -> list[str]:
    """Return the headlines of a text."""
    return [item.headline for item in written(text).items]


def test_the_sample_issue() -> None:
    """The issue of the demonstration has an introduction and five items."""
    issue = read_issue(ROOT / "newsletter/demo/samples/issue.md")

    assert issue.title.startswith("Tideline Digest")
    assert (issue.volume, issue.number) == (1, 1)
    assert issue.introduction.startswith("Good morning, [first_name|reader].")
    assert len(issue.items) == 5
    assert issue.items[1].headline == "Ferries should go electric first"
    assert "<li>on thirty-one of them" in to_html(issue.items[1].body)
    assert issue.image
    assert issue.image.file == "lead.png"


def test_introduction_and_items() -> None:
    """What stands before the first `##` is the introduction, the rest is items with lines."""
    issue = written(
        "Hello.\n\nAgain.\n\n## One\nFirst.\n\n### Part\n\nMore.\n\n## Two\n\nSecond.\n"
    )

    assert issue.introduction == "Hello.\n\nAgain."
    assert [(item.headline, item.body, item.line) for item in issue.items] == [
        ("One", "First.\n\n### Part\n\nMore.", 8),
        ("Two", "Second.", 15),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "## One\n\n```\n## not this\n```\n",
        "## One\n\n    ## not this\n",
        "## One\n\n<!--\n## not this\n-->\n\ntext\n",
        "## One\n\n> ## not this\n",
        "## One\n\n- ## not this\n",
        "## One\n\n\\## not this\n",
        "One\n---\n\ntext\n",
        "##   One   ##\ntext",
        "text\n\n## One\n~~~\n## never closed",
    ],
)
def test_what_is_a_headline(text: str) -> None:
    """Only headings of the second level at the margin begin an item, however they are written."""
    assert headlines(text) == ["One"]


@pytest.mark.parametrize(
    ("heading", "headline"),
    [
        ("*Cranes* & `cr` **[again](https://example.org)**", "Cranes & cr again"),
        ("![A crane](https://example.org/c.png) lifts", "A crane lifts"),
        ("For [first_name|reader] &amp; all", "For [first_name|reader] & all"),
        ("Cranes <!-- check --> lift", "Cranes lift"),
        ("5 \\* 3 <x>", "5 * 3 <x>"),
    ],
)
def test_headlines_are_plain_text(heading: str, headline: str) -> None:
    """Markup is taken off headlines, words and merge tags stay."""
    assert headlines(f"## {heading}\n\ntext") == [headline]


def test_headlines_of_two_lines() -> None:
    """An underlined heading may go over several lines."""
    assert headlines("Cranes\nand ferries\n---\n\ntext") == ["Cranes and ferries"]


WHOLE = """Hello [there][Ferry  Ride] and ![x].

## One

| a | b |
|---|--:|
| [one] | `x` |

- a
  1. b

     ```
     [one]
     ```
- c

> quoted [ferry
> ride], [own]

[own]: https://example.org/first
[x]: https://example.org/x.png

## Two

~~never~~ **bold** <!-- dropped --> [own]

[ferry ride]: https://example.org/?a=1&amp;copy=2 "A \\"ride\\" \\\\ &amp;amp; more"
[own]: https://example.org/second
[unused]: https://example.org/unused

Three
-----

~~~
open [one]

[one]: https://example.org/one
~~~

[one]: <https://example.org/o ne>
"""


def put_together(issue: ParsedIssue) -> str:
    """Return what all the HTML of an issue must match: its parts, with headings between."""
    parts = [issue.introduction, *(item.body for item in issue.items)]
    return "<h3>((?!</h3>).)*</h3>\n".join(whole_or_without_links(to_html(part)) for part in parts)


def whole_or_without_links(html: str) -> str:
    """Return what a part matches: the links of its heading stand in front of it, not in it."""
    links = re.match(r"(?:<p>(?:<a>[^<]*</a>\s*)+</p>\n)?", html)
    assert links
    return f"(?:{re.escape(links[0])})?{re.escape(html[links.end() :])}"


def test_nothing_is_lost_in_cutting() -> None:
    """The parts, each rendered by itself, are the whole text rendered at once."""
    issue = written(WHOLE)

    assert re.fullmatch(put_together(issue), to_html(WHOLE), re.DOTALL)
    assert "first" in to_html(issue.items[1].body)
    assert "/unused" not in issue.introduction + issue.items[0].body


LINES = st.sampled_from(
    ["", "## head", "text [a] [b][A]", "[a]: /x", "[a]: <y> 't'", "[B]: /z", "```", "- li", "  in",
     "> q [a]", "    code", "<!--", "-->", "head", "---", "| a |", "|---|", "# top", "* * *", "\t"]
)  # fmt: skip


@given(st.lists(LINES, max_size=14).map("\n".join))
def test_nothing_is_lost_in_cutting_anything(text: str) -> None:
    """Whatever stands in a file, its parts make the whole; empty lines at its end do not count."""
    try:
        issue = written(text, head="---\ntitle: other\n---\n")
    except ImportRejected:
        return

    assert re.fullmatch(put_together(issue), to_html(text.rstrip("\n")), re.DOTALL)


def test_a_top_heading_is_the_title() -> None:
    """Without a title in the metadata, or with the same one, a first `#` is the title."""
    text = "# The *Letter*\n\nHello.\n\n## One\n\ntext\n"

    for head in ("", "---\nnumber: 1\n---\n", "---\ntitle: The Letter\n---\n"):
        issue = written(text, head=head)
        assert (issue.title, issue.introduction) == ("The Letter", "Hello.")


def test_a_top_heading_of_its_own() -> None:
    """A first `#` that is not the title stays in the introduction."""
    assert written("# Welcome\n\nHello.\n").introduction == "# Welcome\n\nHello."


def test_an_issue_without_items() -> None:
    """With metadata, an introduction alone is an issue."""
    issue = written("Only this.\n")

    assert (issue.introduction, issue.items) == ("Only this.", ())


def test_comments_are_no_introduction() -> None:
    """A comment above the first headline leaves no empty block behind."""
    assert written("<!-- to do -->\n\n## One\n\ntext").introduction == ""


def test_headings_without_metadata() -> None:
    """Headings are enough to make a file Markdown, whatever it is called."""
    issue = parse_file(b"Hello.\n\n## One\n\ntext\n", name="issue.txt")

    assert (issue.title, issue.number, len(issue.items)) == ("", None, 1)


def test_picture_files_of_texts() -> None:
    """Pictures beside the file are found once each, with the line that names them."""
    text = (
        "![m](map.png) and ![w](https://example.org/w.png)\n\n## One\n\nline\n"
        "![two](<pics/two words.png>)\n![m](map.png) [link](other.png) ![n](//example.org/n.png)\n"
    )

    assert [(each.address, each.file, each.line) for each in written(text).pictures] == [
        ("map.png", "map.png", 4),
        ("pics/two%20words.png", "pics/two words.png", 9),
    ]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 3, "no text below the metadata"),
        ("<!-- nothing -->", 3, "no text below the metadata"),
        (f"text\n\n## {'x' * 251}\n\ntext", 6, "the headline has 251 characters"),
        ("a\nb ![x](data:image/svg+xml,AAAA)", 5, "not from 'data:image/svg"),
        ("![x]()", 4, "not from ''"),
    ],
)
def test_errors_name_the_line(text: str, line: int, words: str) -> None:
    """What is no issue is refused with its line, counted in the whole file, and the fix."""
    error = refused(text)

    assert error.line == line
    assert words in str(error)
    assert error.hint


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_other_line_ends(ending: str, tmp_path: Path) -> None:
    """Line ends of other systems, and a byte order mark, change nothing."""
    path = tmp_path / "issue.md"
    text = f"{HEAD}Hello.\n\n## One\n\ntext\n"
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", ending).encode())

    issue = read_issue(path)

    assert (issue.title, issue.introduction) == ("Letter", "Hello.")
    assert [(item.headline, item.body, item.line) for item in issue.items] == [("One", "text", 6)]


def test_footnotes_go_with_the_items_that_call_them() -> None:
    """Definitions at the end of a file stand in each item that refers to them."""
    found = written(
        "Intro[^c].\n\n## One\n\nText[^a].\n\n## Two\n\nOther[^b], again[^a].\n\n"
        "[^a]: First *note*.\n\n[^b]: Second.\n\n[^c]: Third.\n\n[^d]: Nobody calls this.\n"
    )

    assert "Third." in to_html(found.introduction)
    one, two = (to_html(each.body) for each in found.items)
    assert "First <em>note</em>." in one
    assert "Second." not in one
    assert "First <em>note</em>." in two
    assert "Second." in two
    assert "[^d]: Nobody calls this." in found.items[1].body


def test_notes_of_items_with_the_same_number() -> None:
    """Where each item numbers its notes again, each keeps its own."""
    found = written("## One\n\nA[^1].\n\n[^1]: First.\n\n## Two\n\nB[^1].\n\n[^1]: Second.\n")

    one, two = (each.body for each in found.items)
    assert "First." in to_html(one)
    assert "Second." in to_html(two)
    assert "First." not in two


def test_items_may_begin_with_one_mark() -> None:
    """A file without `##` but with several `#` headings begins its items with those."""
    made = written("Hello.\n\n# News\n\nOne.\n\n# ~~Old~~ Jobs\n\nTwo.\n")

    assert made.introduction == "Hello."
    items = [(each.headline, each.body) for each in made.items]
    assert items == [("News", "One."), ("Jobs", "Two.")]
    assert "struck out on line 10" in " ".join(made.notes)


def test_links_and_pictures_of_headlines_are_kept() -> None:
    """A headline is plain text: where it leads stands below it."""
    text = (
        "# Weekly [![ok](https://example.org/b.png)](https://example.org/ci)\n\nHello.\n\n"
        '## [Tides *rise*](https://example.org/a_(b)?c=1&d=2 "t")\n\nOne.\n\n'
        "## Two ![x](https://example.org/p.png) [y][ref]\n\n[ref]: https://example.org/r\n"
    )

    made = written(text, head="")

    intro = '<a href="https://example.org/ci"><img src="https://example.org/b.png" alt="ok"></a>'
    assert made.title == "Weekly ok"
    assert to_html(made.introduction) == f"<p>{intro}</p>\n<p>Hello.</p>\n"
    first, second = made.items
    assert first.headline == "Tides rise"
    link = '<a href="https://example.org/a_(b)?c=1&amp;d=2">Tides rise</a>'
    assert to_html(first.body) == f"<p>{link}</p>\n<p>One.</p>\n"
    assert 'src="https://example.org/p.png"' in to_html(second.body)
    assert '<a href="https://example.org/r">y</a>' in to_html(second.body)


def test_definitions_go_where_they_are_used() -> None:
    """Those at the end of a file leave the last item, unless it needs them or nobody does."""
    issue = written(
        "See [a].\n\n## One\n\n[b][B]\n\n## Two\n\nx[^n]\n\n[^n]: see [b]\n\n"
        "[a]: https://example.org/a\n[c]: https://example.org/c\n[b]: <https://example.org/b>\n"
    )

    assert issue.introduction == "[a]: https://example.org/a\n\nSee [a]."
    link, unused = "[b]: <https://example.org/b>", "[c]: https://example.org/c"
    assert [item.body.split() for item in issue.items] == [
        [*link.split(), "[b][B]"],
        [*link.split(), "x[^n]", *unused.split(), "[^n]:", "see", "[b]"],
    ]


def test_a_footnote_of_a_headline_stands_in_its_item() -> None:
    """Headlines are plain text; the note is called where the text begins."""
    (item,) = written("## One[^n]\n\ntext\n\n[^n]: the note\n").items

    assert item.headline == "One"
    assert item.body.startswith("[^n]\n\ntext")
    assert "the note" in to_html(item.body)
