"""The main job through each way out besides SendGrid: a mail server, and files in a folder."""

from __future__ import annotations

import mailbox
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sendgrid_emulator import Emulator
from tests.mailserver import PASSWORD, USER, MailServer, make_certificate
from tests.program import workspaces
from tests.program.conftest import PEOPLE
from tests.program.workspaces import Workspace

pytestmark = pytest.mark.once


@pytest.fixture
def mail_server(tmp_path: Path) -> Iterator[MailServer]:
    """A mail server that wants STARTTLS and a login."""
    server = MailServer(certificate=make_certificate(tmp_path / "server.pem"), login=True)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def over_smtp(
    workspace: Callable[..., Workspace], mail_server: MailServer, tmp_path: Path
) -> Workspace:
    """A workspace that submits to that server."""
    place = workspace(
        sending_transport="smtp",
        smtp_host="127.0.0.1",
        smtp_port=str(mail_server.port),
        smtp_user=USER,
        smtp_ca_file=str(tmp_path / "server.pem"),
        sending_batch_size="25",
    )
    place.environment["SMTP_PASSWORD"] = PASSWORD
    return place


def send(place: Workspace) -> None:
    """Send the issue now, from the beginning to the end, and stop."""
    place.run("issue", "queue", "1.1", "--at", "now")
    process = place.serve()
    try:
        workspaces.wait_until(
            lambda: place.states() <= {"sent", "unresolved", "held"} and place.states()
        )
    finally:
        process.terminate()
        assert process.wait() == 0, place.said()


def test_mail_server_gets_everybody_once(over_smtp: Workspace, mail_server: MailServer) -> None:
    """Over SMTP each person gets the issue once, with their link; nothing secret is said."""
    send(over_smtp)

    found = Counter(mail.address for mail in mail_server.mailbox)
    assert len(found) == PEOPLE
    assert set(found.values()) == {1}
    assert over_smtp.run("send", "show", "1")["deliveries"] == {"accepted": PEOPLE}
    message = mail_server.mailbox[0].message()
    assert str(message["Subject"]) == "Reed beds"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Unsubscribe"].strip("<>") in str(message.get_body(("html",)))
    links = {str(mail.message()["List-Unsubscribe"]) for mail in mail_server.mailbox}
    assert len(links) == PEOPLE
    said = over_smtp.said()
    assert PASSWORD not in said
    assert "@tideline.example" not in said


def test_mail_server_that_answers_in_parts(over_smtp: Workspace, mail_server: MailServer) -> None:
    """Refused, put off and lost, one each: the account says so, and nobody gets it twice."""
    put_off, cut = ["450 4.2.0 later"], ["cut"]
    mail_server.rules.answers = {
        "RCPT": lambda address: (
            "550 5.1.1 unknown"
            if address.startswith("reader3@")
            else put_off.pop()
            if address.startswith("reader7@") and put_off
            else None
        ),
        "DATA": lambda address: cut.pop() if address.startswith("reader30@") and cut else None,
    }
    over_smtp.run("issue", "queue", "1.1", "--at", "now")
    process = over_smtp.serve()
    expected = {"accepted": PEOPLE - 3, "planned": 1, "refused": 1, "unknown": 1}
    try:
        workspaces.wait_until(lambda: len(mail_server.mailbox) >= PEOPLE - 2)
        # Each look is a command of its own, which takes its time on a busy machine.
        workspaces.wait_until(
            lambda: over_smtp.run("send", "show", "1")["deliveries"] == expected, seconds=120
        )
    finally:
        process.terminate()
        assert process.wait() == 0, over_smtp.said()

    found = Counter(mail.address for mail in mail_server.mailbox)
    assert set(found.values()) == {1}
    unknown = over_smtp.run("send", "who", "1", "--state", "unknown")
    assert [person["address"] for person in unknown] == ["reader30@tideline.example"]


def test_wrong_password_is_found_before_the_scheduled_time(
    over_smtp: Workspace, mail_server: MailServer
) -> None:
    """A send that is queued for later is held at once when the server does not let us in."""
    over_smtp.environment["SMTP_PASSWORD"] = "not the secret"
    over_smtp.run("issue", "queue", "1.1", "--at", "2099-01-01T09:00")
    process = over_smtp.serve()
    try:
        workspaces.wait_until(lambda: over_smtp.states() == {"held"})
    finally:
        process.terminate()
        assert process.wait() == 0, over_smtp.said()

    note = over_smtp.run("send", "show", "1")["note"]
    assert "refuses user or password" in note
    assert "not the secret" not in over_smtp.said() + note
    assert mail_server.mailbox == []


def files(maildir: Path) -> list[mailbox.MaildirMessage]:
    """Return the mail in a Maildir, as a mail program reads it."""
    return list(mailbox.Maildir(maildir, create=False)) if (maildir / "new").is_dir() else []


def test_maildir_holds_everybody_once(workspace: Callable[..., Workspace]) -> None:
    """With `transport = "maildir"` each person's mail is a file, and nothing leaves the machine."""
    place = workspace(sending_transport="maildir", sending_batch_size="25")

    send(place)

    found = files(place.folder / "var" / "maildir")
    assert Counter(str(mail["To"]) for mail in found) == {
        f"reader{number}@tideline.example": 1 for number in range(PEOPLE)
    }
    assert place.run("send", "show", "1")["deliveries"] == {"accepted": PEOPLE}


def test_killed_over_files_leaves_one_each(workspace: Callable[..., Workspace]) -> None:
    """Killed with a batch half written: nobody has two files, and the account is true."""
    place = workspace(
        sending_transport="maildir", sending_batch_size="20", sending_lease_seconds="1"
    )
    maildir = place.folder / "var" / "maildir"
    place.run("issue", "queue", "1.1", "--at", "now")
    process = place.serve()
    workspaces.wait_until(lambda: files(maildir))
    process.send_signal(signal.SIGKILL)
    process.wait()

    process = place.serve()
    try:
        workspaces.wait_until(lambda: place.states() <= {"sent", "unresolved"} and place.states())
    finally:
        process.terminate()
        assert process.wait() == 0, place.said()

    found = Counter(str(mail["To"]) for mail in files(maildir))
    assert set(found.values()) == {1}
    counted = place.run("send", "show", "1")["deliveries"]
    assert counted.get("accepted", 0) <= len(found)
    assert len(found) <= counted.get("accepted", 0) + counted.get("unknown", 0)
    assert sum(counted.values()) == PEOPLE


def test_dry_run_by_command(workspace: Callable[..., Workspace], sendgrid: Emulator) -> None:
    """`issue dry-run` asks SendGrid's sandbox about everybody, and nobody is mailed."""
    place = workspace()
    place.run("issue", "queue", "1.1", "--at", "2099-01-01T09:00")

    found = place.run("issue", "dry-run", "1.1")

    assert (found["asked"], found["refused"], found["done"]) == (PEOPLE, 0, True)
    assert len(sendgrid.mailbox) == 0
