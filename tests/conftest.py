"""What tests share: databases, the browser, real issues; and what every run must keep.

Two markers are given here and need not be written: `database` to whatever touches the database,
which runs a second time on PostgreSQL, and `browser` to whatever opens a page, which does not.
"""

from __future__ import annotations

import asyncio
import functools
import gc
import os
import secrets
import shutil
from asyncio import AbstractEventLoop
from collections.abc import Callable, Generator, Hashable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import hypothesis
import psycopg
import pytest
import typer.main
import typer.testing
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import override_settings
from playwright.sync_api import Browser, expect, sync_playwright
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

from newsletter.backup.tables import make_tables
from newsletter.runtime.availability import Availability, database
from newsletter.runtime.gc_tuning import collect_seldom
from newsletter.sending import trusted_time
from newsletter.snapshot import load_snapshot
from tests import chromium, databases, db_restore
from tests.environment import ROOT

if TYPE_CHECKING:
    from newsletter.rendering import CompiledEdition, Template
    from newsletter.rendering.content import Content
    from newsletter.rendering.findings import Finding
    from newsletter.rendering.preflight.context import PreflightContext

IN_CI = bool(os.environ.get("CI"))
ON_POSTGRES = "NEWSLETTER_DATABASE_URL" in os.environ

#: The migrated database on the server, from which others are copied.
TEMPLATE = "migrated"
#: The advisory lock of the process that migrates.
MIGRATING = 1

#: What a test asks for when it touches the database; when others are to see what it writes.
DATABASE_FIXTURES = {"django_db_setup", "live_server"}
COMMITTING_FIXTURES = {"transactional_db", "live_server"}

#: Where texts of published issues lie, if anywhere: beside this checkout.
PUBLISHED = ROOT.parent / "shared" / "input"

#: What only one of the two databases can do is not there on the other, rather than skipped.
collect_ignore_glob = (
    ["*/test_*_sqlite.py"] if ON_POSTGRES else ["*/test_fleet*.py", "*/test_*_postgres.py"]
)

#: Files with tests that take long, those with the longest first.
SLOW = (
    "program/test_operators_day.py",
    *("browser/test_fifteen_minutes.py", "browser/test_every_page.py"),
    *("browser/test_people.py", "browser/test_items.py"),
    *("program/test_crash_matrix.py", "program/test_clock_jumps_sqlite.py"),
    *("program/test_restore.py", "program/test_chaos.py", "program/test_upgrades.py"),
    *("program/test_fleet.py", "program/test_outage_postgres.py", "program/test_kill.py"),
    *("program/test_replaced_postgres.py", "browser/test_coediting.py"),
    *("program/test_move_postgres.py", "repository/test_snapshot_postgres.py"),
    *("browser/test_home_and_reports.py", "unit/desk/test_japanese_screens.py"),
    *("program/test_events.py", "program/test_older_workspace.py"),
    *("conformance/test_transports.py", "unit/desk/test_stray_words.py"),
    *("repository/test_repository.py", "browser/test_bad_input.py", "browser/test_settings.py"),
    *("browser/test_send_pages.py", "unit/tracking/test_event_handlers.py"),
    *("browser/test_checks.py", "browser/test_history.py", "unit/sending/test_prescheduled.py"),
    *("unit/transports/test_sendgrid_events.py", "browser/test_policies.py"),
    *("known_bugs/test_answers.py", "unit/sending/test_faults.py", "repository/test_words.py"),
    *("browser/test_preferences.py", "program/test_main_job.py", "program/test_transports.py"),
    *("unit/scheduling/test_year.py", "conformance/test_emulator_program.py"),
)
#: Folders in which any test may take seconds: they come next.
SLOW_FOLDERS = ("browser", "program")

#: How long something takes on a machine that does other work says nothing.
UNTIMED = hypothesis.settings(
    deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile("here", UNTIMED)
hypothesis.settings.register_profile("ci", UNTIMED, derandomize=True)
hypothesis.settings.load_profile("ci" if IN_CI else "here")


# The run


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer `--renew`, which writes the golden files again instead of comparing with them."""
    parser.addoption("--renew", action="store_true", help="write tests/golden/ again")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what touches the database or opens a page, before `-m` chooses."""
    for item in items:
        mark(item, set(getattr(item, "fixturenames", ())))


@pytest.hookimpl(trylast=True, specname="pytest_collection_modifyitems")
def pytest_begin_with_slow(items: list[pytest.Item]) -> None:
    """Have no process wait in the end for another one that has come upon a slow test last."""
    items[:] = dealt_out(items, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))


def dealt_out(items: list[pytest.Item], processes: int) -> list[pytest.Item]:
    """Return the tests so that each process begins with its share of the slow ones.

    Each is given as many tests as the others, from the front.
    """
    places = {ROOT / "tests" / path: place for place, path in enumerate(SLOW)}
    folders = {ROOT / "tests" / folder for folder in SLOW_FOLDERS}
    slow: list[pytest.Item] = []
    rest: list[pytest.Item] = []
    for item in items:
        (slow if item.path in places or item.path.parent in folders else rest).append(item)
    slow.sort(key=lambda item: places.get(item.path, len(places)))
    dealt: list[pytest.Item] = []
    for process in range(processes):
        share = slow[process::processes]
        size = (len(items) - len(dealt)) // (processes - process)
        others = max(0, size - len(share))
        dealt += share + rest[:others]
        del rest[:others]
    return dealt + rest


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Generator[None, object, object]:
    """Leave what is there for good to itself: to look it through takes longer than most tests.

    While it comes to be, nearly nothing of it is garbage.  What tests make is looked through
    seldom, as in a process with senders: a twentieth of the time.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        collect_seldom()
        gc.enable()


def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Collect at once the garbage of a test that leaves open files in it and is excused for that.

    Found later, it would be the fault of whichever test runs by then.
    """
    excused = (warning for each in item.iter_markers("filterwarnings") for warning in each.args)
    if any("PytestUnraisableExceptionWarning" in warning for warning in excused):
        gc.collect()


def mark(item: pytest.Item, fixtures: set[str]) -> None:
    """Give a test the markers that follow from what it asks for."""
    django_db = item.get_closest_marker("django_db")
    if django_db or fixtures & DATABASE_FIXTURES:
        options = dict(django_db.kwargs) if django_db else {}
        if options.get("transaction") or fixtures & COMMITTING_FIXTURES:
            # Else it would begin with nothing at all, not even the first page and the groups.
            options |= {"transaction": True, "serialized_rollback": True}
        item.add_marker(pytest.mark.django_db(**options), append=False)
        item.add_marker("database")
    if "browser" in fixtures:
        item.add_marker("browser")


def pytest_report_header() -> str:
    """Say on which database the tests run."""
    return f"database: {connection.vendor}"


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run in CI that left out a test: nobody would notice."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if IN_CI and reporter and reporter.stats.get("skipped"):
        reporter.write_line("\nA test was skipped: in CI that is a failure.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def time_of_nobody() -> Iterator[None]:
    """Have no test go by what another one found the time to be."""
    yield
    trusted_time.forget_reading()


# Databases


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a migrated SQLite file is, once Django's own database is set up."""
    return tmp_path_factory.mktemp("migrated") / "database.sqlite3"


@pytest.fixture(scope="session")
def migrating() -> Iterator[Callable[[], None]]:
    """Hold off the other processes on the PostgreSQL server: one migrates, they copy.

    To be called when that is done.
    """
    if not ON_POSTGRES:
        yield lambda: None
        return
    with psycopg.connect(os.environ["NEWSLETTER_DATABASE_URL"], autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
        yield server.close


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Begin with what is there, which comes from the snapshot: Django migrates what is missing."""
    return True


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
    django_db_blocker: DjangoDbBlocker,
    migrating: Callable[[], None],
) -> None:
    """Have SQLite not wait for the disk: no test pulls the plug."""
    database = settings.DATABASES["default"]
    name = database["TEST"]["NAME"] or f"test_{database['NAME']}"
    with django_db_blocker.unblock():
        if ON_POSTGRES:
            make_template()
            copy_on_server(TEMPLATE, name)
            migrating()
            return
        database["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
        with databases.connected(Path(name)) as new:
            load_snapshot(new)


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, migrated: Path
) -> None:
    """Keep a copy of the database as it is before the first test."""
    with django_db_blocker.unblock():
        db_restore.install_quick_restore(connection)
        if not ON_POSTGRES:
            with connection.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [str(migrated)])


def make_template() -> None:
    """Make the migrated database on the server, unless another process has."""
    if is_on_server(TEMPLATE):
        return
    copy_on_server("template1", TEMPLATE)
    with databases.connected(TEMPLATE) as new:
        if load_snapshot(new):
            return
    # The snapshot's own test says what to do about that.
    make_tables(address_of(TEMPLATE), Path(os.environ["NEWSLETTER_CONFIG"]))


def is_on_server(name: str) -> bool:
    """Say whether the PostgreSQL server has a database."""
    with psycopg.connect(os.environ["NEWSLETTER_DATABASE_URL"]) as server:
        found = server.execute("SELECT FROM pg_database WHERE datname = %s", [name])
        return found.fetchone() is not None


def copy_on_server(source: str, name: str) -> None:
    """Make a PostgreSQL database like another one, to which nobody may be connected."""
    with psycopg.connect(os.environ["NEWSLETTER_DATABASE_URL"], autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {source}")


def own_copy(source: str) -> str:
    """Copy a database of the server under a name of its own; return the address of the copy."""
    name = f"test_{secrets.token_hex(4)}"
    copy_on_server(source, name)
    return address_of(name)


def address_of(name: str) -> str:
    """Return the address of a database of the server."""
    return urlsplit(os.environ["NEWSLETTER_DATABASE_URL"])._replace(path=f"/{name}").geturl()


@pytest.fixture
def database_url(django_db_setup: None, migrated: Path, tmp_path: Path) -> str:
    """The address of a migrated database of one's own, on the engine that the run is about.

    For programs that are started: hand it to them as `NEWSLETTER_DATABASE_URL`.
    """
    if not ON_POSTGRES:
        return f"sqlite:///{shutil.copy(migrated, tmp_path / 'database.sqlite3')}"
    return own_copy(TEMPLATE)


@pytest.fixture
def fleet(settings: Settings) -> Iterator[None]:
    """Choose the engine for a fleet; PostgreSQL only.  No job is left behind."""
    sending = settings.CONFIG.sending.model_copy(update={"engine": "procrastinate"})
    settings.CONFIG = settings.CONFIG.model_copy(update={"sending": sending})
    yield
    # Django knows these tables, but not as its own: it would not empty them.
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs; DELETE FROM procrastinate_workers")


@pytest.fixture(autouse=True)
def submissions(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Give each test a state folder of its own: what others submitted, its ledger cannot know."""
    from newsletter.sending.restores import heartbeats, identity, submission_log

    # As SQLite does in tests: no test pulls the plug.
    monkeypatch.setattr(submission_log, "force", lambda _handle: None)
    folder = tmp_path_factory.getbasetemp() / "submissions"
    monkeypatch.setattr(identity, "state_folder", lambda: folder)
    identity.cached_log.cache_clear()
    heartbeats.process_of.cache_clear()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def forget() -> None:
    """Begin with an empty cache: Wagtail keeps in it what a rollback has undone.

    And with a database of which no outage is known.
    """
    from newsletter.publishing.web import articles

    cache.clear()
    # Revisions of other tests may have the same number and, where time stands still, the same time.
    articles._read_or_make.cache_clear()
    vars(database).update(vars(Availability()))


# What takes long, and is the same for all


@pytest.fixture(scope="session", autouse=True)
def found_once() -> Iterator[None]:
    """Look for static files, and put the commands together, once: not for each test client."""
    add = WhiteNoiseMiddleware.add_files_from_finders
    known: dict[str, dict[str, StaticFile]] = {}

    def add_known(middleware: WhiteNoiseMiddleware) -> None:
        if middleware.static_prefix not in known:
            before = dict(middleware.files)
            add(middleware)
            known[middleware.static_prefix] = {
                url: file for url, file in middleware.files.items() if url not in before
            }
        middleware.files.update(known[middleware.static_prefix])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", add_known)
        patch.setattr(typer.testing, "_get_command", functools.cache(typer.main.get_command))
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Hash passwords quickly: nobody's here is worth a third of a second.

    Programs that are started hash as they do anywhere.
    """
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(scope="session", autouse=True)
def looked_at_once() -> Iterator[None]:
    """Compile, lint and preflight the same content with the same template once, not for each test.

    Each of these gives the same for the same arguments: tests of rendering call them by themselves.
    """
    from newsletter.publishing.checks import checking

    compile_known = functools.lru_cache(maxsize=100)(checking.compile_edition)
    lint_known = functools.lru_cache(maxsize=100)(checking.lint_template)
    check = checking.check_edition
    checked: dict[Hashable, tuple[Finding, ...]] = {}

    def check_known(
        content: Content, edition: CompiledEdition, template: Template, around: PreflightContext
    ) -> tuple[Finding, ...]:
        key = (content, edition, template, repr(around))
        if key not in checked:
            checked[key] = tuple(check(content, edition, template, around))
        return checked[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "compile_edition", compile_known)
        patch.setattr(checking, "lint_template", lint_known)
        patch.setattr(checking, "check_edition", check_known)
        yield


# The browser


@pytest.fixture(scope="session")
def chromium_started() -> Iterator[tuple[Browser, AbstractEventLoop]]:
    """A Chromium for the whole run, and the event loop by which Playwright speaks to it."""
    # A machine that does other work besides may need more than Playwright's five seconds.
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium.find(), args=list(chromium.FLAGS)
        )
        loop = asyncio.get_running_loop()
        asyncio._set_running_loop(None)
        yield started, loop
        asyncio._set_running_loop(loop)
        started.close()


@pytest.fixture
def browser(
    chromium_started: tuple[Browser, AbstractEventLoop], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Browser]:
    """A Chromium; open a context of your own in it.

    Playwright's event loop runs in this very thread all the time.  It is in sight only while
    such a test runs: Django and asyncio would refuse to work in the others.
    """
    started, loop = chromium_started
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    asyncio._set_running_loop(loop)
    yield started
    asyncio._set_running_loop(None)


# Material


@pytest.fixture(scope="session")
def published_issues() -> tuple[Path, ...]:
    """Texts of real issues as they were published, by name; empty where there are none."""
    return tuple(sorted(PUBLISHED.glob("*.txt")))
