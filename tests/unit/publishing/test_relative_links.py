"""A link that was written without a site leads somewhere in the mail, or is a finding."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pytest_django import Settings

from newsletter.publishing.checks.checking import check_issue
from newsletter.publishing.content.issue_content import content_of
from newsletter.publishing.importing.saving import Imported, import_issue
from newsletter.publishing.messages import unsubscribe_headers
from newsletter.publishing.models import Issue, Publication
from newsletter.publishing.web.previews import for_sample
from newsletter.rendering.preflight.pages import texts_of
from tests import desks

BASE = "http://127.0.0.1:8000/tideline-digest"


def take_in(publication: Publication, file: Path, text: str, site_url: str = "") -> Imported:
    """Write a file and import it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return import_issue(file, publication, site_url=site_url)


def saying(publication: Publication, markdown: str, number: int = 1) -> Issue:
    """A draft with a text."""
    body = [("markdown", markdown), desks.digest("Reed beds")]
    return desks.draft(publication, number, subject="Reeds", preheader="And more", body=body)


def findings(issue: Issue) -> dict[str, list[str]]:
    """Messages of what is found, by code."""
    told: dict[str, list[str]] = {}
    for each in check_issue(issue, headers=unsubscribe_headers("x")).findings:
        told.setdefault(each.code, []).append(f"{each.place}: {each.message}")
    return told


def html_of(issue: Issue) -> str:
    """All texts of an issue."""
    return " ".join(text for _, text in texts_of(content_of(issue)))


@pytest.mark.parametrize(
    "written",
    [
        *("./issue-2.md", "../x", "issue-2.md", "page.html#a", "/about/", "a/b/c", "/images/x.pdf"),
        *("?page=2", "/media/gone.pdf", "/static/gone.css", "/tideline-digest/none.pdf", "b.png"),
    ],
)
def test_what_leads_nowhere_is_an_error(publication: Publication, written: str) -> None:
    """The finding says what was written, and where in the issue."""
    issue = saying(publication, f"A [page]({written}) of ours.")

    if written == "?page=2":
        # The first page of the site, whatever the question.
        assert "link-relative" not in findings(issue)
        return
    [told] = findings(issue)["link-relative"]
    assert told.startswith(f"block 1: {written} would lead to http://127.0.0.1:8000/")


@pytest.mark.parametrize("written", ["/privacy/", "/privacy", "/feed.xml", "/", "/vol-1-1/"])
def test_pages_of_the_site_are_none(publication: Publication, written: str) -> None:
    """Who links to a page of the site need not write where that is."""
    issue = saying(publication, f"A [page]({written}) of ours.")

    assert "link-relative" not in findings(issue)
    assert f'href="http://127.0.0.1:8000{written}"' in html_of(issue)


def test_an_issue_is_a_page_once_it_is_sent(publication: Publication) -> None:
    """A link to the issue itself is right; one to a draft of another would lead nowhere."""
    desks.on_the_web(publication, 8)
    saying(publication, "Not sent.", 9)
    issue = saying(publication, "[a](/vol-1-8/) [me](/vol-1-1/)")
    assert "link-relative" not in findings(issue)

    issue.body = [("markdown", "[b](/vol-1-9/)")]
    issue.save_revision()
    assert "vol-1-9" in findings(issue)["link-relative"][0]


def test_a_picture_that_is_not_there_is_an_error(publication: Publication) -> None:
    """A picture in the desk's Markdown without a site."""
    issue = saying(publication, "![A quay](quay.png)")

    assert "quay.png" in findings(issue)["link-relative"][0]


@pytest.mark.parametrize(
    ("one", "other", "written"),
    [
        ("posts/issue-1.md", "posts/issue-2.md", "./issue-2.md"),
        ("posts/issue-1.md", "posts/issue-2.md", "issue-2.md"),
        ("posts/issue-1.md", "posts/issue-2.md", "issue-2.html"),
        ("posts/issue-1.md", "posts/issue-2.md", "../issue-2/"),
        ("posts/issue-1.md", "posts/issue-2.md", "/news/issue-2"),
        ("posts/issue-1.md", "archive/issue-2.md", "../archive/issue-2.md"),
        ("issue-1/index.md", "issue-2/index.md", "../issue-2/"),
        ("issue-1/index.md", "issue-2/index.md", "../issue-2/index.md"),
        ("_posts/2024-01-02-one.md", "_posts/2024-01-09-two.md", "/2024/01/09/two.html"),
        ("_posts/2024-01-02-one.md", "_posts/2024-01-09-two.md", "2024-01-09-two.md"),
        ("日報/一.md", "日報/二.md", "./二.md"),
    ],
)
def test_another_imported_issue_is_known(
    publication: Publication, tmp_path: Path, one: str, other: str, written: str
) -> None:
    """In either order of importing, a link to its file becomes one to the issue."""
    first = take_in(
        publication, tmp_path / one, f"# One\n\n[before]({written}) [here]({written}#x)"
    )
    second = take_in(publication, tmp_path / other, "# Two\n\nWords.")

    address = second.issue.full_url
    made = html_of(first.issue)
    assert address
    assert f'<a href="{address}">before</a>' in made
    assert f'<a href="{address}#x">here</a>' in made


def test_what_could_be_two_issues_is_left_alone(publication: Publication, tmp_path: Path) -> None:
    """A link that may mean one or another is an error."""
    issue = take_in(publication, tmp_path / "a" / "one.md", "# One\n\n[x](/two/)").issue
    take_in(publication, tmp_path / "b" / "two.md", "# Two\n\nWords.")
    take_in(publication, tmp_path / "c" / "two.md", "# Second\n\nWords.")

    assert "/two/" in findings(issue)["link-relative"][0]


def test_the_old_site_is_named_at_import(publication: Publication, tmp_path: Path) -> None:
    """With the address of a site links lead there; imported again without, they still do."""
    text = "# One\n\n[about](/about/) [next](next.html) [out](https://example.net/)"
    file, site = tmp_path / "one.md", "https://www.example.org/news/"
    for given in (site, ""):
        issue = take_in(publication, file, text, given).issue

        made = html_of(issue)
        assert 'href="https://www.example.org/about/"' in made
        assert 'href="https://www.example.org/news/next.html"' in made
        assert 'href="https://example.net/"' in made
        assert "link-relative" not in findings(issue)


def test_refused_addresses_are_errors(publication: Publication) -> None:
    """Whatever loses its address on the way is told, in Markdown and in the text editor."""
    issue = saying(publication, "[a](javascript:x) <a href='file:///c'>b</a> [c](data:text/html,d)")
    issue.body.append(("text", '<p><a href="ftp://example.org/">d</a></p>'))
    issue.save_revision()

    told = findings(issue)["link-empty"]
    assert [each.partition(" leads")[0] for each in told] == [
        "block 1: 'a'",
        "block 1: 'b'",
        "block 1: 'c'",
        "block 3: 'd'",
    ]


def test_headings_are_found_by_their_words(publication: Publication, settings: Settings) -> None:
    """As on GitHub: an item, a heading in a text, in any script; what is nowhere is an error."""
    text = (
        "[a](#reed-beds) [b](#in-brief) [c](#%E6%B5%B7%E3%81%AE%E8%A9%B1) [d](#mark) [e](#gone) "
        "[f](#dont-ab)\n\n#### Don’t (a/b)\n\n"
        '### In brief!\n\n### 海の話\n\n<a name="mark"></a>Here.'
    )
    issue = saying(publication, text)

    made = html_of(issue)
    assert '<a href="#item-1">a</a>' in made
    assert '<a href="#in-brief">b</a>' in made
    assert '<h3 id="in-brief">In brief!</h3>' in made
    assert '<h4 id="dont-ab">Don’t (a/b)</h4>' in made
    assert '<h3 id="海の話">海の話</h3>' in made
    assert [each.partition(" leads")[0] for each in findings(issue)["link-dead"]] == [
        "block 1: 'e'"
    ]


def test_headings_with_the_same_words_are_numbered(publication: Publication) -> None:
    """As on GitHub: `-1` is the second one; a heading that has the number in its words is first."""
    text = (
        "[a](#jobs) [b](#jobs-1) [c](#jobs-2) [d](#jobs-3)\n\n"
        "### Jobs\n\none\n\n### Jobs\n\ntwo\n\n#### Jobs 1\n\nthree\n\n### *Jobs*\n\nfour"
    )
    issue = saying(publication, text)

    made = html_of(issue)
    assert re.findall(r"<h[34][^<>]*>", made) == [
        '<h3 id="jobs">',
        "<h3>",
        '<h4 id="jobs-1">',
        '<h3 id="jobs-2">',
    ]
    assert [each.partition(" leads")[0] for each in findings(issue)["link-dead"]] == [
        "block 1: 'd'"
    ]


def test_items_and_headings_are_numbered_together(publication: Publication) -> None:
    """The second item of a name is `-1`, wherever headings of that name stand between."""
    items = [
        {"headline": "News", "markdown": "[a](#news-1) [b](#news-2)\n\n### News\n\nx"},
        {"headline": "News", "markdown": "y"},
    ]
    issue = desks.draft(publication, body=[("digest", {"show_headlines": True, "items": items})])

    made = for_sample(issue).html
    assert re.search(r'<a href="#news-1"[^<>]*>a</a>', made)
    assert re.search(r'<a href="#item-2"[^<>]*>b</a>', made)
    assert "link-dead" not in findings(issue)
