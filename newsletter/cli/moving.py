"""`newsletter move`: bring the database to PostgreSQL or back, or confirm that it was moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.languages import readers_language
from newsletter.cli.output import Json, print_result
from newsletter.errors import BadInput
from newsletter.phrases import phrase, translate
from newsletter.runtime.startup import open_workspace

if TYPE_CHECKING:
    from newsletter.conf.config import Config
    from newsletter.sending.models import DatabaseIdentity

CHOOSE = "say where to: --to URL; or that this workspace was moved here: --confirm"


def move(
    to: Annotated[
        str,
        typer.Option("--to", metavar="URL", help="postgresql://… or sqlite:///…, not there yet."),
    ] = "",
    *,
    write_config: Annotated[
        bool, typer.Option("--write-config", help="Have config.toml name the new database.")
    ] = False,
    confirm: Annotated[
        bool,
        typer.Option("--confirm", help="It was moved here; the old one is off for good."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    json: Json = False,
) -> None:
    """Move the database to PostgreSQL, or back to SQLite: every row is compared.

    Stop every program first. The old database is kept, and never sends again.
    """
    if bool(to) is confirm:
        raise typer.BadParameter(CHOOSE)
    config = open_workspace(may_be_old=True)
    if confirm:
        confirm_move(yes=yes, as_json=json)
    else:
        move_to(config, to, write_config=write_config, as_json=json)


def move_to(config: Config, to: str, *, write_config: bool, as_json: bool) -> None:
    """Move the database, and say how to go on."""
    from django.db import connections

    from newsletter.moving.database_move import move_database
    from newsletter.moving.target_address import without_password, write_address

    connections.close_all()

    def say(table: str, rows: int) -> None:
        if rows and not as_json:
            print(f"{rows:>12,}  {table}", flush=True)

    moved = move_database(config, to, say)
    with readers_language():
        number = f"{sum(moved.rows.values()):,}"
        done = phrase("{rows} rows are the same in {place}.", rows=number, place=moved.to)
        if not moved.rows:
            done = phrase("The database was moved to {place} before.", place=moved.to)
        lines = [translate(done), translate(OLD_ONE)]
        if write_config:
            write_address(config, to)
            lines.append(translate(phrase("{path} names it now.", path=str(config.path))))
        else:
            lines.append(translate(phrase("Name it in {path}:", path=str(config.path))))
            lines.append(f'\n[database]\nurl = "{without_password(to)}"')
    result = {"to": moved.to, "rows": moved.rows, "config_written": write_config}
    print_result(result, as_json=as_json, text="\n".join(lines))


OLD_ONE = phrase("The old database is kept, and never sends again.")


def confirm_move(*, yes: bool, as_json: bool) -> None:
    """Confirm that this database is the only one that sends."""
    from newsletter.sending.restores import suspensions
    from newsletter.sending.restores.identity import get_identity

    identity = get_identity()
    if identity.moved_to and not yes:
        ask_of_new_one(identity, as_json=as_json)
    moved = suspensions.confirm_move()
    text = (
        "This database sends from here now. The old one must never send again."
        if moved
        else "This database lies where it was: nothing was moved."
    )
    print_result({"moved": moved}, as_json=as_json, text=text)


def ask_of_new_one(identity: DatabaseIdentity, *, as_json: bool) -> None:
    """Ask whether the new database was ever used; raises `BadInput` where nobody can answer."""
    was = phrase("this is the old database; it was moved to {new}", new=identity.moved_to)
    if identity.move_finished_at is None:
        was = phrase("a move of this database to {new} was not finished", new=identity.moved_to)
    if as_json:
        raise BadInput(
            was, hint=phrase("If nothing was ever sent from the new one: --confirm --yes")
        )
    print(f"{was[:1].upper()}{was[1:]}.")
    typer.confirm("Has nothing ever been sent from there, and will it never run?", abort=True)
