"""Whatever breaks, the send holds or goes on, says why in words, and nobody is lost or doubled."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
import time_machine
from django.db import OperationalError, connection, connections
from django.db.backends.signals import connection_created
from django.utils import timezone
from typer.testing import CliRunner

from newsletter import cli
from newsletter.cli import lists as list_commands
from newsletter.cli import send as send_commands
from newsletter.conf.settings import CONFIG
from newsletter.publishing.models import Issue
from newsletter.scheduling.clock import Clock
from newsletter.sending.delivery import claims, dispatch, recovery
from newsletter.sending.limits import rates
from newsletter.sending.models import Attempt, Batch, Send
from newsletter.sending.operations import control
from newsletter.sending.planning.queue import queue
from newsletter.sending.prescheduled import cancellation
from newsletter.sending.reporting.totals import count_send
from newsletter.sending.workers.embedded import EmbeddedEngine
from newsletter.transports.base import Message, Recipient, SubmitResult
from newsletter.transports.memory import MemoryTransport
from newsletter.transports.sendgrid.client import Limits
from newsletter.transports.sendgrid.submission import SendGridTransport
from sendgrid_emulator import Emulator
from subscribers.models import List, Subscriber
from tests import sends
from tests.cluster import free_port
from tests.conftest import ON_POSTGRES
from tests.fakes import LEASE, Line
from tests.program.workspaces import wait_until
from tests.publications import create_publication
from tests.unit.sending.conftest import MAX_DELAY, AddPeople, Configure

Start = Callable[..., Send]
QUICK = Limits(connect=1, answer=1)
TIMEOUT_SECONDS = 60.0


@pytest.fixture
def sendgrid() -> Iterator[Emulator]:
    """A provider of one's own."""
    with Emulator() as provider:
        yield provider


def way_to(url: str) -> SendGridTransport:
    """Return a transport with short time limits."""
    return SendGridTransport(base_url=url, api_key="SG.test", limits=QUICK)


def submit_mail(transport: SendGridTransport | MemoryTransport) -> None:
    """Submit all that may be submitted now."""
    while (batch := claims.next_batch()) is not None:
        dispatch.send_batch(batch, transport, lease=LEASE)


def shown(send: Send) -> str:
    """Return what `newsletter send show` says, in one line."""
    said = CliRunner().invoke(send_commands.app, ["show", str(send.pk)], catch_exceptions=False)
    return " ".join(said.output.split())


def addresses(count: int) -> dict[str, int]:
    """Return N people, each mailed once."""
    return {f"reader{number}@tideline.example": 1 for number in range(1, count + 1)}


def test_the_client_cannot_be_loaded(
    start: Start,
    add_people: AddPeople,
    sendgrid: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The package that the first request loads is gone: nothing left, so it is submitted later."""
    add_people(9)
    send, transport = start(batch_size=3), way_to(sendgrid.url)
    with monkeypatch.context() as upgrading:
        upgrading.setitem(sys.modules, "sendgrid", None)
        submit_mail(transport)
    assert count_send(send).deliveries == {"planned": 9}
    assert "SendGrid's client cannot be loaded: module not found" in shown(send)
    assert "unexpected: module not found" in caplog.text, "the log says where"

    Batch.objects.update(not_before=None)
    submit_mail(transport)

    assert count_send(send).deliveries == {"accepted": 9}
    assert Counter(mail.address for mail in sendgrid.mailbox) == addresses(9)


ACCOUNT = [
    pytest.param("keys", frozenset({"SG.other"}), 0, "SendGrid answered 401", id="wrong-key"),
    pytest.param(
        "senders", frozenset({"elsewhere.example"}), 0, "SendGrid answered 403", id="bad-sender"
    ),
    pytest.param("credits", 3, 3, "Maximum credits exceeded", id="quota-used-up"),
]


@pytest.mark.parametrize(("setting", "value", "mailed", "words"), ACCOUNT)
def test_account_at_fault(
    start: Start,
    add_people: AddPeople,
    sendgrid: Emulator,
    caplog: pytest.LogCaptureFixture,
    setting: str,
    value: object,
    mailed: int,
    words: str,
) -> None:
    """Wrong key, unknown sender, no credits: it holds and says so; fixed, it mails the others."""
    add_people(9)
    send, transport = start(batch_size=3), way_to(sendgrid.url)
    before = getattr(sendgrid.settings, setting)
    setattr(sendgrid.settings, setting, value)

    submit_mail(transport)
    recovery.close_finished_sends()

    send.refresh_from_db()
    assert send.state == Send.State.HELD
    assert sum(count_send(send).deliveries.values()) == 9
    assert count_send(send).deliveries.get("accepted", 0) == len(sendgrid.mailbox) == mailed
    assert "held: a person must act" in shown(send)
    assert words in shown(send)
    assert any(words in line and f"send {send.pk} is held" in line for line in caplog.messages)
    assert "SG.test" not in caplog.text + shown(send)

    setattr(sendgrid.settings, setting, before)
    control.resume(send)
    submit_mail(transport)
    recovery.close_finished_sends()
    transport.close()
    send.refresh_from_db()
    assert send.state == Send.State.SENT
    assert Counter(mail.address for mail in sendgrid.mailbox) == addresses(9)


@pytest.mark.parametrize("off", [dt.timedelta(hours=1), dt.timedelta(hours=-1)])
def test_clock_of_a_sender_is_an_hour_off(
    start: Start, add_people: AddPeople, off: dt.timedelta
) -> None:
    """Leases go by the database's clock: who is an hour off neither loses nor doubles anybody."""
    add_people(6)
    send, transport = start(batch_size=2), MemoryTransport()
    held = claims.claim_batch(claims.next_batch() or 0, lease=LEASE)
    assert held

    with time_machine.travel(timezone.now() + off):
        recovery.recover()
        submit_mail(transport)

    held.refresh_from_db()
    assert held.state == Attempt.State.RESERVED
    assert Counter(transport.addresses()) == {
        address: 1 for address in addresses(6) if address[6] not in "12"
    }
    count_send(send).check()


@pytest.mark.parametrize("off", [dt.timedelta(hours=1), dt.timedelta(hours=-1)])
@pytest.mark.django_db
def test_rate_for_a_sender_whose_clock_is_off(configure: Configure, off: dt.timedelta) -> None:
    """Rates go by the database's clock: who is an hour off may go neither sooner nor later."""
    configure(rates={"per_minute": 60})
    assert rates.reserve("", 20).granted

    with time_machine.travel(timezone.now() + off):
        asked = rates.reserve("", 1)

    assert not asked.granted
    assert 15 < asked.seconds <= 20


def test_clocks_disagree_ahead_of_a_scheduled_time(
    issue: Issue, add_people: AddPeople, sendgrid: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    """Where our clock and the provider's are an hour apart, nothing goes ahead, and it is said."""
    add_people(4)
    issue.publication.delivery_mode = "prescheduled"
    issue.publication.save()
    send = queue(issue, at=timezone.now() + dt.timedelta(minutes=30), batch_size=2)
    dispatch.start_due(timezone.now(), late=MAX_DELAY)

    cancellation.advance_provider_batches(
        Line(sendgrid.account, ahead=dt.timedelta(hours=1)), timezone.now()
    )

    assert "clock is 60 minutes slow" in shown(send)
    assert "Set the clock (NTP)" in caplog.text
    assert count_send(send).deliveries == {"planned": 4}


def test_provider_is_down_for_an_hour(
    start: Start, add_people: AddPeople, caplog: pytest.LogCaptureFixture
) -> None:
    """While nobody listens the waits grow to a minute; then it goes on by itself, once for each."""
    add_people(4)
    send, port = start(batch_size=4), free_port()
    transport, batch = way_to(f"http://127.0.0.1:{port}"), send.batches.get()
    waits: list[float] = []
    while sum(waits) < 3600:
        submit_mail(transport)
        batch.refresh_from_db()
        assert batch.not_before
        waits.append(round((batch.not_before - timezone.now()).total_seconds()))
        Batch.objects.update(not_before=None)  # so long it has waited

    assert waits[:6] == [2, 4, 8, 16, 32, 60]
    assert set(waits[6:]) == {60}
    assert count_send(send).deliveries == {"planned": 4}
    assert not Attempt.objects.exclude(state=Attempt.State.NOT_SENT).exists()
    assert "SendGrid cannot be reached" in shown(send)
    told = [line for line in caplog.messages if "SendGrid cannot be reached" in line]
    assert len(told) == 1, "the log says it once, not each minute"

    with Emulator(port=port) as provider:
        submit_mail(transport)
        recovery.close_finished_sends()
        assert Counter(mail.address for mail in provider.mailbox) == addresses(4)
    transport.close()
    send.refresh_from_db()
    assert (send.state, send.note) == ("sent", "")


def test_half_of_a_list_is_malformed(
    readers: List, issue: Issue, start: Start, tmp_path: Path
) -> None:
    """The good half comes in and is mailed, and every bad line is named with its reason."""
    file = tmp_path / "people.csv"
    bad = ("no-at-sign", "a@b@c.example", "two words@tideline.example", "@tideline.example")
    lines = [f"reader{n}@tideline.example\n{bad[n % 4]}{n or ''}" for n in range(1, 9)]
    file.write_text("email\n" + "\n".join(lines))

    words = ["import", str(file), "--basis", "consent"]
    said = CliRunner().invoke(list_commands.app, words, catch_exceptions=False)

    assert said.exit_code == 0
    for line in range(3, 18, 2):
        assert f"line {line}" in said.output.lower()
    send, transport = start(), MemoryTransport()
    submit_mail(transport)
    assert Counter(transport.addresses()) == addresses(8)
    count_send(send).check()

    file.write_text("email\n" + "\n".join(addresses(9)))
    again = CliRunner().invoke(list_commands.app, [*words, "--json"])
    assert json.loads(again.stdout)["added"] == 1, "fixed, only who was missing comes in"


# The database


@contextmanager
def running(transport: MemoryTransport, lease: dt.timedelta = LEASE) -> Iterator[EmbeddedEngine]:
    """Let two senders work, as in `newsletter serve`; in the end they have stopped well."""
    engine = EmbeddedEngine(transport, senders=2, lease=lease)
    engine.start()
    try:
        yield engine
    finally:
        assert engine.stop(TIMEOUT_SECONDS)


@contextmanager
def no_writing() -> Iterator[None]:
    """Let nobody write: another process has locked the file, or the server refuses everybody."""
    name = str(connection.settings_dict["NAME"])
    connections.close_all()
    if ON_POSTGRES:
        with psycopg.connect(CONFIG.database.url, autocommit=True) as server:
            server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
            server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )
            yield
            server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        return
    locker = sqlite3.connect(name, isolation_level=None)
    locker.execute("BEGIN EXCLUSIVE")
    yield
    locker.execute("ROLLBACK")
    locker.close()


@pytest.fixture
def impatient() -> Iterator[None]:
    """On SQLite, give up on a locked file after a tenth of a second, not after thirty."""

    def short_limits(**about: object) -> None:
        wrapper = about["connection"]
        if wrapper.vendor == "sqlite":  # type: ignore[attr-defined]  # it is a connection
            wrapper.lock_timeout_seconds = 0.3  # type: ignore[attr-defined]

    connections.close_all()
    connection_created.connect(short_limits)
    yield
    connection_created.disconnect(short_limits)
    connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_database_is_gone_for_a_while(impatient: None, caplog: pytest.LogCaptureFixture) -> None:
    """In the middle of a send nobody can write: clock and senders wait in words, then go on."""
    send, transport = sends.begin_send(60, batch_size=1), Gated()
    with running(transport, dt.timedelta(seconds=1)) as engine:
        tick = Clock(late=MAX_DELAY, enqueue=engine.enqueue)._tick
        assert transport.entered.acquire(timeout=TIMEOUT_SECONDS)
        with no_writing():
            transport.open.set()
            wait_until(lambda: "the database is unavailable" in caplog.text, TIMEOUT_SECONDS)
            tick()
        wait_until(lambda: tick() or not states_of(send) & {"planned", "claimed"}, TIMEOUT_SECONDS)
        wait_until(
            lambda: tick() or "the database is available again" in caplog.text, TIMEOUT_SECONDS
        )
    assert caplog.text.count("the database is unavailable") == 1
    assert "Traceback" not in caplog.text

    counted = count_send(send)
    counted.check()
    # At most the answers that came while nobody could write them down; and a sender whose
    # connection broke when it had just said that it submits could not know that it may.
    assert counted.deliveries["accepted"] >= 58
    mails = Counter(transport.addresses())
    assert set(mails.values()) == {1}
    assert counted.deliveries["accepted"] <= len(mails) <= 60


@pytest.mark.django_db(transaction=True)
def test_command_while_nobody_can_write(
    impatient: None,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """A command that has to write fails in words, with the code `database`; later it does it."""
    founded = create_publication("Tideline Digest", postal_address="7 Quay Street")
    file = tmp_path / "people.csv"
    file.write_text("email\nreader1@tideline.example")
    monkeypatch.setattr(
        "sys.argv", ["newsletter", "list", "import", str(file), "--basis", "consent"]
    )
    with no_writing(), pytest.raises(SystemExit, match="1"):
        cli.main()
    said = capsys.readouterr().err

    assert "[database]" in said
    assert "Traceback" not in said
    with pytest.raises(SystemExit, match="0"):
        cli.main()
    assert founded.lists.get().subscriptions.count() == 1


@contextmanager
def full_disk() -> Iterator[None]:
    """Have whoever connects to the database meanwhile find no room to write."""

    def fill(**about: Any) -> None:
        wrapper = about["connection"]
        if wrapper.vendor == "sqlite":
            # It is never lower than the pages that there are.
            wrapper.cursor().execute("PRAGMA max_page_count = 1")
        else:
            wrapper.execute_wrappers.append(refuse)

    def refuse(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if "INSERT INTO" in sql:
            raise OperationalError("could not extend file: No space left on device; disk is full")
        return execute(sql, *rest)

    connections.close_all()
    connection_created.connect(fill)
    with use_up() if not ON_POSTGRES else nullcontext():
        yield
    connection_created.disconnect(fill)
    connections.close_all()
    connection.execute_wrappers.clear()


@contextmanager
def use_up() -> Iterator[None]:
    """Fill the pages of a SQLite file that are free."""
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as file:
        file.execute("PRAGMA max_page_count = 1")
        file.execute("CREATE TABLE filler (page BLOB)")
        with suppress(sqlite3.OperationalError):
            while True:
                file.execute("INSERT INTO filler VALUES (zeroblob(4000))")
        yield
        file.execute("DROP TABLE filler")


@pytest.mark.django_db(transaction=True)
def test_disk_is_full(
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Senders and commands say that the disk is full; with room again, the send goes on."""
    send, transport = sends.begin_send(80, batch_size=1), MemoryTransport()
    file = tmp_path / "people.csv"
    file.write_text("email\n" + "\n".join(f"more{n}@tideline.example" for n in range(5000)))
    monkeypatch.setattr(
        "sys.argv", ["newsletter", "list", "import", str(file), "--basis", "consent"]
    )
    with full_disk(), running(transport, dt.timedelta(seconds=1)):
        wait_until(lambda: "the database is unavailable" in caplog.text, TIMEOUT_SECONDS)
        with pytest.raises(SystemExit, match="1"):
            cli.main()
    said = capsys.readouterr().err
    assert "disk is full" in caplog.text
    assert "disk is full [database]" in said
    assert "Nothing is lost" in said

    assert Subscriber.objects.count() == 80
    with running(transport):
        wait_until(
            lambda: recovery.recover() or not states_of(send) & {"planned", "claimed"},
            TIMEOUT_SECONDS,
        )
    counted = count_send(send)
    counted.check()
    # At most one answer of each sender that could not be written down.
    assert counted.deliveries["accepted"] >= 78
    mailed = Counter(transport.addresses())
    assert set(mailed.values()) == {1}
    assert len(mailed) >= 78


class Gated(MemoryTransport):
    """Answers only once `open` is set; `entered` says that a request is in progress."""

    def __init__(self) -> None:
        super().__init__()
        self.entered, self.open = threading.Semaphore(0), threading.Event()

    def submit(self, message: Message, recipients: Sequence[Recipient]) -> SubmitResult:
        """See `MemoryTransport`."""
        self.entered.release()
        assert self.open.wait(TIMEOUT_SECONDS)
        return super().submit(message, recipients)


def states_of(send: Send) -> set[str]:
    """Return where batches stand."""
    return set(send.batches.values_list("state", flat=True))
