"""The tutorials work as they are written: their commands, in their order, and their settings.

What they have people press in the desk is done here by the command that does the same; the pages
are worked through, with mouse and keyboard, in `tests/browser/test_fifteen_minutes.py`.
"""

from __future__ import annotations

import re
import socket
import tomllib
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sendgrid_emulator import Emulator
from sendgrid_emulator.checks.link_scanner import Site
from sendgrid_emulator.checks.one_click import unsubscribe_link
from tests.document_blocks import BLOCKS, words_of
from tests.mailserver import PASSWORD, USER, MailServer, make_certificate
from tests.program import workspaces
from tests.program.workspaces import Workspace, wait_until

pytestmark = pytest.mark.once
ME = "me@tideline.example"
CONSENT = ("--basis", "consent")


def commands_of(page: str) -> list[list[str]]:
    """Return the commands of a tutorial, in their order, each as its words."""
    lines = [line for block in BLOCKS if block.page == page for line in block.lines]
    return [words for line in lines if (words := words_of(line))]


def edit_settings(place: Workspace, page: str) -> None:
    """Write the settings of a tutorial into config.toml, each in place of what was there."""
    [block] = [block for block in BLOCKS if block.page == page and block.kind == "toml"]
    path = place.folder / "config.toml"
    text = path.read_text(encoding="utf-8")
    for section, settings in tomllib.loads(block.text).items():
        for key, value in settings.items():
            written = f'"{value}"' if isinstance(value, str) else value
            line = rf"(?ms)^(\[{section}\]$.*?^{key} = )[^\n]*"
            text, found = re.subn(line, rf"\g<1>{written}", text, count=1)
            assert found == 1, f"[{section}] {key}"
    path.write_text(text, encoding="utf-8")


@contextmanager
def running(place: Workspace, *words: str) -> Iterator[str]:
    """Have a program run until the end; yield the address that it names."""
    before = place.said().count("http://") if (place.folder / "program.log").exists() else 0
    process = place.start(*words)
    try:
        wait_until(lambda: place.said().count("http://") > before)
        yield re.findall(r"http://[\w.:]+", place.said())[before]
    finally:
        process.terminate()
        assert process.wait() == 0, place.said()


def settings_for(database_url: str, **settings: str) -> dict[str, str]:
    """Return an environment in which the site has a port that is free."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = str(found.getsockname()[1])
    site = {"web_port": port, "site_base_url": f"http://127.0.0.1:{port}"}
    return workspaces.environment(database_url=database_url, **site, **settings)


def make_paper(folder: Path, environment: dict[str, str], *options: str) -> Workspace:
    """Make the workspace of the first tutorial, as it is written there."""
    init, emulator, serve = commands_of("tutorials/first-issue.md")
    assert (emulator, serve) == (["emulator", "&"], ["serve"])
    Workspace(folder, environment).run(*init, *options)
    return Workspace(folder / "paper", environment)


def bring_in_me(place: Workspace) -> None:
    """Bring the sample issue in, and the one person whom the tutorials of a first send mail."""
    (place.folder / "me.csv").write_text(f"email\n{ME}\n", encoding="utf-8")
    place.run("issue", "import", "examples/issue.md")
    assert place.run("list", "import", "me.csv", *CONSENT)["added"] == 1


def leave(place: Workspace, sendgrid: Emulator) -> None:
    """Open the link of a mail, then unsubscribe as mail programs do; the emulator minds both."""
    mail, base = next(iter(sendgrid.mailbox)), place.environment["NEWSLETTER_SITE_BASE_URL"]
    with urllib.request.urlopen(unsubscribe_link(mail), timeout=60) as page:
        assert b"<form" in page.read()
    assert states_of(place) == [("active",)]
    sendgrid.press_one_click(mail, Site(base, base))
    assert sendgrid.violations() == []


def outcomes_of(place: Workspace) -> list[tuple[Any, ...]]:
    """Return what became of each mail, as the provider reported it."""
    return place.ask("SELECT outcome FROM sending_delivery")


def states_of(place: Workspace) -> list[tuple[Any, ...]]:
    """Return in which states people are on lists."""
    return place.ask("SELECT DISTINCT state FROM subscribers_subscription")


def test_the_first_issue(tmp_path: Path, database_url: str) -> None:
    """From an empty folder to three mails in the mailbox, and one person who leaves again."""
    with Emulator() as sendgrid:
        environment = settings_for(database_url, sendgrid_base_url=sendgrid.url)
        place = make_paper(tmp_path, environment)
        assert (place.folder / "examples" / "lead.png").exists()
        with running(place, "emulator", "--port", "0"), running(place, "serve"):
            [link] = re.findall(r"http\S+/password_reset/\S+", place.said())
            with urllib.request.urlopen(link, timeout=60) as page:
                assert b"password" in page.read()
            assert place.run("list", "import", "examples/readers.csv", *CONSENT)["added"] == 3
            place.run("issue", "import", "examples/issue.md")
            place.run("issue", "queue", "1.1", "--at", "now")
            wait_until(lambda: place.states() == {"sent"})
            assert len(sendgrid.mailbox) == 3
            leave(place, sendgrid)
        assert ("unsubscribed",) in states_of(place)


def test_the_first_send_with_sendgrid(tmp_path: Path, database_url: str) -> None:
    """Settings, webhook, system check, one mail to oneself; the emulator reports it delivered."""
    page = "tutorials/first-send-sendgrid.md"
    with Emulator() as sendgrid:
        environment = settings_for(database_url, sendgrid_base_url=sendgrid.url)
        environment["SENDGRID_API_KEY"] = "SG.tutorial"
        place = make_paper(tmp_path, environment, "--sender-address", ME)
        edit_settings(place, page)
        bring_in_me(place)
        set_up, doctor, *sending = commands_of(page)
        place.environment["SENDGRID_WEBHOOK_KEYS"] = place.run(*set_up)["key"]
        with running(place, "serve"):
            statuses = {each["name"]: each["status"] for each in place.run(*doctor)["checks"]}
            assert (statuses["site"], statuses["webhook"]) == ("right", "right")
            for words in sending:
                place.run(*words)
            wait_until(lambda: outcomes_of(place) == [("delivered",)])
            leave(place, sendgrid)
        assert states_of(place) == [("unsubscribed",)]


def test_the_first_send_with_a_mail_server(tmp_path: Path, database_url: str) -> None:
    """Settings, system check, one mail to oneself, by a server that wants TLS and a login."""
    page = "tutorials/first-send-smtp.md"
    certificate = tmp_path / "server.pem"
    server = MailServer(certificate=make_certificate(certificate), login=True)
    server.start()
    try:
        environment = settings_for(
            database_url,
            smtp_host="127.0.0.1",
            smtp_port=str(server.port),
            smtp_user=USER,
            smtp_ca_file=str(certificate),
        )
        environment["SMTP_PASSWORD"] = PASSWORD
        place = make_paper(tmp_path, environment, "--sender-address", ME)
        edit_settings(place, page)
        bring_in_me(place)
        doctor, *sending = commands_of(page)
        with running(place, "serve"):
            checks = place.run(*doctor)["checks"]
            assert "wrong" not in {each["status"] for each in checks}
            for words in sending:
                place.run(*words)
            # The first is the one that was taken out of its slot again.
            wait_until(lambda: place.states() == {"cancelled", "sent"})
        [mail] = server.mailbox
        assert mail.address == ME
        assert place.run("send", "who", "2", "--state", "refused") == []
    finally:
        server.stop()
