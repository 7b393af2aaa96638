"""The text of a published page: headlines matched with items, and the page left out."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsletter.errors import ImportRejected
from newsletter.publishing.importing.parsed_issue import ParsedIssue, escape_markdown
from newsletter.publishing.importing.reading import parse_file, read_issue
from newsletter.rendering.text.markdown import to_html

PAGE = """Home
About us

Publications Harbour Digest Vol 4.7

Harbour Digest Vol 4.7

Download Harbour Digest Vol 4.7

Image Source: The Harbour Herald

  • Reed beds clean the old basin
  • Ferries * go electric
  • A map knows every tide

  • Reed beds now float behind the fish market. They take [nitrogen] out of the water.
  • The shortest crossings come first, says a study
of forty routes.

    It counts 31 of them.
  • Volunteers joined two centuries of records.

“Harbour Digest” comes every second week from the harbour's own desk, for [first_name|readers]
and others.

Download Harbour Digest Vol 4.7

2026 Harbour Desk | Privacy | Sitemap

Made by a studio of websites, with much love for long lines and for footers of every kind
"""


def page(text: str) -> ParsedIssue:
    """Return what a page's text says."""
    return parse_file(text.encode(), name="page.txt")


def refused(text: str) -> ImportRejected:
    """Return the error that a text is met with."""
    with pytest.raises(ImportRejected) as caught:
        page(text)
    return caught.value


def test_real_issues(published_issues: tuple[Path, ...]) -> None:
    """Issues as they were published give five headlines with their items, and the rest."""
    for path in published_issues:
        issue = read_issue(path)
        assert (issue.volume, issue.number) in {(2, 18), (3, 11)}
        assert issue.title.endswith(f"Digest Vol {issue.volume}.{issue.number}")
        assert len(issue.items) == 5
        for item in issue.items:
            assert len(item.headline) < 80 < len(item.body)
        assert issue.credit in {"The Yomiuri Shimbun", "Reuters"}
        assert issue.boilerplate.startswith("“US-Japan Alliance Digest” is a bi-weekly summary")
        assert "\n" not in issue.boilerplate
        assert issue.introduction == ""


def test_a_page() -> None:
    """Title, numbers, credit, items with all their paragraphs, and the boilerplate are found."""
    issue = page(PAGE)

    assert (issue.title, issue.volume, issue.number) == ("Harbour Digest Vol 4.7", 4, 7)
    assert issue.credit == "The Harbour Herald"
    assert [item.headline for item in issue.items] == [
        "Reed beds clean the old basin",
        "Ferries * go electric",
        "A map knows every tide",
    ]
    assert to_html(issue.items[1].body) == (
        "<p>The shortest crossings come first, says a study of forty routes.</p>\n"
        "<p>It counts 31 of them.</p>\n"
    )
    assert issue.items[1].line == 17
    assert issue.boilerplate.startswith("“Harbour Digest” comes every second week")
    assert issue.boilerplate.endswith("for [first_name|readers]\nand others.")


def test_what_is_left_out_is_said() -> None:
    """Menus, repeated titles and footers are left out, and a note names their lines."""
    assert page(PAGE).notes == ("Left out as page furniture: lines 1, 2, 4, 8, 26, 28, 30.",)


def test_sentences_above_the_headlines_are_an_introduction() -> None:
    """Words of the editors between title and headlines are kept."""
    issue = page(PAGE.replace("Image", "Good morning to all of you on the quay.\n\nImage"))

    assert issue.introduction == "Good morning to all of you on the quay."


@pytest.mark.parametrize(
    "title", ["Harbour Digest, Volume 4, Issue 7", "Harbour Digest Vol. 4 No. 7", "Vol 4/7"]
)
def test_ways_to_write_a_title(title: str) -> None:
    """Volume and issue are understood as people write them."""
    issue = page(PAGE.replace("Harbour Digest Vol 4.7", title))

    assert (issue.title, issue.volume, issue.number) == (title, 4, 7)


@pytest.mark.parametrize("bullet", ["-", "*", "▪", "–"])
def test_other_bullets(bullet: str) -> None:
    """Any sign will do for bullets, if all of them are the same."""
    assert len(page(PAGE.replace("•", bullet)).items) == 3


def test_a_bullet_alone_on_its_line() -> None:
    """Text copied from a document may have its words below the bullet."""
    issue = page("Letter Vol 1.2\n\n•\nOne\n•\nTwo\n\n•\nFirst text.\n•\nSecond text.\n")

    assert [(item.headline, item.body) for item in issue.items] == [
        ("One", "First text."),
        ("Two", "Second text."),
    ]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (
            PAGE.replace("  • A map knows every tide\n", ""),
            20,
            "2 headlines for 3 items; the lists begin on lines 12 and 15",
        ),
        (
            PAGE.replace("  • Volunteers joined two centuries of records.\n", ""),
            14,
            "3 headlines for 2 items",
        ),
        ("Letter Vol 1.2\n\n• One\n• Two\n", 3, "where the headlines end"),
        ("Letter Vol 1.2\n\n• One\n\n• Two\n\n• Three\n", 3, "where the headlines end"),
        ("• One\n\n• Letter Vol 1.2\n", 1, "no title with a volume and number above"),
        (f"Letter Vol 1.2\n\n• {'x' * 251}\n\n• Text.\n", 3, "the headline has 251 characters"),
        (f"{'x' * 250} Vol 1.2\n\n• One\n\n• Text.\n", 1, "the title has 258 characters"),
        (f"Vol 1.2\nImage Source: {'x' * 201}\n• 1\n\n• 2", 2, "the credit has 201 characters"),
        ("Letter Vol 1.2\n\n•\n", 1, "where the headlines end"),
    ],
)
def test_errors_name_the_line(text: str, line: int, words: str) -> None:
    """Lists that do not match, and whatever else is amiss, are refused with the line."""
    error = refused(text)

    assert error.line == line
    assert words in str(error)
    assert error.hint


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), max_size=60))
def test_plain_text_is_not_taken_for_markdown(text: str) -> None:
    """Whatever signs a published text has, a mail shows them and nothing else."""
    line = " ".join(text.split())

    shown = to_html(escape_markdown(line))

    assert shown == (f"<p>{to_text(line)}</p>\n" if line else "")


SIGNS = st.text("[]()*_<>&#;:~`\\|!+-=1.) ax", max_size=12)


@example(":::")
@example(": a")
@given(SIGNS)
def test_signs_of_markdown_are_not_markdown(text: str) -> None:
    """Every sign that means something in Markdown stands for itself in a published text."""
    line = " ".join(text.split())

    assert to_html(escape_markdown(line)) == (f"<p>{to_text(line)}</p>\n" if line else "")


def to_text(line: str) -> str:
    """Return a line as HTML shows it."""
    signs = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\xa0": "&nbsp;"}
    return "".join(signs.get(sign, sign) for sign in line)
