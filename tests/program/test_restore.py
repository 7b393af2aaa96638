"""A database that was put back, copied or moved: nobody is mailed twice, and what is known is said.

Real programs, on each database, by each way out.  What they submitted after the backup is in the
submission log beside the database; where that was put back, too, the provider has it.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from sendgrid_emulator import Emulator
from sendgrid_emulator.events.webhooks import Webhook
from tests.conftest import ON_POSTGRES, copy_on_server
from tests.program import workspaces
from tests.program.conftest import PEOPLE
from tests.program.restoring import (
    ENDED,
    SIZE,
    Make,
    WayOut,
    back_up,
    count_posted,
    database_name,
    database_url,
    finish_send,
    keep_all,
    mailed_times,
    part_way,
    put_all_back,
    put_back,
    put_back_in_place,
    read_suspension,
    run_command,
    run_refused,
    running,
    send_state,
    way_out,
    write_next_issue,
)
from tests.program.workspaces import Workspace

IN_FLIGHT = "SELECT COUNT(*) FROM sending_attempt WHERE state = 'in_flight'"

#: Several programs start one after the other, on a machine that may do other work.
pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def way(request: pytest.FixtureRequest, sendgrid: Emulator, tmp_path: Path) -> Iterator[WayOut]:
    """The way out that a test names."""
    with way_out(request.param, sendgrid, tmp_path) as found:
        yield found


def by(*transports: str) -> pytest.MarkDecorator:
    """Run a test once for each of these ways out."""
    return pytest.mark.parametrize("way", transports, indirect=True)


@pytest.fixture
def place(workspace: Make, way: WayOut) -> Workspace:
    """A workspace that submits by that way."""
    return workspace(**way.settings)


@by("sendgrid", "smtp", "maildir")
def test_database_of_mid_send_is_put_back(place: Workspace, way: WayOut, tmp_path: Path) -> None:
    """Everything is held and said; resolve brings it back, and everybody has the mail once.

    The issue after it goes out by itself, once that is resolved.
    """
    part_way(place)
    write_next_issue(place)
    place.run("issue", "queue", "1.2", "--at", "2099-01-01T09:00")
    back_up(place, kept := tmp_path / "kept.sqlite3")
    before = count_posted(place)
    finish_send(place)
    assert way.mailed() == mailed_times()
    attempts, people = (now - then for now, then in zip(count_posted(place), before, strict=True))
    put_back(place, kept)

    with running(place):
        workspaces.wait_until(lambda: send_state(place) == "held")
        assert read_suspension(place)[0] == "behind"
        shown = place.run("send", "show", "1")
        said = run_refused(place, "send", "resend", "1")
        assert shown["suspended"]["missing"][0]["attempts"] == attempts
        assert shown["suspended"]["missing"][0]["people"] == people
        assert shown["deliveries"].get("planned", 0) == 0, "nobody is known not to have it"
        assert f"{attempts} attempts are not in it, for {people} people" in place.said()
        assert "newsletter send resolve" in said
        now = dt.datetime.now(dt.UTC).isoformat(" ")
        place.change(f"UPDATE sending_send SET at = '{now}' WHERE id > 1")

        resolved = resolve_all(place, asks=not way.keeps)
        assert f"Written back: {attempts} attempts." in resolved
        assert "Sending goes on." in resolved
        workspaces.wait_until(lambda: send_state(place, 2) == "sent")
    assert send_state(place) == "sent"
    assert "nobody is left" in run_refused(place, "send", "resend", "1")
    assert way.mailed() == mailed_times(2)


def resolve_all(place: Workspace, *, asks: bool) -> str:
    """Resolve the first send as the documents say; `asks` where a person must decide on it."""
    if not asks:
        return run_command(place, "send", "resolve", "1")
    said = run_refused(place, "send", "resolve", "1")
    assert send_state(place) in ("unresolved", "sending")
    place.run("send", "resolve", "1", "--accepted")
    return said


@by("maildir", "smtp")
def test_database_from_before_the_send_is_put_back(
    place: Workspace, way: WayOut, tmp_path: Path
) -> None:
    """The issue, queued again, does not begin; then who was mailed is left out of it."""
    back_up(place, kept := tmp_path / "kept.sqlite3")
    part_way(place)
    reached = way.mailed()
    assert 0 < len(reached) < PEOPLE
    put_back(place, kept)

    place.run("issue", "queue", "1.1", "--at", "now")
    with running(place):
        workspaces.wait_until(lambda: read_suspension(place)[0] == "behind")
        assert place.states() == {"queued"}, "it must not begin again"
        resolved = place.run("send", "resolve")
        assert resolved["restoration"]["restored"] == 2
        assert resolved["suspended"] is None
        workspaces.wait_until(lambda: place.states() == {"sent"})
        [sent] = place.run("send", "list")
        shown = place.run("send", "show", str(sent["id"]))

    assert shown["excluded"] == {"unknown": len(reached)}
    assert way.mailed() == mailed_times()


@by("maildir")
def test_issue_is_not_in_the_database(place: Workspace, way: WayOut, tmp_path: Path) -> None:
    """What cannot be placed holds everything, until the issue is there again."""
    back_up(place, kept := tmp_path / "kept.sqlite3")
    write_next_issue(place)
    place.run("issue", "queue", "1.2", "--at", "now")
    finish_send(place)
    assert way.mailed() == mailed_times()
    put_back(place, kept)

    place.run("issue", "queue", "1.1", "--at", "now")
    with running(place):
        workspaces.wait_until(lambda: read_suspension(place)[0] == "behind")
        said = run_refused(place, "send", "resolve")
        assert "attempts are of sends or people that are not in this database" in said
        assert "Issue 1.2 (Tideline Digest) is not in it: import or write it" in said
        assert "All sends stay held" in said
        assert place.states() == {"queued"}

        write_next_issue(place)
        assert place.run("send", "resolve")["restoration"]["left"] == 0
        workspaces.wait_until(lambda: send_state(place) == "sent")
        place.run("issue", "queue", "1.2", "--at", "now")
        workspaces.wait_until(lambda: send_state(place, 2) == "sent")
        shown = place.run("send", "show", str(place.run("send", "list")[0]["id"]))
    assert shown["excluded"] == {"unknown": PEOPLE}
    assert way.mailed() == mailed_times(2), "each issue once"


@by("maildir")
def test_backup_is_put_back_twice(place: Workspace, way: WayOut, tmp_path: Path) -> None:
    """The second time it lacks what was sent since the first, too."""
    part_way(place)
    back_up(place, kept := tmp_path / "kept.sqlite3")
    part_way(place, queued=True)
    put_back(place, kept)
    with running(place):
        assert read_suspension(place)[0] == "behind"
        # What was in flight when the backup was made is unknown once its lease is over.
        workspaces.wait_until(lambda: place.ask(IN_FLIGHT) == [(0,)])
        place.run("send", "resolve", "1")
        workspaces.wait_until(lambda: send_state(place) == "sent")
    assert way.mailed() == mailed_times()
    put_back(place, kept)

    with running(place):
        assert read_suspension(place)[0] == "behind"
        workspaces.wait_until(lambda: place.ask(IN_FLIGHT) == [(0,)])
        assert place.run("send", "resolve", "1")["restoration"]["restored"] >= 4
        assert send_state(place) == "sent"
    assert way.mailed() == mailed_times()


def test_documented_recipe_of_old_mails_nobody_twice(
    workspace: Make, sendgrid: Emulator, tmp_path: Path
) -> None:
    """Cancelled, then sent to the others: nobody counts as known not to have it."""
    with way_out("sendgrid", sendgrid, tmp_path) as way:
        place = workspace(**way.settings)
        part_way(place)
        back_up(place, kept := tmp_path / "kept.sqlite3")
        finish_send(place)
        put_back(place, kept)

        place.run("send", "cancel", "1")
        said = run_refused(place, "send", "resend", "1")
        assert "older than what was submitted" in said
        place.run("send", "resolve", "1")
        said = run_refused(place, "send", "resend", "1")
        assert "nobody is left" in said

        assert way.mailed() == mailed_times()


@pytest.mark.parametrize(
    ("way", "has_sent"), [("sendgrid", True), ("smtp", False)], indirect=["way"]
)
def test_database_is_put_back_under_a_program(
    place: Workspace, way: WayOut, tmp_path: Path, has_sent: bool
) -> None:
    """It submits nothing more from it, whether it has submitted anything itself or not."""
    part_way(place)
    back_up(place, kept := tmp_path / "kept.sqlite3")
    if not has_sent:
        finish_send(place)
    with running(place):
        workspaces.wait_until(lambda: send_state(place) in ENDED)
        assert way.mailed() == mailed_times()
        put_back_in_place(place, kept)
        workspaces.wait_until(lambda: read_suspension(place)[0] == "behind")
        assert way.mailed() == mailed_times()
        assert send_state(place) == "held"
        assert "attempts are not in it" in place.said()

        resolve_all(place, asks=not way.keeps)
        workspaces.wait_until(lambda: send_state(place) == "sent")
    assert way.mailed() == mailed_times()
    assert "Traceback" not in place.said()


@by("sendgrid", "maildir")
def test_whole_folder_is_put_back(place: Workspace, way: WayOut, tmp_path: Path) -> None:
    """The submission log went back, too, so the provider is asked: it has what is missing."""
    part_way(place)
    keep_all(place, kept := tmp_path / "kept")
    finish_send(place)
    put_all_back(place, kept)

    with running(place):
        assert read_suspension(place)[0] == "behind"
        assert send_state(place) == "held"
        # What was in flight when the folder was kept is unknown as soon as the clock ticks.
        workspaces.wait_until(lambda: place.ask(IN_FLIGHT) == [(0,)])
        resolved = place.run("send", "resolve", "1")
        assert resolved["restoration"]["asked"]

    assert way.mailed() == mailed_times()


@by("smtp")
def test_whole_folder_is_put_back_and_nobody_can_be_asked(
    place: Workspace, way: WayOut, tmp_path: Path
) -> None:
    """The send is held, nobody counts as not mailed, a person decides."""
    part_way(place)
    keep_all(place, kept := tmp_path / "kept")
    finish_send(place)
    put_all_back(place, kept)

    with running(place):
        assert read_suspension(place)[0] == "unconfirmed"
        assert send_state(place) == "held"
        run_refused(place, "send", "resolve", "1")
        workspaces.wait_until(lambda: send_state(place) == "unresolved")
        run_refused(place, "send", "resend", "1")

    unknown = {who["address"] for who in place.run("send", "who", "1", "--state", "unknown")}
    assert way.mailed() == mailed_times()
    assert len(unknown) == PEOPLE - SIZE


def test_events_are_the_only_evidence(workspace: Make, sendgrid: Emulator, tmp_path: Path) -> None:
    """No log beside the database, no log at the provider: an event holds everything."""
    sendgrid.faults.add("403", times=None, path="/v3/logs*")
    webhook = sendgrid.post_events_to("http://127.0.0.1:9/")
    sendgrid.events.pause()
    with way_out("sendgrid", sendgrid, tmp_path) as way:
        place = workspace(**way.settings)
        place.environment["SENDGRID_WEBHOOK_KEYS"] = webhook.signer.public_key
        part_way(place)
        place.run("send", "pause", "1")
        back_up(place, kept := tmp_path / "kept.sqlite3")
        place.run("send", "resume", "1")
        finish_send(place)
        put_back_in_place(place, kept)
        shutil.rmtree(place.folder / "var" / "submissions")

        with running(place):
            assert read_suspension(place) == ("", None), "nothing tells"
            assert send_state(place) == "paused"
            tell(place, webhook, sendgrid)
            workspaces.wait_until(lambda: read_suspension(place)[0] == "behind")
            said = run_refused(place, "send", "resume", "1")
            assert "older than what was submitted" in said
            assert "newsletter send resolve" in said
            said = run_command(place, "send", "resolve", "1")
            assert "attempts are not in the database, for 40 people" in said
            assert "of them are written back" in said
            place.run("send", "resume", "1")
            workspaces.wait_until(lambda: send_state(place) == "sent")
        assert way.mailed() == mailed_times()


def tell(place: Workspace, webhook: Webhook, sendgrid: Emulator) -> None:
    """Post to the program that serves, signed, that all mail was delivered."""
    told = [
        {
            "email": mail.address,
            "timestamp": int(time.time()),
            "event": "delivered",
            "sg_event_id": f"event-{number}",
            "sg_message_id": f"{mail.request.id}.recvd-{number}",
            **mail.custom_args,
        }
        for number, mail in enumerate(sendgrid.mailbox)
    ]
    body = json.dumps(told).encode()
    address = re.findall(r"serves (http://\S+)", place.said())[-1]
    headers = webhook.signer.headers(body, int(time.time()))
    headers["Content-Type"] = "application/json"
    request = urllib.request.Request(f"{address}/events/sendgrid", body, headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status in (200, 204)


@pytest.mark.parametrize("mode", ["prescheduled", "on_hold"])
def test_mail_waits_at_the_provider(
    workspace: Make, sendgrid: Emulator, tmp_path: Path, mode: str
) -> None:
    """What was submitted to wait, after the backup, is there once; nothing goes beside it."""
    with way_out("sendgrid", sendgrid, tmp_path) as way:
        place = workspace(**way.settings)
        place.change(
            f"UPDATE publishing_publication SET delivery_mode = '{mode}', preschedule_minutes = 90"
        )
        in_an_hour = (dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)).isoformat()
        place.run("issue", "queue", "1.1", "--at", in_an_hour)
        # No answer is lost: that would have a part cancelled, and take minutes.
        part_way(place, "newsletter.sending.delivery.claims:claim_batch:before", 3, queued=True)
        back_up(place, kept := tmp_path / "kept.sqlite3")
        with running(place):
            workspaces.wait_until(lambda: way.mailed() == mailed_times())
        put_back(place, kept)

        with running(place):
            assert read_suspension(place)[0] == "behind"
            assert send_state(place) == "held"
            place.run("send", "resolve", "1")
            assert read_suspension(place) == ("", None)
            workspaces.wait_until(lambda: waiting(place) == {"accepted": PEOPLE})
        assert way.mailed() == mailed_times()
        assert {mail.request.phase.value for mail in sendgrid.mailbox} == {"queued"}


def waiting(place: Workspace) -> dict[str, int]:
    """Return where the people of the first send stand."""
    found: dict[str, int] = place.run("send", "show", "1")["deliveries"]
    return found


@by("sendgrid", "smtp")
def test_copy_beside_the_original_sends_nothing(
    place: Workspace, way: WayOut, tmp_path: Path
) -> None:
    """A copy holds everything, the original goes on; a move on purpose is said by a command."""
    part_way(place)
    copied = tmp_path / "copied"
    shutil.copytree(place.folder, copied)
    if ON_POSTGRES:
        copy_on_server(database_name(place), f"{database_name(place)}_copy")
        address = database_url(place).replace(database_name(place), f"{database_name(place)}_copy")
    else:
        back_up(place, tmp_path / "copy.sqlite3")
        address = f"sqlite:///{tmp_path / 'copy.sqlite3'}"
    other = Workspace(copied, place.environment | {"NEWSLETTER_DATABASE_URL": address})

    with running(other):
        assert read_suspension(other)[0] == "moved"
        assert send_state(other) == "held"
        assert "newsletter move" in other.said()
        assert "newsletter move" in run_refused(other, "send", "resume", "1")
        finish_send(place)
        assert way.mailed() == mailed_times()

    assert other.run("move", "--confirm") == {"moved": True}
    with running(other):
        assert read_suspension(other)[0] == ("behind" if way.keeps else "unconfirmed")
        assert send_state(other) == "held"
    assert way.mailed() == mailed_times()


@by("sendgrid", "smtp")
def test_plain_crash_goes_on_by_itself(place: Workspace, way: WayOut) -> None:
    """Also after hours, and without anybody to ask: the submission log agrees with the ledger."""
    part_way(place)
    place.change("UPDATE sending_databaseidentity SET heartbeat_at = '2026-01-01 00:00:00+00:00'")

    finish_send(place)

    assert read_suspension(place) == ("", None)
    assert way.mailed() == mailed_times()
