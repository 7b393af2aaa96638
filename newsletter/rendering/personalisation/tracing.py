"""One run of a template: what depends on the recipient is noted, not known.

An expression over a recipient becomes a token, an alphanumeric word that passes unchanged
through Jinja, MJML and Premailer.  A test becomes a decision: the run takes one outcome
and trace the other for a later run, so that all variants are found.
"""

from __future__ import annotations

import re
import secrets
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from markupsafe import Markup

from newsletter.errors import LimitExceeded, TemplateError, UnsupportedPersonalization
from newsletter.phrases import phrase
from newsletter.rendering.personalisation import language, residual
from newsletter.rendering.personalisation.budget import Budget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

#: Any token of any run; all have the same length.
TOKEN = re.compile(r"zq[0-9a-f]{12}[fr][0-9a-f]{4}q")
#: Different expressions over the recipient in one mail; SendGrid takes 10,000 bytes of them.
MAX_USES = 500

#: (number of the test, its outcome), in the order the template asked.
Path = tuple[tuple[int, bool], ...]


class Rich(Markup):
    """An editor's formatted text: it goes around MJML, which only sees a token for it."""

    __slots__ = ()


@dataclass
class Use:
    """One expression over the recipient, and where it is used (`digest.mjml:12`)."""

    source: str
    by_editor: bool
    places: set[str] = field(default_factory=set)


class Trace:
    """What all runs of one compilation have found: expressions and tests, each once."""

    def __init__(self, nonce: str = "") -> None:
        self.nonce = nonce or secrets.token_hex(6)
        self.uses: list[Use] = []
        self.tests: list[Use] = []
        self._numbers: dict[tuple[int, str, bool], int] = {}
        #: Yields the editor's texts and their places in the issue, for messages.
        self.texts: Callable[[], Iterable[tuple[str, str]]] = tuple

    def fields(self, held: str) -> list[str]:
        """Return the places of the editor's texts that a text is made of, or is a part of."""
        return sorted(
            place
            for text, place in self.texts()
            if self.holds_token(text) and (text in held or held in text)
        )

    def token(self, source: str, place: str, *, by_editor: bool = False) -> str:
        """Return the token that stands for an expression."""
        number = self._number(self.uses, source, place, by_editor)
        return f"zq{self.nonce}f{number:04x}q"

    def test(self, source: str, place: str) -> int:
        """Return the number of a test."""
        return self._number(self.tests, source, place, by_editor=False)

    def use(self, token: str) -> Use | None:
        """Return the use that a token stands for; None for a token of something else."""
        own = f"zq{self.nonce}f"
        return self.uses[int(token[len(own) : -1], 16)] if token.startswith(own) else None

    def holds_token(self, text: str) -> bool:
        """Say whether a text has a token, or a part of one, of this compilation in it."""
        return self.nonce in text.lower()

    def _number(self, uses: list[Use], source: str, place: str, by_editor: bool) -> int:
        key = (id(uses), source, by_editor)
        if key not in self._numbers:
            if len(uses) == MAX_USES:
                raise LimitExceeded(
                    phrase(
                        "more than {number} different merge fields in one mail",
                        number=f"{MAX_USES:,}",
                    ),
                    place=place.removeprefix("issue: "),
                    hint=phrase("Use fewer: each is a value of its own for everybody."),
                )
            self._numbers[key] = len(uses)
            uses.append(Use(source, by_editor))
        number = self._numbers[key]
        uses[number].places.add(place)
        return number


class Run:
    """One run of the templates, along one path of outcomes."""

    def __init__(self, trace: Trace, path: Path = ()) -> None:
        self.trace = trace
        self.path = list(path)
        self.alternatives: list[Path] = []
        self._outcomes = dict(path)
        self._markup: list[str] = []
        self.budget = Budget()

    @contextmanager
    def current(self) -> Iterator[Run]:
        """Make this the run that templates report to, in this thread."""
        token = _CURRENT.set(self)
        try:
            yield self
        finally:
            _CURRENT.reset(token)

    def emit(self, place: str, pieces: Sequence[object]) -> str:
        """Return the token for an expression that the template prints."""
        return self.trace.token(self._source(place, pieces, language.compile_printing), place)

    def branch(self, place: str, pieces: Sequence[object]) -> bool:
        """Return the outcome of a test on this path; a new test holds."""
        test = self.trace.test(self._source(place, pieces, language.compile_test), place)
        if test not in self._outcomes:
            self.alternatives.append((*self.path, (test, False)))
            self._outcomes[test] = True
            self.path.append((test, True))
        return self._outcomes[test]

    def emit_markup(self, text: Rich) -> str:
        """Return a token for formatted text, so that MJML does not read it."""
        self._markup.append(str(text))
        return f"zq{self.trace.nonce}r{len(self._markup) - 1:04x}q"

    def with_markup(self, html: str) -> str:
        """Return the document with the formatted texts in it."""
        token = re.compile(f"zq{self.trace.nonce}r([0-9a-f]{{4}})q")
        return token.sub(lambda token: self._markup[int(token[1], 16)], html)

    def _source(self, place: str, pieces: Sequence[object], check: Callable[[str], object]) -> str:
        path, _, line = place.rpartition(":")
        if any(isinstance(piece, str) and self.trace.holds_token(piece) for piece in pieces[1::2]):
            raise UnsupportedPersonalization(
                phrase(
                    "an editor's text with a merge tag cannot be mixed into a subscriber's data"
                ),
                path=path,
                line=int(line),
            )
        try:
            source = residual.source_of(pieces)
            check(source)
        except TemplateError as err:
            raise UnsupportedPersonalization(
                err.message, path=path, line=int(line), hint=err.hint
            ) from None
        return source


_CURRENT: ContextVar[Run] = ContextVar("run")


def current_run() -> Run:
    """Return the run going on in this thread."""
    return _CURRENT.get()
