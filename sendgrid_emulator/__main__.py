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
    add(
        "--port",
        type=_port,
        default=PORT,
        help="default: %(default)s; 0 takes a free one",
    )
    add("--dir", type=Path, metavar="FOLDER", help="keep what was accepted here over a restart")
    add("--events-to", default="", metavar="URL", help="post signed events to this address")
    add("--key", action="append", default=[], help="accept this key only; repeatable")
    add(
        "--sender",
        action="append",
        default=[],
        metavar="DOMAIN",
        help="accept mail from it only; repeatable",
    )
    add(
        "--tls",
        type=Path,
        metavar="FILE",
        help="speak TLS; the certificate to trust is written to this file",
    )
    return command


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port: 0 to 65535")
    return int(text)


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line and serve until told to stop."""
    given = parser().parse_args(arguments)
    settings = Settings(keys=frozenset(given.key), senders=frozenset(given.sender))
    options = Options(given.dir, given.events_to, settings, given.tls)
    try:
        run(given.host, given.port, options)
    except OSError as error:
        place = f"{given.host}:{given.port}"
        return _fail(f"cannot listen on {place}: {error.strerror}", "Choose another --port.")
    except EmulatorError as error:
        return _fail(str(error), error.hint)
    return 0


def _fail(message: str, hint: str) -> int:
    sys.stderr.write(f"emulator: {message}\n  {hint}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
