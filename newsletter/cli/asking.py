"""Questions in a terminal: each answer is checked at once, and asked for again with the reason."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

import typer

from newsletter.cli.languages import readers_language

T = TypeVar("T")


class Asker:
    """Takes an answer from its option, from a person, or from its default, in this order.

    Nobody is asked where `asks` is false, as in a script; `asked` says whether anybody was.
    """

    def __init__(self, *, asks: bool) -> None:
        self.asks = asks and sys.stdin.isatty()
        self.asked = False

    def ask(
        self,
        option: str,
        question: str,
        given: str | None,
        default: str,
        check: Callable[[str], T],
    ) -> T:
        """Return a checked answer; raises `BadInput` that names the option for a wrong one."""
        if given is not None or not self.asks:
            return self._take(option, default if given is None else given, check)
        while True:
            self.asked = True
            text = str(typer.prompt(question, default=default, show_default=bool(default)))
            try:
                return self._take("", text, check)
            except ValueError as error:
                print(f"  {error}")

    def ask_password(self, question: str, check: Callable[[str], str]) -> str:
        """Return a password, typed twice and not shown; empty where none is given."""
        while self.asks:
            text = str(typer.prompt(question, default="", show_default=False, hide_input=True))
            try:
                password = self._take("", text, check)
            except ValueError as error:
                print(f"  {error}")
                continue
            if not password:
                return ""
            again = typer.prompt("The same again", default="", show_default=False, hide_input=True)
            if again == password:
                return password
            print("  These were two different passwords.")
        return ""

    def _take(self, option: str, text: str, check: Callable[[str], T]) -> T:
        """Return what a check makes of a text.

        Raises `BadInput` that names the option, or `ValueError` in the reader's language without
        one: somebody is there to answer again.
        """
        from newsletter.errors import BadInput
        from newsletter.phrases import translate

        try:
            return check(text)
        except BadInput as error:
            if option:
                raise BadInput(
                    f"--{option}: {error.message}", hint=error.hint or f"Give another --{option}."
                ) from None
            with readers_language():
                raise ValueError(translate(error.sentences)) from None
