"""Any file at all: an issue, or an error that says where and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsletter.errors import ImportRejected
from newsletter.publishing.importing.parsed_issue import ParsedIssue
from newsletter.publishing.importing.reading import LARGEST, parse_file, read_issue
from newsletter.rendering.text.markdown import to_html

FRAGMENTS = st.sampled_from(
    ["---", "+++", "...", "title: Letter Vol 1.2", "title = 'x'", "date: 2026-01-01", "number: 3",
     "- item", "• bullet", "  • bullet", "## head", "# top", "Letter Vol 1.2", "text text.", "",
     "```", "<!--", "-->", "[a]: /b", "[a]", "![a](b.png)", "a: &x [*x]", "? [a]", "<<: *x",
     "!!python/object:os.system x", "'", '"', "key: |", "  in", "\t", "Image Source: X", "\x85",
     "\u2028", "\ufeff", "a: \"\\ud800\"", "[t]", "a.b = nan", "a = 1e400", "[[t]]", ": ", "%TAG"]
)  # fmt: skip


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"", 1, "the file is empty"),
        (b"\xef\xbb\xbf \n\n", 1, "the file is empty"),
        (b"title: X\n\nR\xe9sum\xe9\n", 3, "not UTF-8: the byte 0xe9"),
        (b"title: X\r\n\r\nR\xe9sum\xe9\r\n", 3, "not UTF-8"),
        (b"title: X\r\rR\xe9sum\xe9\r", 3, "not UTF-8"),
        ("title: X".encode("utf-16"), 1, "not UTF-8"),
        (b"title: X\n\nA\0B", 3, "not a text file"),
        (b"title: X\n\nA\x01\x02\x03\x04\x05B", 3, "not a text file"),
        (b"PK\x03\x04document", 0, "the Word file is broken"),
        (b"%PDF-1.7\n", 1, "not a text file"),
        (b"\n\nJust a letter to a friend.\n\nYours.\n", 3, "neither Markdown with headlines"),
        (b"Note: only this\n\nand that\n", 1, "neither Markdown with headlines"),
        (b"\x89PNG\r\n\x1a\n", 1, "not UTF-8"),
    ],
)  # fmt: skip
def test_errors_name_the_line(data: bytes, line: int, words: str) -> None:
    """What is no issue is refused with the file, the line and what to do."""
    with pytest.raises(ImportRejected) as caught:
        parse_file(data, name="file")

    assert (caught.value.path, caught.value.line) == ("file", line)
    assert words in str(caught.value)
    assert caught.value.hint


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    """A file beyond any issue is refused before it is read to its end."""
    path = tmp_path / "issue.md"
    path.write_bytes(b"title: X\n\n" + b"x" * LARGEST)

    with pytest.raises(ImportRejected, match="larger than 500,000 bytes"):
        read_issue(path)


@pytest.mark.parametrize("name", ["missing.md", ".", "a\0b"])
def test_a_file_that_cannot_be_read(name: str, tmp_path: Path) -> None:
    """A file that is not there, or is none, is named."""
    with pytest.raises(ImportRejected, match="it cannot be read") as caught:
        read_issue(tmp_path / name)

    assert caught.value.path == str(tmp_path / name)


def test_the_form_does_not_depend_on_the_name() -> None:
    """Markdown is Markdown and a page is a page, whatever the file is called."""
    markdown = b"title: Letter\n\n## One\n\ntext\n"
    page = "Letter Vol 1.2\n\n• One\n\n• Text.\n".encode()

    for name in ("issue.md", "issue.txt", "issue"):
        assert parse_file(markdown, name=name).title == "Letter"
        assert parse_file(page, name=name).number == 2


def test_page_breaks_keep_the_lines() -> None:
    """A form feed, as documents have it, is a space and not the end of a line."""
    issue = parse_file(b"title: Letter\n\n\f## One\n\ntext\fmore\n", name="file")

    assert (issue.introduction, issue.items) == ("", issue.items)
    assert issue.items[0].line == 3


@given(st.lists(FRAGMENTS, max_size=12), st.sampled_from(["\n", "\n\n", "\r\n"]))
@example(["---", "a: &x [*x]", "---", "text"], "\n")
def test_no_file_raises_anything_else(lines: list[str], ending: str) -> None:
    """Files made of everything that means something are issues, or are rejected."""
    accepted_or_rejected(ending.join(lines).encode("utf-8", "surrogatepass"))


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    """Any bytes are an issue, or are rejected."""
    accepted_or_rejected(data)


def accepted_or_rejected(data: bytes) -> None:
    """Parse bytes; what comes out can be rendered."""
    try:
        issue = parse_file(data, name="file")
    except ImportRejected:
        return
    assert isinstance(issue, ParsedIssue)
    for text in (issue.introduction, issue.boilerplate, *(item.body for item in issue.items)):
        to_html(text)
