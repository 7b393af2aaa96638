"""Expressions over a recipient as source again, with what is known put in as literals.

What remains of a template's expression is small, of the closed `language`, and can be stored; it
is compiled once per process and evaluated for each recipient.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, cast

from jinja2 import nodes
from jinja2.runtime import Undefined
from markupsafe import Markup

from newsletter.errors import UnsupportedPersonalization
from newsletter.phrases import phrase
from newsletter.rendering.personalisation.recipients import NAMES

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Source text, and between two pieces of it a node that does not depend on the recipient.
Residual = list[str | nodes.Expr]

_OPERATORS = {
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "lteq": "<=",
    "gt": ">",
    "gteq": ">=",
    "in": "in",
    "notin": "not in",
}


def mentions_recipient(node: nodes.Node) -> bool:
    """Say whether anything in the node depends on the recipient."""
    names = [node] if isinstance(node, nodes.Name) else list(node.find_all(nodes.Name))
    return any(name.name in NAMES and name.ctx == "load" for name in names)


def residual_of(node: nodes.Expr, *, as_test: bool = False) -> Residual:
    """Return the expression as source with gaps for what is known when compiling.

    The node is of the language.  Of a test only the truth of its parts matters, so that they may
    be of any kind.
    """
    return _Writer().write(node, as_test=as_test)


def source_of(pieces: Sequence[str | object]) -> str:
    """Return the source of an residual_of whose gaps (every second piece) have become values."""
    return "".join(
        _literal(piece) if number % 2 else str(piece) for number, piece in enumerate(pieces)
    )


def show_expression(node: nodes.Expr) -> str:
    """Return the expression as messages show it, with dots for what is known when compiling."""
    return "".join(piece if isinstance(piece, str) else "…" for piece in residual_of(node))


def interleave_gaps(pieces: Residual) -> Residual:
    """Return the residual_of with source at even places and gaps at odd ones."""
    result: Residual = [""]
    for piece in pieces:
        if isinstance(piece, nodes.Expr):
            result += [piece, ""]
        else:
            result[-1] = f"{result[-1]}{piece}"
    return result


class _Writer:
    """Writes a node of the language as source again."""

    def write(self, node: nodes.Expr, *, as_test: bool = False) -> Residual:
        if not mentions_recipient(node):
            return [_truth(node) if as_test else node]
        if isinstance(node, (nodes.And, nodes.Or)):
            return self._either(node, as_test=as_test)
        if isinstance(node, nodes.CondExpr):
            return self._condexpr(node, as_test=as_test)
        writer = getattr(self, f"_{type(node).__name__.lower()}")
        written: Residual = writer(node)
        return written

    def _name(self, node: nodes.Name) -> Residual:
        return [node.name]

    def _getattr(self, node: nodes.Getattr) -> Residual:
        return [_path(node.node, node.attr)]

    def _getitem(self, node: nodes.Getitem) -> Residual:
        if isinstance(node.arg, nodes.Const):
            return [_path(node.node, str(node.arg.value))]
        return ["subscriber.attributes[", node.arg, "]"]

    def _filter(self, node: nodes.Filter) -> Residual:
        each = [self.write(argument) for argument in node.args]
        each += [[f"{pair.key}=", *self.write(pair.value)] for pair in node.kwargs]
        arguments = ["(", *self._joined(each, ", "), ")"] if each else []
        return [*self.write(cast("nodes.Expr", node.node)), f"|{node.name}", *arguments]

    def _test(self, node: nodes.Test) -> Residual:
        return ["(", *self.write(node.node), f" is {node.name})"]

    def _compare(self, node: nodes.Compare) -> Residual:
        pieces = self.write(node.expr)
        for operand in node.ops:
            pieces += [f" {_OPERATORS[operand.op]} ", *self.write(operand.expr)]
        return ["(", *pieces, ")"]

    def _either(self, node: nodes.And | nodes.Or, *, as_test: bool) -> Residual:
        word = " and " if isinstance(node, nodes.And) else " or "
        left = self.write(node.left, as_test=as_test)
        return ["(", *left, word, *self.write(node.right, as_test=as_test), ")"]

    def _condexpr(self, node: nodes.CondExpr, *, as_test: bool) -> Residual:
        pieces = self.write(node.expr1, as_test=as_test)
        pieces += [" if ", *self.write(node.test, as_test=True), " else "]
        otherwise = self.write(cast("nodes.Expr", node.expr2), as_test=as_test)
        return ["(", *pieces, *otherwise, ")"]

    def _not(self, node: nodes.Not) -> Residual:
        return ["(not ", *self.write(node.node, as_test=True), ")"]

    def _concat(self, node: nodes.Concat) -> Residual:
        return ["(", *self._joined([self.write(each) for each in node.nodes], " ~ "), ")"]

    @staticmethod
    def _joined(each: list[Residual], separator: str) -> Residual:
        pieces: Residual = []
        for number, one in enumerate(each):
            pieces += [separator, *one] if number else one
        return pieces


def attribute_source(name: str) -> str:
    """Return the source that reads an attribute of the subscriber."""
    plain = name.isascii() and name.isidentifier()
    return f"subscriber.attributes{f'.{name}' if plain else f'[{name!r}]'}"


def _path(owner: nodes.Node, name: str) -> str:
    return attribute_source(name) if is_attributes(owner) else f"subscriber.{name}"


def _truth(node: nodes.Expr) -> nodes.Expr:
    """Return a node for whether this one is true: any value can be tested, few be written."""
    return nodes.Not(nodes.Not(node, lineno=node.lineno), lineno=node.lineno)


def is_attributes(node: nodes.Node) -> bool:
    """Say whether a node is `subscriber.attributes`."""
    if isinstance(node, nodes.Getattr):
        name: object = node.attr
    elif isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        name = node.arg.value
    else:
        return False
    owner = node.node
    return name == "attributes" and isinstance(owner, nodes.Name) and owner.name == "subscriber"


def _literal(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_literal, value))}]"
    if isinstance(value, Markup) and value.striptags() != value:
        raise UnsupportedPersonalization(
            phrase("marked-up text cannot be mixed into a subscriber's data"),
            hint=phrase("Choose between the two with {% if %}."),
        )
    if isinstance(value, str):
        return repr(str(value))
    if isinstance(value, Undefined):
        # Says which name was misspelt.
        str(value)
    if value is None or (isinstance(value, (bool, int, float)) and math.isfinite(value)):
        return str(value).lower()
    raise UnsupportedPersonalization(
        phrase("a {kind} cannot be mixed into a subscriber's data", kind=type(value).__name__)
    )
