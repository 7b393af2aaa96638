"""A file becomes the draft of an issue, once, and shows what the file says."""

from __future__ import annotations

import datetime as dt
import html
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st
from pytest_django import Settings
from wagtail.models import Revision

from newsletter.errors import ImportRejected, InvalidTransition
from newsletter.publishing.checks.checking import check_issue
from newsletter.publishing.content.drafts import draft_of, render
from newsletter.publishing.content.issue_content import content_of
from newsletter.publishing.importing.saving import import_issue
from newsletter.publishing.models import Issue, Publication
from newsletter.publishing.starting import start_issue
from newsletter.publishing.web.previews import for_sample
from newsletter.rendering import content
from newsletter.rendering.text.markdown import to_html
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
    assert issue.metadata["tags"] == ["tides", "cranes"]
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


def test_an_address_that_is_taken(take_in: Importer, letter: Publication) -> None:
    """A title that makes an address of the site is told of, with the address that it has."""
    result = take_in("title: Privacy\n\nOne")

    assert result.issue.slug == "privacy-2"
    assert "The web address privacy is taken: the issue has privacy-2." in result.notes


def test_the_sample_issue_makes_a_mail(letter: Publication, settings: Settings,
                                       tmp_path: Path) -> None:  # fmt: skip
    """The issue of the demonstration is imported with its picture, and compiles."""
    settings.MEDIA_ROOT = tmp_path
    result = import_issue(ROOT / "newsletter/demo/samples/issue.md", letter)

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

    text = TEXT.replace("title: The Letter", "title: New").replace("## Rich", "## Poor")
    again = take_in(text, update=first.issue)

    stored = Issue.objects.get()
    assert (again.outcome, again.issue.pk) == ("updated", first.issue.pk)
    assert (stored.title, stored.slug) == ("New", "new")
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
    untouched = {"decorative": False, "shape": None}
    assert dict(issue.body[0].value) == lead | {"credit": "The Globe", **untouched}


def test_an_issue_on_the_web_keeps_its_page(take_in: Importer) -> None:
    """Readers see the published text until somebody publishes the new draft."""
    first = take_in(TEXT)
    Revision.objects.for_instance(first.issue).get().publish()

    take_in(TEXT.replace("title: The Letter", "title: New"), update=first.issue)

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

    with pytest.raises(InvalidTransition, match="is locked"):
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


NINETY = "Title: This Week 90\nDate: 2015-08-03\n\n## News\n\nText of ninety."
NINETY_TWO = "Title: This Week 92\nNumber: 1\nDate: 2015-08-17\n\n## News\n\nText of ninety-two."


def test_an_import_never_overwrites_another_issue(take_in: Importer) -> None:
    """A number that an issue without one was given does not make it the issue of that number."""
    first = take_in(NINETY, "a.md")

    with pytest.raises(ImportRejected, match=r"1\.1 belongs to another issue, “This Week 90”"):
        take_in(NINETY_TWO, "b.md")

    assert first.issue.ref == "1.1"
    assert items_of(draft_of(Issue.objects.get()))[0].body == "<p>Text of ninety.</p>\n"
    told = take_in(NINETY_TWO, "b.md", update=first.issue)
    assert (told.outcome, told.issue.pk) == ("updated", first.issue.pk)
    assert take_in(NINETY_TWO, "b.md").outcome == "unchanged"


@pytest.mark.parametrize(
    ("first", "second", "outcome"),
    [
        # Number and title say the same, whatever the file is called now.
        (("a.md", "title: T\nnumber: 3"), ("a.md", "title: T\nnumber: 3"), "updated"),
        (("a.md", "title: T\nnumber: 3"), ("b.md", "title: T\nnumber: 3"), "updated"),
        (("a.md", "title: T!\nnumber: 3"), ("a.md", "title: T\nnumber: 3"), "updated"),
        # Numbers that begin again every year.
        (
            ("a.md", "title: T\nnumber: 3\ndate: 2024-01-05"),
            ("b.md", "title: T\nnumber: 3\ndate: 2025-01-05"),
            "rejected",
        ),
        # Another title, in the same file too.
        (("a.md", "title: T\nnumber: 3"), ("a.md", "title: U\nnumber: 3"), "rejected"),
        # Without titles, the name of the file says it.
        (("a.md", "number: 3"), ("a.md", "number: 3"), "updated"),
        (("a.md", "number: 3"), ("b.md", "number: 3"), "rejected"),
        # Without numbers: the title and the file, or another day.
        (("a.md", "title: Weekly"), ("a.md", "title: Weekly"), "updated"),
        (("a.md", "title: Weekly"), ("b.md", "title: Weekly"), "rejected"),
        (
            ("a.md", "title: Weekly\ndate: 2024-01-05"),
            ("b.md", "title: Weekly\ndate: 2024-01-12"),
            "created",
        ),
    ],
)
def test_what_makes_it_the_same_issue(
    take_in: Importer, first: tuple[str, str], second: tuple[str, str], outcome: str
) -> None:
    """Number and title; where they leave a doubt, nothing is overwritten."""
    made = take_in(f"{first[1]}\n\nfirst", first[0]).issue
    if outcome == "rejected":
        with pytest.raises(ImportRejected) as caught:
            take_in(f"{second[1]}\n\nsecond", second[0])
        assert f"--update {made.ref}" in caught.value.hint
        assert Issue.objects.count() == 1
        return

    found = take_in(f"{second[1]}\n\nsecond", second[0])

    assert found.outcome == outcome
    assert (found.issue.pk == made.pk) == (outcome == "updated")


def test_an_issue_begun_in_the_desk(take_in: Importer, letter: Publication) -> None:
    """A draft with a number and no title of its own is filled by the file with that number."""
    begun = start_issue(letter)

    assert take_in("number: 1\n\ntext").issue.pk == begun.pk
    again = take_in("number: 7\n\nmore", update=begun)
    assert "The issue has the number 1.7, as the file says; it was 1.1." in again.notes


def test_a_wrong_number_is_given_back(take_in: Importer) -> None:
    """A draft gets number and address of the file that replaces it; the old number is free."""
    wrong = take_in("title: The Letter Vol 1.21\n\ntext", "a.md").issue
    assert take_in("title: The Letter Vol 1.12\n\ntext", "a.md", update=wrong).outcome == "updated"

    stored = Issue.objects.get()
    assert (stored.ref, stored.slug) == ("1.12", "the-letter-vol-1-12")
    assert take_in("title: The Letter Vol 1.21\n\nother", "b.md").outcome == "created"


def test_a_number_of_another_issue_stays_there(take_in: Importer) -> None:
    """Nothing is taken from another issue; the note names it."""
    taken = take_in("title: One\nnumber: 1.1\n\ntext", "a.md").issue
    other = take_in("title: Two\nnumber: 1.2\n\ntext", "b.md").issue

    notes = take_in("title: Two\nnumber: 1\n\nmore", "b.md", update=other).notes

    assert f"The file says 1.1; the issue keeps its number 1.2: “{taken.title}” has that one." in (
        notes
    )


def test_what_readers_know_stays(take_in: Importer) -> None:
    """Number, address and language of an issue on the web are kept, and notes say why."""
    first = take_in("title: One\nnumber: 1.1\nlang: ja\n\ntext")
    Revision.objects.for_instance(first.issue).get().publish()

    notes = take_in("title: Two\nnumber: 2\n\nmore", update=first.issue).notes

    stored = Issue.objects.get()
    assert (stored.ref, stored.slug, draft_of(stored).language) == ("1.1", "one", "ja")
    assert {
        "The file says 1.2; the issue keeps its number 1.1: it is on the web.",
        "The issue keeps its address, one: it is on the web.",
        "The file names no language: it stays ja.",
    } <= {*notes}


def test_an_address_that_was_chosen_stays(take_in: Importer) -> None:
    """What an editor wrote as the address is not made of a title, and does not follow one."""
    issue = draft_of(take_in("title: One\nnumber: 1.1\n\ntext").issue)
    issue.slug = "spring"
    issue.save()
    issue.save_revision()

    notes = take_in("title: Two\nnumber: 1\n\nmore", update=issue).notes

    assert Issue.objects.get().slug == "spring"
    assert "The issue keeps its address, spring: it was not made of its title." in notes


@pytest.mark.parametrize("blank", ["\u3000", "\u00a0", "\u202f", "\u2009"])
def test_blanks_that_are_part_of_the_text(take_in: Importer, blank: str) -> None:
    """Wide and no-break blanks stay in title, headline, alt text, subject and plain text."""
    words = f"防衛省{blank}会談"
    keys = "".join(f"{key}: {words}  \t x\n" for key in ("title", "subject", "preheader", "alt"))
    image = "image: https://example.org/a.png\n"
    issue = draft_of(take_in(f"{keys}{image}\n{words}\n\n## {words}  x\n\n{words}").issue)

    parts = for_sample(issue)
    assert [issue.title, issue.subject, issue.preheader] == [f"{words} x"] * 3
    assert items_of(issue)[0].headline == f"{words} x"
    assert parts.subject == f"{words} x"
    assert parts.text.count(words) >= 3
    assert f'alt="{words} x"' in html.unescape(parts.html)


def test_blanks_of_a_page(take_in: Importer) -> None:
    """In the text of a page, too, and behind bullets they are none of the words."""
    bullets = "•\u3000防衛省\u3000会談\n•\u3000二\n\u3000\n•\u3000本文\u3000です。\n•\u3000二。\n"
    issue = draft_of(take_in(f"会報\u3000Vol 1.2\n\n{bullets}").issue)

    assert issue.title == "会報\u3000Vol 1.2"
    assert [(item.headline, item.body) for item in items_of(issue)] == [
        ("防衛省\u3000会談", "<p>本文\u3000です。</p>\n"),
        ("二", "<p>二。</p>\n"),
    ]


def test_struck_out(take_in: Importer) -> None:
    """What is struck out is so in the plain text; in a headline it is left out, with a note."""
    result = take_in("title: T\n\n## ~~Old~~ New ~~\n\nNow ~~50~~ 40 at ~~ noon.")

    parts = for_sample(draft_of(result.issue))
    assert items_of(draft_of(result.issue))[0].headline == "New ~~"
    assert "Now ~~50~~ 40 at ~~ noon." in parts.text
    assert [note for note in result.notes if "struck out on line 3" in note]


def test_what_other_programs_left(take_in: Importer) -> None:
    """Control characters are left out and redirects of Google unwrapped, and notes say so."""
    link = "https://www.google.com/url?q=https%3A%2F%2Fexample.org%2Fa%3Fb%3D1&sa=D&ust=17"
    result = take_in(f"title: T\n\n## One\n\n* [a](\x02https://e.org/) \x1b[1m[b]({link})")

    body = items_of(draft_of(result.issue))[0].body
    assert 'href="https://e.org/"' in body
    assert 'href="https://example.org/a?b=1"' in body
    assert "[1m" not in body
    assert result.notes[:2] == (
        "Invisible control characters are left out, on line 5.",
        "Redirects of Google are replaced by where they lead: 1.",
    )


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("03-25-2024", (2024, 3, 25)), ("25-03-2024", (2024, 3, 25)), ("3/25/2024", (2024, 3, 25)),
        ("25/3/2024 10:00", (2024, 3, 25)), ("04-04-2024", (2024, 4, 4)),
        ("02-30-2024", None), ("25-25-2024", None), ("00-00-2024", None),
    ],
)  # fmt: skip
def test_days_that_mean_one_thing(
    take_in: Importer, written: str, day: tuple[int, int, int] | None
) -> None:
    """Month or day first, where the other reading is no date."""
    text = f"title: X\ndate: {written}\n\ntext"
    if day is None:
        with pytest.raises(ImportRejected, match=r":2: .* is not a date"):
            take_in(text)
    else:
        assert take_in(text).issue.date == dt.date(*day)


def test_a_day_that_means_two_things(take_in: Importer) -> None:
    """The error names both, and how to write each."""
    with pytest.raises(ImportRejected, match="can be 4 March 2024 or 3 April 2024") as caught:
        take_in("title: X\ndate: 03-04-2024\n\ntext")

    assert caught.value.line == 2
    assert caught.value.hint == "Write it as 2024-03-04 or as 2024-04-03."


def test_an_item_without_text(take_in: Importer) -> None:
    """It is part of the draft, and preflight finds it."""
    result = take_in("title: E\n\n## One\n\n## Two\n\ntext\n\n##\n\nmore")

    issue = draft_of(result.issue)
    assert [(item.headline, item.body) for item in items_of(issue)] == [
        ("One", ""),
        ("Two", "<p>text</p>\n"),
        ("", "<p>more</p>\n"),
    ]
    found = {(each.code, each.place) for each in check_issue(issue, headers=()).findings}
    assert {("headline-without-item", "item 1"), ("headline-missing", "item 3")} <= found
