"""`python -m sendgrid_emulator`: the emulator as a separate program."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from sendgrid_emulator.errors import EmulatorError
from sendgrid_emulator.server import options
from sendgrid_emulator.server.program import HOST, PORT, run_emulator

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def serve(
    host: options.Host = HOST,
    port: options.Port = PORT,
    folder: options.Folder = None,
    events_to: options.EventsTo = "",
    keys: options.Keys = None,
    senders: options.Senders = None,
    tls: options.Tls = None,
) -> None:
    """Run a local SendGrid with the same API and rules; a mailbox page shows every mail."""
    try:
        run_emulator(host, port, options.options_of(folder, events_to, keys, senders, tls))
    except OSError as error:
        fail(f"cannot listen on {host}:{port}: {error.strerror}", "Choose another --port.")
    except EmulatorError as error:
        fail(str(error), error.hint)


def fail(message: str, hint: str) -> None:
    """Print what is wrong and how to fix it, and exit."""
    sys.stderr.write(f"emulator: {message}\n  {hint}\n")
    raise typer.Exit(1)


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line and serve until a signal; return the exit code."""
    try:
        app(arguments, prog_name="python -m sendgrid_emulator")
    except SystemExit as left:
        return int(left.code or 0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
