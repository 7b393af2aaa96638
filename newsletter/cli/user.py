"""`newsletter user`: people who log in to the desk."""

from __future__ import annotations

from typing import Annotated, Any

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


Who = Annotated[str, typer.Argument(metavar="NAME", help="The user name.")]


@app.command("reset-second-step")
def reset_second_step(name: Who, *, json: Json = False) -> None:
    """Let somebody log in with the password alone, who has lost app and recovery codes.

    Their sessions end, and they are told by mail.
    """
    open_workspace()
    from newsletter.desk.accounts.security import reset

    had = reset(find_account(name), by=None)
    said = "logs in with the password alone now" if had else "had no second step"
    print_result({"account": name, "reset": had}, as_json=json, text=f"{name} {said}.")


@app.command("log-out")
def log_out(name: Who, *, json: Json = False) -> None:
    """End all sessions of somebody, in every browser."""
    open_workspace()
    from newsletter.desk.accounts.sessions import end_others

    ended = end_others(find_account(name))
    text = f"{name} is logged out; sessions that were ended: {ended}."
    print_result({"account": name, "ended": ended}, as_json=json, text=text)


def find_account(name: str) -> Any:
    """Return the account of a name, or raise `NotFound`."""
    from django.contrib.auth import get_user_model

    from newsletter.errors import NotFound

    accounts = get_user_model().objects
    account = accounts.filter(username=name).first()
    if account is None:
        known = ", ".join(accounts.order_by("username").values_list("username", flat=True)[:20])
        raise NotFound(f"there is no account {name!r}", hint=f"There are: {known or 'none'}")
    return account
