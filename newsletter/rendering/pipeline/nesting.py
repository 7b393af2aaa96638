"""How deep a template may be nested, found before it is parsed.

Jinja and Python walk what is nested by calling themselves, and give up somewhere in the middle of
it, without a place in the template.
"""

from __future__ import annotations

from collections.abc import Iterable

from newsletter.phrases import phrase

#: Blocks in each other; Python itself takes 20 loops.
MAX_BLOCKS = 15
#: Brackets in each other.
MAX_BRACKETS = 30
#: Operators and filters of one expression, between two commas.
MAX_OPERATORS = 100

FEWER_BLOCKS = phrase("put the inner ones into a macro, or a file of their own")
SHORTER = phrase("name parts of it with {% set %}")

_BLOCKS = frozenset({"autoescape", "block", "call", "filter", "for", "if", "macro", "with"})
_ENDINGS = frozenset(f"end{name}" for name in _BLOCKS)
_WORDS = frozenset({"and", "else", "if", "in", "is", "not", "or"})
_ENDS = frozenset({"block_begin", "block_end", "variable_begin", "variable_end"})

#: Line, kind and text, as `jinja2.Environment.lex` gives them.
Token = tuple[int, str, str]


def nesting_problem(tokens: Iterable[Token]) -> tuple[int, str] | None:
    """Return the line where a template is nested too deeply, and what is; None if it is not."""
    depth = _Depth()
    for line, kind, text in tokens:
        if problem := depth.problem_after(kind, text):
            return line, problem
    return None


class _Depth:
    """Where one is in a template: in how many blocks and brackets, behind how many operators."""

    def __init__(self) -> None:
        self.blocks = self.brackets = self.operators = 0
        self.begins_block = False

    def problem_after(self, kind: str, text: str) -> str:
        """Go one token further; return what is too deep from there on, or nothing."""
        if kind == "whitespace":
            return ""
        if self.begins_block and kind == "name":
            self.blocks += (text in _BLOCKS) - (text in _ENDINGS)
        elif kind == "name":
            self.operators += text in _WORDS
        elif kind == "operator":
            self.count(text)
        self.begins_block = kind == "block_begin"
        if kind in _ENDS:
            self.brackets = self.operators = 0
        return self.problem()

    def count(self, operator: str) -> None:
        """Count a bracket, a comma or another operator."""
        if operator in "([{":
            self.brackets += 1
        elif operator in ")]}":
            self.brackets -= 1
        elif operator == ",":
            self.operators = 0
        else:
            self.operators += 1

    def problem(self) -> str:
        """Say what is nested too deeply, and what to do; nothing while all is well."""
        if self.blocks > MAX_BLOCKS:
            return phrase(
                "more than {number} blocks in each other: {fix}",
                number=MAX_BLOCKS,
                fix=FEWER_BLOCKS,
            )
        if self.brackets > MAX_BRACKETS:
            return phrase(
                "more than {number} brackets in each other: {fix}",
                number=MAX_BRACKETS,
                fix=SHORTER,
            )
        if self.operators > MAX_OPERATORS:
            return phrase(
                "more than {number} operators in one expression: {fix}",
                number=MAX_OPERATORS,
                fix=SHORTER,
            )
        return ""
