"""The settings of a publication: zones and languages by their names, the rhythm in words."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from pytest_django.fixtures import Settings

from newsletter.dates import format_day
from newsletter.desk.publications.language_names import describe_language, find_language
from newsletter.desk.publications.rhythm import describe_rhythm
from newsletter.desk.publications.zones import describe_zone, find_zone, zone_names
from newsletter.publishing.models import Publication
from newsletter.publishing.rhythm_fields import cadence_of
from tests import desks
from tests.unit.desk.conftest import LogIn

SUMMER = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
WINTER = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("zone", "now", "words"),
    [
        ("America/New_York", SUMMER, "New York, America (UTC−04:00)"),
        ("America/New_York", WINTER, "New York, America (UTC−05:00)"),
        ("Asia/Kolkata", WINTER, "Kolkata, Asia (UTC+05:30)"),
        ("America/Argentina/Ushuaia", WINTER, "Ushuaia, America/Argentina (UTC−03:00)"),
        ("UTC", WINTER, "UTC (UTC+00:00)"),
        ("Mars/Olympus", WINTER, "Mars/Olympus"),
    ],
)
def test_a_zone_in_words(zone: str, now: dt.datetime, words: str) -> None:
    """A zone is a city, where it lies, and the difference that holds at the time."""
    assert describe_zone(zone, now) == words


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("America/New_York", "America/New_York"),
        ("New York, America (UTC−05:00)", "America/New_York"),
        ("new york", "America/New_York"),
        (" Tokyo ", "Asia/Tokyo"),
        ("Gotham", "Gotham"),
        ("", ""),
    ],
)
def test_a_zone_by_its_city(text: str, zone: str) -> None:
    """A zone is found by its name, its words or its city; anything else stays what it is."""
    assert find_zone(text) == zone


@pytest.mark.parametrize("now", [SUMMER, WINTER])
def test_every_zone_is_found_by_its_words(now: dt.datetime) -> None:
    """What the list offers is understood, for every zone and at any time of the year."""
    assert [find_zone(describe_zone(name, now)) for name in zone_names()] == list(zone_names())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ja", "ja"),
        ("日本語 (ja)", "ja"),
        ("日本語", "ja"),
        ("japanese", "ja"),
        ("Português Brasileiro (pt-BR)", "pt-BR"),
        ("pt-br", "pt-BR"),
        ("gsw", "gsw"),
        ("Klingon", "Klingon"),
    ],
)
def test_a_language_by_its_name(text: str, code: str) -> None:
    """A language is found by its code and its names; a code that we cannot name stays."""
    assert find_language(text) == code


def test_a_language_in_the_language_of_the_desk() -> None:
    """Whoever works in Japanese may write a language in Japanese."""
    with translation.override("ja"):
        assert find_language("ドイツ語") == "de"
    assert describe_language("ja") == "日本語 (ja)"
    assert describe_language("gsw") == "gsw"


def test_the_rhythm_in_words(publication: Publication) -> None:
    """The rhythm is a sentence with the city; in Japanese too."""
    publication.every_weeks = 2
    cadence = cadence_of(publication)

    assert describe_rhythm(cadence).startswith("Every 2 weeks on Thursday at 09:07 in New York (")
    with translation.override("ja"):
        assert "2週間ごと" in describe_rhythm(cadence)


def test_the_next_dates_beside_the_fields(publication: Publication, log_in: LogIn) -> None:
    """What is in the fields is told with the next ten dates; nothing is kept."""
    fields = {
        "every_weeks": "1",
        "weekday": "2",
        "time": "07:30",
        "time_zone": "Tokyo, Asia (UTC+09:00)",
        "starts_on": "2026-12-02",
    }

    said = log_in("").get(reverse("desk_rhythm"), fields).content.decode()

    assert "Every week on Wednesday at 07:30 in Tokyo (UTC+09:00 now)." in said
    assert said.count("<li>") == 10
    publication.refresh_from_db()
    assert publication.time_zone == "America/New_York"


def test_the_next_dates_know_the_holidays(publication: Publication, log_in: LogIn) -> None:
    """The dates are those that holidays and quiet dates leave, each with what it falls on."""
    today = timezone.localdate()
    first = today + dt.timedelta(days=7)
    fields = {
        "every_weeks": "1",
        "weekday": str(first.weekday()),
        "time": "07:30",
        "time_zone": "UTC",
        "starts_on": first.isoformat(),
        "holiday_regions": ["US"],
        "quiet_dates": f"{first} Closed",
        "quiet_policy": "after",
    }
    page, client = reverse("desk_rhythm"), log_in("")

    said = client.get(page, fields).text
    assert f"instead of {format_day(first)}: Closed" in said
    assert said.count("<li>") == 10
    said = client.get(page, fields | {"quiet_policy": "mark"}).text
    assert '<span class="settings-rhythm__note">Closed</span>' in said
    half = client.get(page, fields | {"quiet_dates": "Clo"}).text
    assert half.count("<li>") == 10


@pytest.mark.parametrize(
    ("field", "value"),
    [("every_weeks", "0"), ("time", "25:00"), ("time_zone", "Gotham"), ("starts_on", "")],
)
def test_half_a_rhythm(publication: Publication, log_in: LogIn, field: str, value: str) -> None:
    """Fields that make no rhythm yet are no error: the page says what is missing."""
    fields = {
        "every_weeks": "1",
        "weekday": "2",
        "time": "07:30",
        "time_zone": "UTC",
        "starts_on": "2026-12-02",
    }

    answer = log_in("").get(reverse("desk_rhythm"), fields | {field: value})

    assert answer.status_code == 200
    assert "Fill in the fields above" in answer.content.decode()


def test_the_form_speaks_of_places(publication: Publication, log_in: LogIn) -> None:
    """The form shows the zone and the language in words, and keeps their names."""
    client = log_in("")
    address = reverse("publications:edit", args=[publication.pk])

    shown = client.get(address).content.decode()

    assert 'value="New York, America (UTC−0' in shown
    assert 'value="English (en)"' in shown


def test_words_are_kept_as_names(publication: Publication, log_in: LogIn) -> None:
    """A publication that is created with words has the names of zone and language."""
    fields = desks.publication_fields(
        time_zone="berlin", language="Deutsch (de)", template="letter"
    )

    log_in("").post("/admin/publications/new/", fields)

    made = Publication.objects.get(slug="night-trains")
    assert (made.time_zone, made.language, made.template) == ("Europe/Berlin", "de", "letter")


@pytest.mark.parametrize(
    ("field", "words"),
    [
        pytest.param("time_zone", "There is no such time zone", id="zone"),
        pytest.param("language", "Give a code such as en or pt-BR.", id="language"),
    ],
)
def test_what_is_not_understood(
    publication: Publication, log_in: LogIn, field: str, words: str
) -> None:
    """A place or a language that nobody knows is refused at its field, as it was typed."""
    address = reverse("publications:edit", args=[publication.pk])

    said = log_in("").post(address, {"name": "Tideline", field: "Gotham City!"}).content.decode()

    assert words in said
    assert 'value="Gotham City!"' in said


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"more_weekdays": ["4"]}, "Every week on Wednesday and Friday at 07:30 in Tokyo ("),
        (
            {"pattern": "weekdays", "ordinals": ["1", "-1"]},
            "Every month on the first and last Wednesday at 07:30 in Tokyo (",
        ),
        (
            {"pattern": "days", "month_days": ["1", "15"]},
            "Every month on day 1 and day 15 at 07:30 in Tokyo (",
        ),
        ({"pattern": "days"}, "Fill in the fields above"),
        ({"starts_on": "2020-01-01"}, "The first date, Wed 1 Jan 2020, has passed"),
    ],
)
def test_every_pattern_in_words(
    publication: Publication, log_in: LogIn, fields: dict[str, Any], words: str
) -> None:
    """Each way to find the dates is told in a sentence, and so is a first date that has passed."""
    given = {
        "every_weeks": "1",
        "weekday": "2",
        "time": "07:30",
        "time_zone": "Asia/Tokyo",
        "starts_on": "2056-12-04",
    }

    said = log_in("").get(reverse("desk_rhythm"), given | fields).text

    assert words in said


def test_lost_zone_is_named(publication: Publication, log_in: LogIn) -> None:
    """A page that a vanished zone breaks says what to do; the settings can be opened and saved."""
    Publication.objects.update(time_zone="Mars/Olympus_Mons")
    client, edit = log_in(""), reverse("publications:edit", args=[publication.pk])

    for address in (reverse("wagtailadmin_home"), reverse("desk_schedule")):
        page = client.get(address)
        assert page.status_code == 503
        assert "Tideline Digest: choose another zone than Mars/Olympus_Mons" in page.text
        assert edit in page.text
    assert client.get(edit).status_code == 200


@pytest.mark.parametrize(
    ("slug", "words"),
    [
        ("admin", "The web address admin belongs to a page of the site itself."),
        ("spring", "The web address spring belongs to “Spring tides”."),
        ("tideline-digest", "Another publication has this short name. Choose another."),
    ],
)
def test_a_short_name_that_is_an_address(
    publication: Publication, log_in: LogIn, slug: str, words: str
) -> None:
    """A publication cannot stand where the site or an issue of the first one does."""
    desks.draft(publication, 1, slug="spring", title="Spring tides")

    said = log_in("").post("/admin/publications/new/", desks.publication_fields(slug=slug)).text

    assert words in said
    assert Publication.objects.count() == 1


@pytest.mark.parametrize("first", ["2126-12-04", "9999-12-30"])
def test_a_first_date_of_a_far_year(publication: Publication, log_in: LogIn, first: str) -> None:
    """A mistyped year is named beside the fields, and is not saved."""
    client = log_in("")
    fields = desks.publication_fields(starts_on=first)

    said = client.get(reverse("desk_rhythm"), fields).text
    refused = client.post("/admin/publications/new/", fields).text

    for text in (said, refused):
        assert "is more than 50 years ahead: check the year." in text
    assert not Publication.objects.filter(slug="night-trains").exists()


def test_settings_say_what_counting_means(
    publication: Publication, log_in: LogIn, settings: Settings
) -> None:
    """It is off, the page says what is measured and by whom, and whether it can be at all."""
    page, client = reverse("publications:edit", args=[publication.pk]), log_in("")

    said = client.get(page).text

    assert 'name="count_opens"' in said
    assert not publication.count_opens
    assert "Apple Mail Privacy Protection" in said
    assert "consent of the readers" in said
    assert "newsletter events setup" in said
    sending = settings.CONFIG.sending.model_copy(update={"transport": "maildir"})
    settings.CONFIG = settings.CONFIG.model_copy(update={"sending": sending})
    assert "cannot count opens and clicks" in client.get(page).text
