"""What a person must say of a file before it is imported: all of it at once, with ready answers."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from newsletter.errors import ImportRejected

#: Answers beyond which a command line is no help any more.
MAX_ANSWERS = 40


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that only a person knows.

    `answers` are options for the command line.  Who copies them makes nobody active.
    """

    message: str
    hint: str
    answers: tuple[str, ...]
    line: int = 0


def as_option(name: str, value: str) -> str:
    """Return an option with its value as a shell takes it."""
    return f"--{name} {quote_argument(value)}"


def quote_argument(value: str) -> str:
    """Return a value as a shell takes it, in quotation marks where it needs some."""
    return shlex.quote(value) if "'" in value else repr_in_quotes(value)


def repr_in_quotes(value: str) -> str:
    """Return a plain word as it is, anything else between single quotation marks."""
    return value if value.isascii() and value.isalnum() else f"'{value}'"


def build_refusal(path: str, questions: Sequence[Question], command: str) -> ImportRejected:
    """Return the error that asks all questions, and offers one command that answers them.

    `command` is what was run; the answers are put behind it.
    """
    first = questions[0]
    hints = [question.hint for question in questions]
    answers = tuple(dict.fromkeys(answer for each in questions for answer in each.answers))
    if len(answers) > 1 and len(answers) <= MAX_ANSWERS:
        whole = " ".join([command, *answers])
        hints.append(
            _("To answer all at once, and unsubscribe them: {command}").format(command=whole)
        )
    message = first.message
    for question in questions[1:]:
        at = _("line {line}: ").format(line=question.line) if question.line else ""
        message += f"\n  {at}{question.message}"
    return ImportRejected(message, path=path, line=first.line, hint="\n  ".join(hints))
