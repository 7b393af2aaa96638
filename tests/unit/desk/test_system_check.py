"""The page of the system check: who sees it, what it says, and the banner on the first page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings
from wagtail.users.models import UserProfile

from newsletter.conf.config import Config
from newsletter.doctor.kept import Kept, read_kept, write_kept
from newsletter.doctor.results import Topic
from newsletter.doctor.worker import SystemCheckWorker
from newsletter.phrases import phrase
from newsletter.publishing.models import Publication
from tests import desks
from tests.program.workspaces import wait_until
from tests.unit.desk.conftest import LogIn

PAGE = "/admin/system-check/"
SENDER = Topic("sender-address", phrase("Sender's address"))
RULE = Topic("rule-spf", phrase("SPF passes"))
FOUND = [
    SENDER.wrong(
        phrase("{address} is not verified", address="<b>desk@tideline.eu"),
        phrase("Send a test to yourself."),
    ),
    SENDER.look(phrase("it is switched off"), phrase("Run: newsletter events setup")),
    SENDER.right(phrase("it is whole")),
    RULE.wrong(phrase("no: {why}", why="spf"), phrase("See the check of the same name.")),
]


@pytest.fixture(autouse=True)
def config(settings: Settings, tmp_path: Path) -> Config:
    """Keep what is found apart from other tests."""
    (tmp_path / "var").mkdir()
    apart: Config = settings.CONFIG.model_copy()
    apart._path = tmp_path / "config.toml"
    settings.CONFIG = apart
    return apart


def keep(config: Config, age: dt.timedelta = dt.timedelta(0)) -> Kept:
    """Keep a result in which something is wrong."""
    kept = Kept(at=dt.datetime.now(dt.UTC) - age, results=FOUND)
    write_kept(config, kept)
    return kept


def test_the_page_shows_what_was_found(
    publication: Publication, log_in: LogIn, config: Config
) -> None:
    """The gravest first, each with its fix; before the first check it says that there was none."""
    client = log_in("Admins")
    assert "No check has been made yet." in client.get(PAGE).content.decode()
    keep(config)

    page = client.get(PAGE).content.decode()

    order = ["is not verified", "Send a test", "switched off", "events setup", "it is whole"]
    assert sorted(order, key=page.index) == order
    assert "&lt;b&gt;desk@tideline.eu" in page
    assert "No check has been made" not in page


def test_in_japanese(publication: Publication, config: Config) -> None:
    """What was kept is read in the language of whoever looks."""
    keep(config)
    client = Client()
    member = desks.member("Admins")
    UserProfile.objects.update_or_create(user=member, defaults={"preferred_language": "ja"})
    client.force_login(member)

    page = client.get(PAGE).content.decode()

    assert "差出人のアドレス" in page
    assert "無効になっています" in page
    assert "Send a test" not in page


def test_the_first_page_says_what_is_wrong(
    publication: Publication, log_in: LogIn, config: Config
) -> None:
    """To those who may fix it; a rule that rests on a check is not said twice."""
    keep(config)

    admin = log_in("Admins").get("/admin/").content.decode()

    assert "desk@tideline.eu is not verified" in admin
    assert "switched off" not in admin
    assert "SPF passes" not in admin
    assert PAGE in admin
    for role in ("Writers", "Senders"):
        assert "is not verified" not in log_in(role).get("/admin/").content.decode()


def test_only_who_may_change_publications_sees_it(
    publication: Publication, log_in: LogIn, config: Config
) -> None:
    """Others have no way there, neither to look nor to check."""
    writer = log_in("Senders")

    assert PAGE not in writer.get("/admin/").content.decode()
    assert writer.get(PAGE).status_code in (302, 403)
    assert writer.post(PAGE).status_code in (302, 403)
    assert read_kept(config) is None


@pytest.mark.django_db(transaction=True)
def test_the_button_checks_everything(
    transactional_db: None, publication: Publication, log_in: LogIn, config: Config
) -> None:
    """To look checks nothing; the button does, and keeps what was found."""
    client = log_in("Admins")
    client.get(PAGE)
    assert read_kept(config) is None

    answer = client.post(PAGE, follow=True)

    assert "Everything was checked." in answer.content.decode()
    kept = read_kept(config)
    assert kept is not None
    assert {"settings", "database", "site"} <= {each.name for each in kept.results}


@pytest.mark.django_db(transaction=True)
def test_the_service_checks_once_a_day(
    transactional_db: None, publication: Publication, config: Config
) -> None:
    """A result of today is left as it is; one of yesterday is made again."""
    today = keep(config, dt.timedelta(hours=1))
    assert check_once(config, lambda: True) == today
    yesterday = keep(config, dt.timedelta(hours=25))

    found = check_once(config, lambda: read_kept(config) != yesterday)

    assert found is not None
    assert found.at > yesterday.at + dt.timedelta(hours=25)


def check_once(config: Config, done: Callable[[], bool]) -> Kept | None:
    """Let the thread of the service work until something is done; return what is kept then."""
    worker = SystemCheckWorker(config, first_seconds=0.0)
    worker.start()
    wait_until(done)
    assert worker.stop(30)
    return read_kept(config)


@pytest.mark.django_db(transaction=True)
def test_a_result_of_tomorrow_is_made_again(
    transactional_db: None, publication: Publication, config: Config
) -> None:
    """A result from a clock that was ahead does not stop the daily check."""
    tomorrow = keep(config, -dt.timedelta(days=30))

    found = check_once(config, lambda: read_kept(config) != tomorrow)

    assert found is not None
    assert found.at <= dt.datetime.now(dt.UTC)
