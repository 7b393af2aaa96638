"""The emulator as a program: started, spoken to, stopped, started again."""

from __future__ import annotations

import inspect
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import pytest
import urllib3

from newsletter.cli.programs import emulator
from sendgrid_emulator.__main__ import main, serve
from tests.unit.sendgrid_emulator.samples import encoded

HEADERS = {"Authorization": "Bearer SG.trial", "Content-Type": "application/json"}


@contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run the program on a free port; yield it and its address."""
    command = [sys.executable, "-m", "sendgrid_emulator", "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        first = program.stdout.readline()
        found = re.fullmatch(r"Emulator for SendGrid: (https?://127\.0\.0\.1:\d+)\n", first)
        assert found, first
        try:
            yield program, found[1]
        finally:
            program.kill()


def rest(program: subprocess.Popen[str]) -> str:
    """Return what the program says until its end."""
    assert program.stdout is not None
    return program.stdout.read()


def send(url: str, **changes: object) -> urllib3.BaseHTTPResponse:
    """Post one request."""
    body = encoded(**changes)
    return urllib3.request("POST", f"{url}/v3/mail/send", body=body, headers=HEADERS)


def count(url: str) -> int:
    """Return how many mails there are."""
    mails: int = orjson.loads(urllib3.request("GET", f"{url}/_ctl/overview").data)["mails"]
    return mails


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_cleanly(number: signal.Signals) -> None:
    """Told to stop, it stops at once with exit code 0 and without a word of complaint."""
    with running() as (program, url):
        assert send(url).status == 202

        program.send_signal(number)

        assert program.wait(timeout=60) == 0


def test_it_says_where_things_are() -> None:
    """The first lines tell the address, the key to use, and the public key of the events."""
    with running("--events-to", "http://127.0.0.1:9/events") as (program, url):
        program.terminate()
        said = rest(program)

    assert f"{url}/" in said
    assert "any that begins with SG." in said
    assert "http://127.0.0.1:9/events" in said
    assert re.search(r"public key +\S{124}\n", said)


def test_a_key_can_be_demanded() -> None:
    """With --key only that key is taken, and it is not printed."""
    with running("--key", "SG.secret-key") as (program, url):
        assert send(url).status == 401
        program.terminate()
        assert "secret-key" not in rest(program)


def test_a_killed_emulator_forgets_nothing(tmp_path: Path) -> None:
    """What was answered with 202 before a kill -9 is there after the next start."""
    with running("--dir", str(tmp_path)) as (program, url):
        for _ in range(3):
            assert send(url, people=100).status == 202
        program.kill()
        program.wait(timeout=60)

    with running("--dir", str(tmp_path)) as (_, url):
        assert count(url) == 300


def test_it_speaks_tls(tmp_path: Path) -> None:
    """With --tls it writes the certificate that its clients must trust, and nothing else."""
    authority = tmp_path / "authority.pem"
    with running("--tls", str(authority)) as (_, url), urllib3.PoolManager() as nobody:
        assert url.startswith("https://")
        with urllib3.PoolManager(ca_certs=str(authority)) as pool:
            assert pool.request("GET", f"{url}/_ctl/overview").status == 200
        with pytest.raises(urllib3.exceptions.MaxRetryError, match="certificate verify failed"):
            nobody.request("GET", f"{url}/_ctl/overview", retries=0)
    assert b"PRIVATE" not in authority.read_bytes()


def test_a_bad_file_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file for the certificate that cannot be written is named, with what to do."""
    code = main(["--tls", str(tmp_path)])

    assert code == 1
    assert "Give another file with --tls." in capsys.readouterr().err


def test_a_taken_port_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    """A port that is in use ends the program with a message, not a traceback."""
    with running() as (_, url):
        code = main(["--port", url.rpartition(":")[2]])

    assert code == 1
    place = url.removeprefix("http://")
    assert f"cannot listen on {place}: Address already in use\n  Choose" in capsys.readouterr().err


def test_a_bad_folder_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that cannot be used is named, with what to do."""
    (tmp_path / "file").touch()

    code = main(["--dir", str(tmp_path / "file")])

    assert code == 1
    assert "Give another folder with --dir." in capsys.readouterr().err


@pytest.mark.parametrize("port", ["70000", "-1", "http"])
def test_ports_have_a_range(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What is no port is wrong use, and is named."""
    assert main([f"--port={port}"]) == 2

    assert "Invalid value for '--port': Input should be" in capsys.readouterr().err


def test_the_command_explains_a_bad_folder(tmp_path: Path) -> None:
    """`newsletter emulator` says the same in the words of `newsletter`, without a traceback."""
    (tmp_path / "emulator.jsonl").write_text("no record\n")
    command = [sys.executable, "-m", "newsletter", "emulator", "--dir", str(tmp_path)]

    ended = subprocess.run(command, capture_output=True, text=True, check=False)

    assert ended.returncode == 1
    assert "emulator.jsonl:1: this is not a record of the emulator [bad-input]" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_both_commands_take_the_same_options() -> None:
    """`newsletter emulator` offers all that `python -m sendgrid_emulator` does."""
    own, offered = (
        {name for name in inspect.signature(command).parameters if name != "json"}
        for command in (serve, emulator)
    )

    assert own == offered
