"""The server of the preview: for this machine only, and gone when it has ended."""

from __future__ import annotations

import http.client
import json
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from typer.testing import CliRunner

from newsletter.cli import template as commands
from newsletter.conf.config import load
from newsletter.errors import BadInput, NotFound
from newsletter.rendering.pipeline.sample_issues import SAMPLE_ISSUES
from newsletter.template_preview.server import PORT, Server
from tests.environment import ROOT
from tests.unit.rendering import samples


@pytest.fixture
def server() -> Iterator[Server]:
    """A preview of the letter."""
    with Server(samples.TEMPLATES, "letter", SAMPLE_ISSUES, port=0) as server:
        yield server


def ask(server: Server, path: str, host: str = "") -> http.client.HTTPResponse:
    """The answer to a request."""
    place = urlsplit(server.url)
    connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=60)
    connection.request("GET", path, headers={"Host": host} if host else {})
    answer = connection.getresponse()
    connection.close()
    return answer


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html"),
        ("/page.css", "text/css"),
        ("/page.js", "text/javascript"),
        ("/picture.svg", "image/svg+xml"),
        ("/state", "application/json"),
        ("/mail?issue=japanese&scheme=dark", "text/html"),
    ],
)
def test_what_there_is(server: Server, path: str, kind: str) -> None:
    """Each part of the page is served as what it is, is never kept, and says what may run."""
    answer = ask(server, path)

    assert (answer.status, answer.headers.get_content_type()) == (200, kind)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Security-Policy"].startswith(("default-src 'none'", "sandbox "))


@pytest.mark.parametrize(
    ("path", "host", "status"),
    [
        ("/nothing", "", 404),
        ("/../preview.py", "", 404),
        ("/", "evil.example:80", 421),
        ("/state", "127.0.0.1.evil.example", 421),
        ("/state", "localhost:9", 200),
    ],
)
def test_whom_it_answers(server: Server, path: str, host: str, status: int) -> None:
    """Pages on the web that have their name point here get nothing."""
    assert ask(server, path, host).status == status


def test_a_mail_in_a_frame(server: Server) -> None:
    """The frame gets the mail with the picture of this server, and nothing in it may run."""
    answer = ask(server, "/mail")
    policy = answer.headers["Content-Security-Policy"]

    assert "script-src" not in policy
    assert "default-src 'none'" in policy


def test_a_broken_template_is_served(tmp_path: Path) -> None:
    """It is looked at because it is broken: the state names the fault, the frame says no."""
    root = Path(shutil.copytree(samples.TEMPLATES, tmp_path / "email"))
    (root / "letter" / "theme.toml").write_text("[light", "utf-8")

    with Server(root, "letter", SAMPLE_ISSUES, port=0) as server:
        assert "fault" in server.state("sample")
        assert "preview" not in server.state("sample")
        assert ask(server, "/mail").status == 409


def test_no_such_template() -> None:
    """A name that is no template's is refused, with those there are."""
    with pytest.raises(NotFound) as caught:
        Server(samples.TEMPLATES, "gazette", SAMPLE_ISSUES, port=0)

    assert caught.value.hint == "There are: digest, letter, roundup"


def test_the_port_is_free_again() -> None:
    """After the end another may listen where it did."""
    with Server(samples.TEMPLATES, "letter", SAMPLE_ISSUES, port=0) as server:
        port = urlsplit(server.url).port
    with Server(samples.TEMPLATES, "letter", SAMPLE_ISSUES, port=int(port or 0)) as again:
        assert again.url == server.url


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with settings and the templates that ship."""
    shutil.copytree(samples.TEMPLATES, tmp_path / "templates" / "email")
    (tmp_path / "config.toml").touch()
    monkeypatch.setenv("NEWSLETTER_CONFIG", str(tmp_path / "config.toml"))
    load.cache_clear()
    monkeypatch.setattr("newsletter.conf.config.find_config", lambda: tmp_path / "config.toml")
    yield tmp_path
    load.cache_clear()


def test_a_port_that_is_taken(workspace: Path) -> None:
    """The command names the port, and the option that chooses another."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        with pytest.raises(BadInput, match=port) as caught:
            CliRunner().invoke(
                commands.app, ["preview", "letter", "--port", port], catch_exceptions=False
            )

    assert "--port" in caught.value.hint


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_by_command(workspace: Path, number: signal.Signals) -> None:
    """The command prints the address at once, serves, and ends cleanly with a signal."""
    command = [sys.executable, "-m", "newsletter", "template", "preview", "letter", "--json"]
    with subprocess.Popen(
        [*command, "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=workspace
    ) as process:
        assert process.stdout
        lines = iter(process.stdout.readline, b"}\n")
        told = json.loads(b"".join(lines) + b"}")
        with urllib.request.urlopen(f"{told['address']}state", timeout=60) as answer:
            state = json.load(answer)
        process.send_signal(number)
        rest, errors = process.communicate(timeout=60)

    assert (process.returncode, rest, errors) == (0, b"", b"")
    assert (state["template"], list(SAMPLE_ISSUES)) == ("letter", state["issues"])


def test_the_default_port_is_documented() -> None:
    """The document names the port that is listened on unless said otherwise."""
    assert f"127.0.0.1:{PORT}/" in (ROOT / "docs" / "how-to" / "templates.md").read_text("utf-8")
