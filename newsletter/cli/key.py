"""`newsletter key`: which keys subscribers' links were signed with."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer

from newsletter.cli.output import Json, print_result, print_table
from newsletter.runtime.startup import open_workspace

app = typer.Typer(
    help="Manage the keys with which the links of subscribers are signed.", no_args_is_help=True
)


@app.command("list")
def list_(*, json: Json = False) -> None:
    """Show the fingerprint of each key with which links were signed."""
    open_workspace()
    from subscribers import keys

    found = keys.known_keys()
    rows = [(key.fingerprint, in_words(here=key.here, signs=key.signs)) for key in found]
    if json or not rows:
        print_result(
            [dataclasses.asdict(key) for key in found], as_json=json, text="None has signed yet."
        )
    else:
        print_table(("fingerprint", "this machine"), rows)


@app.command()
def forget(
    fingerprint: Annotated[
        str,
        typer.Argument(
            metavar="FINGERPRINT", help="The fingerprint, as `newsletter key list` shows it."
        ),
    ],
    *,
    json: Json = False,
) -> None:
    """Give up a lost key. Unsubscribe links that were signed with it will not work any more."""
    open_workspace()
    from subscribers import keys

    keys.forget_key(fingerprint)
    text = f"Forgotten: links that were signed with {fingerprint} work nowhere without it."
    print_result({"forgotten": fingerprint}, as_json=json, text=text)


def in_words(*, here: bool, signs: bool) -> str:
    """Say what this machine does with a key."""
    if signs:
        return "signs with it"
    return "reads it" if here else "does not have it"
