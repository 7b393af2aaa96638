"""`python -m sendgrid_emulator`: the emulator as a program of its own."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from sendgrid_emulator.errors import EmulatorError
from sendgrid_emulator.server.program import HOST, PORT, Options, run
from sendgrid_emulator.state.settings import Settings


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    command = argparse.ArgumentParser(
        prog="python -m sendgrid_emulator",
        description="A local SendGrid: the same API and rules, and a mailbox to read.",
    )
    add = command.add_argument
    add(
        "--host",
        default=HOST,
        help="address to listen on (default: %(default)s, only this machine)",
    )
    add("--port", type=_port, default=PORT, help="default: %(default)s; 0 takes a free one")
    add("--dir", type=Path, metavar="FOLDER", help="keep what was accepted here over a restart")
    add("--events-to", default="", metavar="URL", help="post signed events to this address")
    add("--key", action="append", default=[], help="take this API key only; may be repeated")
    add("--sender", action="append", default=[], metavar="DOMAIN", help="take this domain only")
    add(
        "--tls",
        type=Path,
        metavar="FILE",
        help="speak TLS; the certificate to trust is written to this file",
    )
    return command


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"{number} is not a port: 0 to 65535")
    return number


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line and serve until told to stop."""
    given = parser().parse_args(arguments)
    settings = Settings(keys=frozenset(given.key), senders=frozenset(given.sender))
    options = Options(given.dir, given.events_to, settings, given.tls)
    try:
        run(given.host, given.port, options)
    except OSError as error:
        sys.stderr.write(f"emulator: cannot listen on port {given.port}: {error.strerror}\n")
        return 1
    except EmulatorError as error:
        sys.stderr.write(f"emulator: {error}\n  {error.hint}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
