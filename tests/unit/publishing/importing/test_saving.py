"""A file becomes the draft of an issue, once, and shows what the file says."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st
from pytest_django import Settings
from wagtail.models import Revision

from newsletter.errors import ImportRejected, WrongStep
from newsletter.publishing.contents import content_of
from newsletter.publishing.drafts import draft_of, render
from newsletter.publishing.importing import import_issue
from newsletter.publishing.models import Issue, Publication
from newsletter.rendering import content
from newsletter.rendering.markdown import to_html
from newsletter.sending.models import Edition, Send
from tests.environment import ROOT
from tests.unit.publishing.importing.conftest import Importer, items_of

pytestmark = pytest.mark.django_db

RICH = "One **bold** and *fine* [link](https://example.org/?a=1&b=2).\\\nNext.\n\n- a\n  - b\n- c"
TABLE = "| a | b |\n|:--|--:|\n| *x* | [y][ref] |\n\n```py\nif a < b:\n    pass\n```\n"
TEXT = f"""---
title: The Letter
volume: 3
number: 11
date: 2026-11-26
subject: "[first_name|reader], hello"
tags: [tides, cranes]
---

Good morning, [first_name|reader].

## Rich

{RICH}

## Table

{TABLE}

[ref]: https://example.org/ref "A title"
"""


def test_a_file_becomes_a_draft(take_in: Importer, letter: Publication) -> None:
    """Everything that the file says stands in the first draft, which is not on the web."""
    result = take_in(TEXT)

    stored = Issue.objects.get()
    issue = draft_of(stored)
    assert (result.outcome, result.unknown_keys) == ("created", ("tags",))
    assert (stored.ref, stored.live, stored.publication) == ("3.11", False, letter)
    assert (issue.title, issue.date) == ("The Letter", dt.date(2026, 11, 26))
    assert issue.subject == "[first_name|reader], hello"
    assert issue.metadata == {"tags": ["tides", "cranes"]}
    assert result.issue.pk == stored.pk
    assert stored.get_parent().specific == letter.archive


def test_mail_shows_what_markdown_shows(take_in: Importer) -> None:
    """Introduction and items come out of the database as the HTML that the file would make."""
    take_in(TEXT)

    issue = draft_of(Issue.objects.get())
    [introduction, digest] = content_of(issue).blocks
    reference = '\n\n[ref]: https://example.org/ref "A title"'
    assert introduction == content.Text(body=to_html("Good morning, [first_name|reader]."))
    assert isinstance(digest, content.Digest)
    assert [(item.headline, item.body) for item in digest.items] == [
        ("Rich", to_html(RICH)),
        ("Table", to_html(TABLE + reference)),
    ]
    assert "[ref]" not in digest.items[1].body


def test_texts_stand_where_editors_can_work_on_them(take_in: Importer) -> None:
    """The text editor gets what it can hold, and Markdown stays what it would spoil."""
    take_in(TEXT)

    issue = draft_of(Issue.objects.get())
    rich, table = next(block.value["items"] for block in issue.body if block.block_type == "digest")
    assert (bool(rich["body"].source), rich["markdown"]) == (True, "")
    assert (table["body"].source, "| *x* |" in table["markdown"]) == ("", True)


def test_the_sample_issue_makes_a_mail(letter: Publication, settings: Settings,
                                       tmp_path: Path) -> None:  # fmt: skip
    """The issue of the demonstration is imported with its picture, and compiles."""
    settings.MEDIA_ROOT = tmp_path
    result = import_issue(ROOT / "newsletter/demonstration/samples/issue.md", letter)

    edition = render(draft_of(result.issue))
    made = content_of(draft_of(result.issue))
    assert made.lead
    assert made.lead.credit == "Illustration by the Tideline desk"
    assert len(items_of(draft_of(result.issue))) == 5
    assert "floating reed beds" in edition.variants[0].html
    assert any("first_name" in field.source for field in edition.merge_fields)
    assert not result.notes


def test_real_issues_make_mails(published_issues: tuple[Path, ...], letter: Publication) -> None:
    """Issues as they were published become drafts with items, credit and boilerplate."""
    for path in published_issues:
        result = import_issue(path, letter)
        issue = draft_of(result.issue)
        assert (len(items_of(issue)), result.outcome) == (5, "created")
        assert "“US-Japan Alliance Digest” is a bi-weekly" in content_of(issue).boilerplate
        assert issue.body[0].value["credit"] in {"The Yomiuri Shimbun", "Reuters"}
        assert items_of(issue)[0].headline in render(issue).variants[0].html
        assert import_issue(path, letter).outcome == "unchanged"


PAGE = """Letter Vol 3.12

Image Source: The Herald

• One
• Two

• First *text* of [first_name|reader].
• Second text.

The Letter comes every second week from the desk.
"""


def test_a_page_becomes_a_draft(take_in: Importer) -> None:
    """Plain text stays plain, the credit waits for its picture, the boilerplate is the issue's."""
    result = take_in(PAGE, "page.txt")

    issue = draft_of(Issue.objects.get(volume=3, number=12))
    assert [item.body for item in items_of(issue)] == [
        "<p>First *text* of [first_name|reader].</p>\n",
        "<p>Second text.</p>\n",
    ]
    assert content_of(issue).boilerplate == (
        "<p>The Letter comes every second week from the desk.</p>\n"
    )
    assert issue.body[0].value["credit"] == "The Herald"
    assert content_of(issue).lead is None
    assert result.notes == ("There is a credit but no picture: choose it in the desk.",)


def test_the_same_file_again_changes_nothing(take_in: Importer) -> None:
    """An import that says what the draft says makes no revision."""
    first = take_in(TEXT)

    again = take_in(TEXT)

    assert (again.outcome, again.issue.pk) == ("unchanged", first.issue.pk)
    assert Revision.objects.for_instance(first.issue).count() == 1


def test_the_same_issue_again_updates_its_draft(take_in: Importer) -> None:
    """Another text for the same number is another revision, and everybody sees it."""
    first = take_in(TEXT)

    again = take_in(TEXT.replace("title: The Letter", "title: New").replace("## Rich", "## Poor"))

    stored = Issue.objects.get()
    assert (again.outcome, again.issue.pk) == ("updated", first.issue.pk)
    assert (stored.title, stored.slug) == ("New", "the-letter")
    assert items_of(draft_of(stored))[0].headline == "Poor"
    assert Revision.objects.for_instance(stored).count() == 2
    assert "What the draft said before is in its history." in again.notes


def test_what_a_file_does_not_say_stays(take_in: Importer) -> None:
    """A subject and a picture that editors gave survive an import that knows of neither."""
    issue = draft_of(take_in(PAGE).issue)
    issue.subject = "Chosen in the desk"
    lead = {"image": None, "address": "https://example.org/a.png", "alt": "A", "credit": "Old"}
    issue.body = [("lead_image", lead), *[(b.block_type, b.value) for b in issue.body][1:]]
    issue.save_revision()

    take_in(PAGE.replace("Herald", "Globe"))

    issue = draft_of(Issue.objects.get())
    assert issue.subject == "Chosen in the desk"
    assert dict(issue.body[0].value) == lead | {"credit": "The Globe"}


def test_an_issue_on_the_web_keeps_its_page(take_in: Importer) -> None:
    """Readers see the published text until somebody publishes the new draft."""
    first = take_in(TEXT)
    Revision.objects.for_instance(first.issue).get().publish()

    take_in(TEXT.replace("title: The Letter", "title: New"))

    stored = Issue.objects.get()
    assert (stored.title, stored.live, stored.has_unpublished_changes) == ("The Letter", True, True)
    assert draft_of(stored).title == "New"


def test_a_queued_issue(take_in: Importer, letter: Publication) -> None:
    """Its draft may change; a note says that the edition does not."""
    issue = take_in(TEXT).issue
    edition = Edition.objects.create(issue=issue, subject="x", document="{}", hash="x")
    at = dt.datetime(2026, 11, 26, tzinfo=dt.UTC)
    Send.objects.create(issue=issue, edition=edition, at=at)

    again = take_in(TEXT.replace("## Rich", "## Poor"))

    assert again.outcome == "updated"
    assert "It is queued or sent already: that edition stays as it was." in again.notes


def test_a_locked_issue_is_left_alone(take_in: Importer) -> None:
    """What an editor has locked is not changed by a file."""
    Issue.objects.filter(pk=take_in(TEXT).issue.pk).update(locked=True)

    with pytest.raises(WrongStep, match="is locked"):
        take_in(TEXT.replace("## Rich", "## Poor"))

    assert take_in(TEXT).outcome == "unchanged"


@pytest.mark.parametrize(
    ("head", "ref", "title"),
    [
        ("subject: Hello", "4.3", "The Letter Vol 4.3"),
        ("title: Own", "4.3", "Own"),
        ("volume: 3", "3.12", "The Letter Vol 3.12"),
        ("volume: 5", "5.1", "The Letter Vol 5.1"),
        ("number: 9", "4.9", "The Letter Vol 4.9"),
        ("number: 5.9", "5.9", "The Letter Vol 5.9"),
    ],
)
def test_numbers_that_a_file_leaves_open(
    take_in: Importer, letter: Publication, head: str, ref: str, title: str
) -> None:
    """The next number is taken, in the volume that is given or the newest, and a note says so."""
    take_in(TEXT)
    take_in("title: The Letter Vol 4.2\n\ntext")

    result = take_in(f"{head}\n\ntext")

    assert (result.issue.ref, result.issue.title) == (ref, title)
    assert result.outcome == "created"
    assert any("The file gives no" in note for note in result.notes) == ("5.9" not in head)
    assert take_in(f"{head}\n\ntext").outcome == "unchanged"
    assert Issue.objects.count() == 3


def test_issues_without_numbers(take_in: Importer, letter: Publication) -> None:
    """Where a publication does not number, the title says which issue it is."""
    Issue.objects.all().delete()
    letter.archive.add_child(
        instance=Issue(title="Old", slug="old", publication=letter, live=False)
    )

    first = take_in("title: Tides!\n\ntext")
    again = take_in("title: Tides!\n\nmore")
    other = take_in("title: Cranes\n\ntext")

    assert (first.outcome, again.outcome, other.outcome) == ("created", "updated", "created")
    assert first.issue.pk == again.issue.pk != other.issue.pk
    assert (first.issue.ref, first.issue.number) == ("tides", 0)


def test_addresses_that_are_taken(take_in: Importer) -> None:
    """Two issues may have the same title, or one without letters; each has its own address."""
    slugs = [take_in(f"title: {t}\nnumber: {n}\n\ntext").issue.slug
             for n, t in enumerate(("Tides", "Tides", "!!!", "!?"), 1)]  # fmt: skip

    assert slugs == ["tides", "tides-2", "issue", "issue-2"]


def test_four_headlines_for_five_items(take_in: Importer) -> None:
    """Lists that do not match are refused with the line, and nothing is saved."""
    heads = "".join(f"• Head {n}\n" for n in range(4))
    bodies = "".join(f"• Text {n}.\n" for n in range(5))

    with pytest.raises(ImportRejected, match=r":12: 4 headlines for 5 items") as caught:
        take_in(f"Letter Vol 1.2\n\n{heads}\n{bodies}")

    assert caught.value.line == 12
    assert not Issue.objects.exists()


WORDS = st.text(max_size=30) | st.sampled_from(
    ["3.11", "en", "[first_name|reader]", "'", "é\U0001f600"]
)


@trying(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(WORDS, WORDS, max_size=3), WORDS, WORDS)
def test_no_text_raises_anything_else(
    take_in: Importer, keys: dict[str, Any], headline: str, body: str
) -> None:
    """Whatever editors write is stored and shown, or rejected."""
    head = "".join(f"{key}: {value}\n" for key, value in keys.items())
    text = f"---\ntitle: X\n{head}---\n\n## {headline}\n\n{body}\n"
    try:
        result = take_in(text.encode("utf-8", "replace").decode())
    except ImportRejected:
        return
    content_of(draft_of(result.issue))
