"""The options of the command line: for this program, and for `newsletter emulator`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sendgrid_emulator.server.program import Options

Host = Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Listen on this address.")]
Port = Annotated[
    int, typer.Option("--port", min=0, max=65535, help="The port; 0 takes any free one.")
]
Folder = Annotated[
    Path | None,
    typer.Option(
        "--dir", metavar="FOLDER", help="Keep accepted mail in this folder; it survives a restart."
    ),
]
EventsTo = Annotated[
    str, typer.Option("--events-to", metavar="URL", help="Post signed events to this address.")
]
Keys = Annotated[
    list[str] | None,
    typer.Option("--key", metavar="KEY", help="Accept only this API key; may be repeated."),
]
Senders = Annotated[
    list[str] | None,
    typer.Option(
        "--sender", metavar="DOMAIN", help="Accept only mail from this domain; may be repeated."
    ),
]
Tls = Annotated[
    Path | None,
    typer.Option(
        "--tls",
        metavar="FILE",
        help="Speak TLS, and write the certificate to trust to this file.",
    ),
]


def options_of(
    folder: Path | None,
    events_to: str,
    keys: list[str] | None,
    senders: list[str] | None,
    tls: Path | None,
) -> Options:
    """Return how the program runs, from what was given on the command line."""
    # Help needs no server.
    from sendgrid_emulator.server.program import Options
    from sendgrid_emulator.state.settings import Settings

    settings = Settings(keys=frozenset(keys or ()), senders=frozenset(senders or ()))
    return Options(folder, events_to, settings, tls)
