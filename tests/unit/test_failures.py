"""What a command that failed says to programs."""

from __future__ import annotations

import json

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
