"""`newsletter user`: people who log in to the desk."""

from __future__ import annotations

from typing import Annotated

import typer

from newsletter.cli.output import Json, print_result
from newsletter.runtime.startup import open_workspace

app = typer.Typer(help="Manage the people who log in to the desk.", no_args_is_help=True)


@app.callback()
def user() -> None:
    """Help the people who log in to the desk."""


@app.command()
def unlock(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="The user name. Default: all accounts."),
    ] = "",
    *,
    json: Json = False,
) -> None:
    """Reset the count of wrong passwords, so that people can log in at once."""
    open_workspace()
    from newsletter.throttling.counting import unlock as forget

    forgotten = forget(name)
    whose = f"the account {name}" if name else "all accounts"
    print_result(
        {"forgotten": forgotten}, as_json=json, text=f"Passwords can be tried at {whose} again."
    )
