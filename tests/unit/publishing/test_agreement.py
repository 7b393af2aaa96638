"""The check says where an issue contradicts itself, or what is around it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import translation

from newsletter.phrases import translate
from newsletter.publishing.checks.checking import check_issue
from newsletter.publishing.messages import unsubscribe_headers
from newsletter.publishing.models import Issue, Publication
from subscribers.models import List, Subscriber, Subscription
from tests import desks

DATE = dt.date(2026, 11, 12)


def found(issue: Issue, **around: Any) -> list[tuple[str, str, str]]:
    """Return what is found that is of this kind: code, message and place."""
    codes = {"name-differs", "date-differs", "language-differs", "audience-empty"}
    report = check_issue(issue, headers=unsubscribe_headers("x"), **around)
    return [(each.code, each.message, each.where) for each in report.findings if each.code in codes]


@pytest.fixture
def readers(publication: Publication) -> Publication:
    """A publication with somebody on its list."""
    person = Subscriber.objects.create(email="ann@example.org")
    Subscription.objects.create(subscriber=person, list=publication.lists.get())
    return publication


def test_an_issue_of_one_mind_has_none(readers: Publication) -> None:
    """Nothing is found where number, title, date, language and list agree."""
    assert found(desks.draft(readers, 11), slot=DATE, is_queued=True) == []


def test_names_of_another_number(readers: Publication) -> None:
    """Title, subject, address and PDF are each compared with the number."""
    issue = desks.draft(
        readers,
        11,
        title="Tideline Digest Vol 1.10",
        slug="vol-1-10",
        subject="Vol 1.9: reeds",
        pdf_url="https://example.org/pdf/vol-1.8.pdf",
    )

    assert found(issue) == [
        ("name-differs", "the title names 1.10, and the number is 1.11", "title"),
        ("name-differs", "the subject names 1.9, and the number is 1.11", "subject"),
        ("name-differs", "the web address names 1.10, and the number is 1.11", "web address"),
        ("name-differs", "the PDF names 1.8, and the number is 1.11", "PDF"),
    ]


def test_the_address_of_what_is_on_the_web_stays(readers: Publication) -> None:
    """Nobody is told to change the address of an issue to which links lead."""
    assert found(desks.on_the_web(readers, 11, slug="vol-1-10")) == []


def test_the_date_is_held_against_the_day(readers: Publication) -> None:
    """One day apart is enough, whether the issue is queued or would go out in the next slot."""
    issue, day = desks.draft(readers, 11), DATE + dt.timedelta(days=1)

    [queued] = found(issue, slot=day, is_queued=True)
    [would] = found(issue, slot=day)

    assert queued[0] == would[0] == "date-differs"
    assert queued[1] == "it is dated Thu 12 Nov 2026 and goes out on Fri 13 Nov 2026"
    assert would[1] == "it is dated Thu 12 Nov 2026, and the next slot is on Fri 13 Nov 2026"


def test_a_date_far_from_the_slot(readers: Publication) -> None:
    """A date of another year, typed or left from a copied issue, is found, with what to do."""
    issue = desks.draft(readers, 11, date=DATE.replace(year=2025))

    report = check_issue(issue, headers=unsubscribe_headers("x"), slot=DATE, is_queued=True)

    [finding] = [each for each in report.findings if each.code == "date-differs"]
    message = "it is dated Wed 12 Nov 2025 and goes out on Thu 12 Nov 2026"
    assert (finding.message, finding.where) == (message, "date")
    assert finding.fix == "Set the issue's date to the day it goes out; if it is meant, leave it."


def test_without_a_date_there_is_nothing_to_compare(readers: Publication) -> None:
    """An issue without a date carries the day it goes out."""
    issue = desks.draft(readers, 11, date=None)

    assert found(issue, slot=DATE, is_queued=True) == []


def test_what_is_on_the_web_needs_no_slot(readers: Publication) -> None:
    """The date of an issue that readers see is not compared with a slot it has not been given."""
    assert found(desks.on_the_web(readers, 11), slot=DATE + dt.timedelta(days=9)) == []


def test_text_in_another_script_than_the_language(readers: Publication) -> None:
    """Japanese text in an English publication is found, with the way to where it is set."""
    text = ("text", "<p>港の水をきれいにするヨシ原について、今週の研究をお伝えします。</p>")

    found_in = found(desks.draft(readers, 11, body=[text]))
    own = found(desks.draft(readers, 12, body=[text], language="fr"))
    right = found(desks.draft(readers, 13, body=[text], language="ja"))

    message = "the text is mostly in Japanese letters, and its language is en"
    assert found_in == [("language-differs", message, "publication")]
    assert own[0][2] == "language"
    assert right == []


def test_a_list_of_nobody(publication: Publication) -> None:
    """A list without subscribers is found, and so is a publication without a list."""
    issue = desks.draft(publication, 11)

    [(code, message, _)] = found(issue)
    List.objects.all().delete()
    [(_, without, _)] = found(issue)

    assert code == "audience-empty"
    assert message == f"nobody is subscribed to the list {publication.name}"
    assert without == "the publication has no list"


def test_in_japanese(publication: Publication) -> None:
    """What is found is the same in every language, and is said in the reader's."""
    issue = desks.draft(publication, 11)
    day = DATE + dt.timedelta(days=1)

    with translation.override("ja"):
        in_japanese = found(issue, slot=day)
        said = [translate(message) for _, message, _ in in_japanese]

    assert in_japanese == found(issue, slot=day)
    assert said == [
        "日付は2026年11月12日(木)ですが、次の配信枠は2026年11月13日(金)です",
        "リスト「Tideline Digest」には購読者が一人もいません",
    ]
