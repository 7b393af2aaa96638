"""`newsletter schedule cadence`: the rhythm is shown and changed from the command line."""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
import typer
from typer.testing import CliRunner

from newsletter.cli.cadence import cadence
from newsletter.errors import BadInput, ConfigError
from newsletter.publishing.models import Publication
from newsletter.scheduling import lost_zones, slots
from newsletter.scheduling.booking import book_next_slot
from newsletter.scheduling.clock import tick
from newsletter.scheduling.models import Slot
from newsletter.scheduling.slot_changes import move_slot, skip_slot
from newsletter.sending.models import Send
from tests import desks
from tests.publications import create_publication

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
FIRST = dt.date(2026, 11, 26)
MAX_DELAY = dt.timedelta(hours=6)


@pytest.fixture(autouse=True)
def stopped() -> Iterator[None]:
    """It is Monday noon, and stays so."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def publication(db: None) -> Publication:
    """Every second Thursday at 09:07 in New York, from the 26th on."""
    return create_publication("Tideline Digest", postal_address="1 Quay Street", starts_on=FIRST)


def run(*words: str) -> str:
    """Return what the command says."""
    app = typer.Typer()
    app.command()(cadence)
    result = CliRunner().invoke(app, [*words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def ask(*words: str) -> dict[str, Any]:
    """Return what the command says to a program."""
    found: dict[str, Any] = json.loads(run(*words, "--json"))
    return found


def test_shown(publication: Publication) -> None:
    """Without options it says when a publication comes out, with ten dates, and saves nothing."""
    said = ask()

    assert said["cadence"] == "every 2 weeks on Thursday at 09:07 America/New_York"
    assert [row["date"] for row in said["dates"]][:2] == ["2026-11-26", "2026-12-10"]
    assert (len(said["dates"]), said["saved"]) == (10, False)
    assert "saved" not in run()


@pytest.mark.parametrize(
    ("options", "words", "dates"),
    [
        (
            ["--weeks", "1", "--on", "mon", "--on", "thursday"],
            "every week on Monday and Thursday",
            ["2026-11-26", "2026-11-30", "2026-12-03"],
        ),
        (
            ["--which", "first", "--which", "third", "--on", "tuesday", "--time", "07:30"],
            "every month on the first and third Tuesday",
            ["2026-12-01", "2026-12-15", "2027-01-05"],
        ),
        (
            ["--which", "last", "--on", "friday", "--zone", "Asia/Tokyo"],
            "every month on the last Friday",
            ["2026-11-27", "2026-12-25", "2027-01-29"],
        ),
        (
            ["--day", "1", "--day", "last"],
            "every month on day 1 and the last day",
            ["2026-11-30", "2026-12-01", "2026-12-31"],
        ),
        (
            ["--from", "2027-01-07"],
            "every 2 weeks on Thursday",
            ["2027-01-07", "2027-01-21", "2027-02-04"],
        ),
    ],
)
def test_every_pattern(
    publication: Publication, options: list[str], words: str, dates: list[str]
) -> None:
    """Each pattern is previewed first, and then saved with the slots that follow it."""
    tick(NOW, late=MAX_DELAY)
    preview = ask(*options, "--dry-run")
    publication.refresh_from_db()
    assert (publication.pattern, publication.rhythm_version) == ("weeks", 0)

    said = ask(*options)

    assert [row["date"] for row in said["dates"]][:3] == dates
    assert said["cadence"].startswith(words)
    assert (preview["saved"], said["saved"]) == (False, True)
    assert said == preview | {"saved": True}
    publication.refresh_from_db()
    publication.full_clean()
    upcoming = slots.upcoming_slots(publication, NOW, 3)
    assert [slot.date.isoformat() for slot in upcoming] == dates
    assert Slot.objects.filter(date=FIRST).exists() == (str(FIRST) in dates)


def test_what_a_person_did_stays(publication: Publication) -> None:
    """A moved and a skipped slot stay as they are, and the preview says so."""
    moved = slots.find_slot(publication, dt.date(2026, 12, 10))
    move_slot(moved, dt.datetime(2026, 12, 11, 20, tzinfo=dt.UTC), NOW)
    skip_slot(slots.find_slot(publication, dt.date(2026, 12, 24)), "Christmas Eve")

    said = ask("--which", "first", "--on", "monday")
    tick(NOW, late=MAX_DELAY)

    becomes = {row["date"]: row["becomes"] for row in said["dates"]}
    assert becomes["2026-12-10"] == "stays where it was moved"
    assert becomes["2026-12-24"] == "stays skipped: Christmas Eve"
    publication.refresh_from_db()
    ahead = {slot.date: slot for slot in slots.upcoming_slots(publication, NOW, 5)}
    assert ahead[dt.date(2026, 12, 10)].at == dt.datetime(2026, 12, 11, 20, tzinfo=dt.UTC)
    assert ahead[dt.date(2026, 12, 24)].note == "Christmas Eve"


def test_queued_issues_are_asked_about(publication: Publication) -> None:
    """Nothing is saved before somebody says what becomes of queued issues."""
    issue = desks.draft(publication)
    _, send = book_next_slot(issue, now=NOW, batch_size=10)

    with pytest.raises(BadInput, match=r"nothing is saved: .*Vol 1\.1"):
        run("--on", "friday")
    publication.refresh_from_db()
    assert publication.weekday == 3

    said = ask("--on", "friday", "--queued", "move")
    send.refresh_from_db()
    assert said["queued"][0]["then"] == "Fri 27 Nov 2026 09:07 EST"
    assert send.at == dt.datetime(2026, 11, 27, 14, 7, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--on", "someday"], "'someday' is not a weekday"),
        (["--on", "t"], "'t' is not a weekday"),
        (["--day", "30"], "'30' is not in every month"),
        (["--which", "fifth"], "'fifth' is not one of them"),
        (["--weeks", "2", "--day", "1"], "do not go together"),
        (["--time", "25:00"], "'25:00' is not a time of day"),
        (["--zone", "Gotham"], "There is no such time zone"),
        (["--from", "2026-11-27"], "Fri 27 Nov 2026 does not fit: issues come out every 2 weeks"),
    ],
)
def test_what_is_no_cadence(publication: Publication, options: list[str], words: str) -> None:
    """What makes no cadence is refused in words, and nothing changes."""
    with pytest.raises(BadInput, match=words.replace("(", r"\(")):
        run(*options)

    publication.refresh_from_db()
    assert publication.rhythm_version == 0


def test_first_date_in_the_past(publication: Publication) -> None:
    """The rhythm counts from a first date that has passed; no slot is made up for the past."""
    ask("--from", "2026-01-01", "--weeks", "4")

    tick(NOW, late=MAX_DELAY)

    (only,) = Slot.objects.all()
    assert (only.date, slots.state_of(only)) == (dt.date(2026, 12, 3), "open")


def test_lost_zone(publication: Publication, caplog: pytest.LogCaptureFixture) -> None:
    """A zone that vanished stops its own publication alone, says so once, and can be replaced."""
    _, send = book_next_slot(desks.draft(publication), now=NOW, batch_size=10)
    other = create_publication("Night Trains", starts_on=FIRST, postal_address="1 Quay Street")
    Publication.objects.filter(pk=publication.pk).update(time_zone="Mars/Olympus_Mons")
    lost_zones.forget_zone(publication)

    with caplog.at_level(logging.ERROR):
        tick(NOW, late=MAX_DELAY)
        tick(NOW, late=MAX_DELAY)

    assert other.slots.count() == 1
    (line,) = [each.getMessage() for each in caplog.records]
    assert "no time zone Mars/Olympus_Mons" in line
    assert "newsletter schedule cadence --zone ZONE --publication tideline-digest" in line
    with pytest.raises(ConfigError):
        slots.rhythm_of(Publication.objects.get(pk=publication.pk))

    ask("--zone", "Europe/London", "--publication", "tideline-digest", "--queued", "keep")
    tick(NOW, late=MAX_DELAY)
    at = send.at
    send.refresh_from_db()
    assert (send.state, send.at) == (Send.State.QUEUED, at)
