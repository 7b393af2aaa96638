"""What a command that failed says to programs."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
import typer

from newsletter.cli.failures import run


@pytest.mark.parametrize(("stopped", "status"), [(typer.Abort, 1), (KeyboardInterrupt, 130)])
def test_stopped_by_a_person(
    stopped: type[BaseException], status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """With `--json` a command that was stopped prints one error with its status."""
    app = typer.Typer()

    @app.command()
    def wait(*, as_json: bool = typer.Option(False, "--json")) -> None:
        raise stopped

    with pytest.raises(SystemExit) as left:
        run(app, ["--json"])

    said = capsys.readouterr()
    assert left.value.code == status
    error = json.loads(said.out)["error"]
    assert (error["code"], error["status"]) == ("aborted", status)
    with pytest.raises(SystemExit):
        run(app, [])
    assert capsys.readouterr().out == ""


@pytest.mark.once
@pytest.mark.parametrize("words", [["--json"], ["--json", "nonsense"]])
def test_nobody_reads(words: list[str]) -> None:
    """A command whose reader has gone, as `head` does, ends with a status and no traceback."""
    read_end, write_end = os.pipe()
    os.close(read_end)
    with os.fdopen(write_end) as broken:
        done = subprocess.run(
            [sys.executable, "-m", "newsletter", "issue", "show", *words],
            stdout=broken,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode in (1, 2)
    assert done.stderr == ""
