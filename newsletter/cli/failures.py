"""What went wrong, for people and for programs, and with which exit status.

0: done.  1: a person must act; 2: wrong use of the command line.  For people there is a sentence
with its code on the error output, and the fix in the line below.  With `--json` there is one value
on the standard output instead, for programs: `{"error": {…}}`, as `describe` returns it.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
from collections.abc import Sequence
from typing import Any, NoReturn, TextIO

import typer
from typer.exceptions import Abort, TyperException

from newsletter.cli.languages import readers_language
from newsletter.errors import ConfigError, DatabaseUnavailable, NewsletterError
from newsletter.phrases import translate
from newsletter.runtime.availability import first_line, is_broken_file, is_unavailable

FAILED, WRONG_USE = 1, 2
#: Typer's status after Ctrl-C: 128 and the number of the signal, as in shells.
INTERRUPTED = 130
#: Of an error: where it is.  Those that are known stand in its JSON, as `place`.
PLACE = ("path", "line", "column", "field", "place", "setting", "variable")
#: What Typer says of a value that it cannot read, and how people say it.
WORDS = (
    (re.compile(r"Input should be a valid integer\b.*"), "it must be a whole number"),
    (re.compile(r"Input should be a valid number\b.*"), "it must be a number"),
    (re.compile(r"Input should be greater than or equal to (.*)"), r"it must be at least \1"),
    (re.compile(r"Input should be less than or equal to (.*)"), r"it must be at most \1"),
    (re.compile(r"Input should be (.*)"), r"it must be \1"),
    (
        re.compile(r"^(?:Value error, )?(.*) does not match the formats? '%Y-%m-%d'\.?"),
        r"\1 is not a date such as 2026-11-26",
    ),
    (re.compile(r"^Value error, (.*)"), r"\1"),
)


def run(app: typer.Typer, words: Sequence[str] | None = None) -> NoReturn:
    """Run a command line to its exit; `words` are those behind the name of the program."""
    words = sys.argv[1:] if words is None else words
    as_json = wants_json(words)
    try:
        status = app(words, prog_name="newsletter", standalone_mode=False)
    except NewsletterError as error:
        fail(error, as_json=as_json)
    except Abort:
        abort(FAILED, as_json=as_json)
    except TyperException as error:
        refuse_use(error, as_json=as_json)
    except Exception as error:
        if is_broken_file(error):
            damaged = f"[database] url: the file is damaged: {first_line(error)}"
            hint = "Put a backup in its place: docs/how-to/restore.md"
            fail(ConfigError(damaged, setting="database.url", hint=hint), as_json)
        if not is_unavailable(error):
            raise
        fail(DatabaseUnavailable(f"the database is unavailable: {first_line(error)}"), as_json)
    if status == INTERRUPTED:
        abort(status, as_json=as_json)
    raise SystemExit(status if isinstance(status, int) else 0)


def wants_json(words: Sequence[str]) -> bool:
    """Say whether a command was asked to speak to a program; what stands behind `--` is text."""
    options = words[: words.index("--")] if "--" in words else words
    return "--json" in options


def fail(error: NewsletterError, as_json: bool = False) -> NoReturn:
    """Say what is wrong and what to do, and leave with status 1."""
    if as_json:
        print_error(describe(error))
        raise SystemExit(FAILED) from None
    with speak():
        tell(f"newsletter: {translate(error.message)} [{error.code}]", sys.stderr)
        if error.hint:
            tell(f"  {translate(error.hint)}", sys.stderr)
    raise SystemExit(FAILED) from None


def abort(status: int, *, as_json: bool) -> NoReturn:
    """Say that a person, or the end of the input, stopped the command; leave with a status."""
    if as_json:
        words = "the command was stopped before it was done"
        hint = "Start it again; where it asks, answer, or give the option that answers."
        print_error(
            {"code": "aborted", "message": words, "hint": hint, "status": status, "place": {}}
        )
    else:
        tell("Aborted!", sys.stderr)
    raise SystemExit(status) from None


def describe(error: NewsletterError) -> dict[str, Any]:
    """Return an error for programs; message and hint are in English where it is known."""
    found = {name: getattr(error, name, None) for name in PLACE}
    return {
        "code": error.code,
        "message": str(error.message),
        "hint": str(error.hint),
        "status": FAILED,
        "place": {name: value for name, value in found.items() if value},
    }


def refuse_use(error: TyperException, *, as_json: bool) -> NoReturn:
    """Say how the command is used, and leave with the status of wrong use."""
    for spoken, words in WORDS:
        error.message = spoken.sub(words, error.message)
    if as_json:
        context = getattr(error, "ctx", None)
        hint = f"See: {context.command_path} --help" if context else "See: newsletter --help"
        print_error(
            {
                "code": "usage",
                "message": error.format_message(),
                "hint": hint,
                "status": WRONG_USE,
                "place": {},
            }
        )
    else:
        show_use(error)
    raise SystemExit(error.exit_code) from None


def show_use(error: TyperException) -> None:
    """Print the usage of the command that was meant, and what is wrong with it."""
    error.show()  # type: ignore[attr-defined]


def print_error(error: dict[str, Any]) -> None:
    """Print an error as the one value on the standard output."""
    tell(json.dumps({"error": error}, ensure_ascii=False, indent=2), sys.stdout)


def tell(text: str, stream: TextIO) -> None:
    """Print a line at once; where the reader has gone, as `head` does, nobody is left to tell.

    Typer does the same for what a command prints.  What is still in the buffer goes nowhere, for
    Python would complain of it at its end
    (https://docs.python.org/3/library/signal.html#note-on-sigpipe).
    """
    try:
        print(text, file=stream, flush=True)
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def speak() -> contextlib.AbstractContextManager[None]:
    """Speak the language of the terminal, once Django is there; English before that."""
    from django.apps import apps

    return readers_language() if apps.ready else contextlib.nullcontext()
