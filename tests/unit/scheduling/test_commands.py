"""`newsletter schedule`: people change slots and holidays from the command line."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
import typer
from typer.testing import CliRunner

from newsletter.cli import schedule
from newsletter.errors import BadInput, InvalidTransition, NewsletterError, NotFound
from newsletter.publishing.models import Publication
from newsletter.scheduling.booking import book_next_slot
from newsletter.scheduling.models import Slot
from tests import desks
from tests.publications import create_publication

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
FIRST, SECOND = "2026-11-26", "2026-12-10"
CHRISTMAS = "2026-12-24"


@pytest.fixture(autouse=True)
def stopped() -> Iterator[None]:
    """It is Monday noon, and stays so."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def publication(db: None) -> Publication:
    """Every second Thursday at 09:07 in New York, from the 26th on."""
    first = dt.date.fromisoformat(FIRST)
    return create_publication("Tideline Digest", postal_address="1 Quay Street", starts_on=first)


def run(*words: str) -> str:
    """Return what a command says."""
    app = typer.Typer()
    app.add_typer(schedule.app, name="schedule")
    result = CliRunner().invoke(app, ["schedule", *words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def ask(*words: str) -> dict[str, Any]:
    """Return what a command says to a program."""
    found: dict[str, Any] = json.loads(run(*words, "--json"))
    return found


# give


def test_a_slot_is_kept_for_an_issue(publication: Publication) -> None:
    """A slot is kept for an issue by its number, and for any issue again with a dash."""
    issue = desks.draft(publication, date=dt.date(2026, 11, 12))

    assert run("give", FIRST, "1.1").strip() == (
        f"The slot of {FIRST} is kept for Tideline Digest Vol 1.1. The issue is dated"
        " Thu 12 Nov 2026: change that if it is not meant."
    )
    assert "Tideline Digest Vol 1.1" in run("show")
    assert ask("give", SECOND, "1.1")["issue"] == issue.pk
    assert run("give", SECOND, "-").strip() == f"The slot of {SECOND} is kept for any issue."
    assert not Slot.objects.exclude(issue=None).exists()


@pytest.mark.parametrize(
    ("date", "ref", "error"),
    [
        (FIRST, "9.9", NotFound),
        ("2026-11-27", "1.1", NotFound),
        (CHRISTMAS, "1.1", InvalidTransition),
    ],
)
def test_what_cannot_be_given(
    publication: Publication, date: str, ref: str, error: type[NewsletterError]
) -> None:
    """No issue, no slot, and a slot that is skipped: each is refused, and nothing is kept."""
    desks.draft(publication)
    run("skip", CHRISTMAS)

    with pytest.raises(error):
        run("give", date, ref)

    assert not Slot.objects.exclude(issue=None).exists()


def test_a_queued_issue_is_given_nothing(publication: Publication) -> None:
    """An issue that is queued already keeps the slot it has, and gets no other."""
    issue = desks.draft(publication)
    book_next_slot(issue, now=NOW, batch_size=10)

    with pytest.raises(InvalidTransition, match=r"Vol 1\.1 is queued already"):
        run("give", SECOND, "1.1")


# holidays


def test_holidays_are_chosen_and_listed(publication: Publication) -> None:
    """Regions and dates of one's own add up; each affected slot says what becomes of it."""
    run("holidays", "--region", "US")
    said = ask(
        *("holidays", "--region", "JP", "--quiet", "2026-12-24 to 2026-12-26 Closed"),
        *("--policy", "after"),
    )

    assert said["regions"] == ["US", "JP"]
    assert said["quiet"] == ["2026-12-24 to 2026-12-26 Closed"]
    assert said["policy"] == "after"
    affected = {row["date"]: row for row in said["slots"]}
    assert affected[FIRST]["holiday"] == "Thanksgiving Day"
    assert affected[FIRST]["becomes"] == "Fri 27 Nov 2026 09:07 EST"
    assert affected[CHRISTMAS]["becomes"] == "Sun 27 Dec 2026 09:07 EST"
    assert "Thanksgiving Day" in run("holidays")


def test_the_same_holidays_twice(publication: Publication) -> None:
    """What is chosen already is not chosen twice; --clear begins again."""
    for _ in range(2):
        run("holidays", "--region", "US", "--quiet", "2026-12-24 Closed")
    publication.refresh_from_db()
    assert (publication.holiday_regions, publication.quiet_dates) == (["US"], "2026-12-24 Closed")

    run("holidays", "--clear", "--region", "DE-BY")

    publication.refresh_from_db()
    assert (publication.holiday_regions, publication.quiet_dates) == (["DE-BY"], "")


def test_slots_follow_the_holidays(publication: Publication) -> None:
    """A slot that has a row is skipped by the rule, and open again without it."""
    run("name", CHRISTMAS, "Winter special")

    run("holidays", "--quiet", "2026-12-24 Closed", "--policy", "skip")
    slot = Slot.objects.get(date=CHRISTMAS)
    assert (slot.state, slot.skipped_by_rule) == (Slot.State.SKIPPED, True)

    run("holidays", "--clear")
    slot.refresh_from_db()
    assert (slot.state, slot.name) == (Slot.State.OPEN, "Winter special")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--region", "XX"), "No holidays are known of XX"),
        (("--region", "US-ZZ"), "No holidays are known of US-ZZ"),
        (("--quiet", "24 December"), "Line 1 is not a date: 24 December"),
        (("--quiet", "2026-12-24 to 2026-12-01"), "Line 1 is not a date"),
    ],
)
def test_bad_holidays(publication: Publication, words: tuple[str, ...], said: str) -> None:
    """What is no region and no date is refused by its name, and nothing is kept."""
    with pytest.raises(BadInput, match=said):
        run("holidays", *words)

    publication.refresh_from_db()
    assert (publication.holiday_regions, publication.quiet_dates) == ([], "")


# The others


def test_a_slot_that_is_moved_into_the_past(publication: Publication) -> None:
    """A time that has passed is refused with that time; the slot stays where it was."""
    with pytest.raises(BadInput, match=r"Sun 22 Nov 2026 09:07 EST has passed"):
        run("move", FIRST, "2026-11-22 09:07")

    assert run("move", FIRST, "10:30").strip() == (
        f"The slot of {FIRST} is due Thu 26 Nov 2026 10:30 EST."
    )


def test_each_change_is_told(publication: Publication) -> None:
    """Every command says how the slot stands now."""
    assert run("skip", FIRST, "--reason", "Fog").strip() == f"The slot of {FIRST} is skipped."
    assert ask("reopen", FIRST)["state"] == "open"
    assert run("name", FIRST, "Special").strip() == f"The slot of {FIRST} is called Special."
    assert run("name", FIRST, "").strip() == f"The slot of {FIRST} has no name."
