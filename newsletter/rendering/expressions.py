"""Expressions over a recipient: `subscriber.first_name|default('reader', true)`.

A template's expression is written out again as source, with everything that does not
depend on the recipient put in as a literal.  What remains is small, closed and can be
stored; it is compiled once per process and evaluated for each recipient.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined, nodes
from jinja2.runtime import Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from newsletter.errors import NotDeferrable, UnfilledField
from newsletter.rendering.filters import DEFERRABLE
from newsletter.rendering.recipients import NAMES, SUBSCRIBER_FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jinja2.environment import TemplateExpression

#: Source text, and between two pieces of it a node that does not depend on the recipient.
Outline = list[str | nodes.Expr]

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
_WAY_OUT = "Print it with filters, or test it in {% if %}; prepare anything else per subscriber."


def mentions(node: nodes.Node) -> bool:
    """Say whether anything in the node depends on the recipient."""
    names = [node] if isinstance(node, nodes.Name) else list(node.find_all(nodes.Name))
    return any(name.name in NAMES and name.ctx == "load" for name in names)


def outline(node: nodes.Expr, *, as_test: bool = False) -> Outline:
    """Return the expression as source with gaps for what is known when compiling.

    Of a test only the truth of its parts matters, so that they may be of any kind.
    Raises `NotDeferrable`, without a place, for what cannot wait for the recipient.
    """
    return _Writer().write(node, as_test=as_test)


def filled(pieces: Sequence[str | object]) -> str:
    """Return the source of an outline whose gaps (every second piece) have become values."""
    return "".join(
        _literal(piece) if number % 2 else str(piece) for number, piece in enumerate(pieces)
    )


def alternating(pieces: Outline) -> Outline:
    """Return the outline with source at even places and gaps at odd ones."""
    result: Outline = [""]
    for piece in pieces:
        if isinstance(piece, nodes.Expr):
            result += [piece, ""]
        else:
            result[-1] = f"{result[-1]}{piece}"
    return result


class _Writer:
    """Writes a node of Jinja's syntax tree as source again."""

    def write(self, node: nodes.Expr, *, as_test: bool = False) -> Outline:
        if not mentions(node):
            return [_truth(node) if as_test else node]
        if isinstance(node, (nodes.And, nodes.Or)):
            return self._either(node, as_test=as_test)
        if isinstance(node, nodes.CondExpr):
            return self._choice(node, as_test=as_test)
        writer = getattr(self, f"_{type(node).__name__.lower()}", None)
        if writer is None:
            raise NotDeferrable(_refusal(node), hint=_WAY_OUT)
        written: Outline = writer(node)
        return written

    def _name(self, node: nodes.Name) -> Outline:
        if node.name == "subscriber":
            raise NotDeferrable(
                "the subscriber cannot be used as a whole",
                hint="Name a field: subscriber.first_name",
            )
        return [node.name]

    def _getattr(self, node: nodes.Getattr) -> Outline:
        return [_path(node.node, node.attr)]

    def _getitem(self, node: nodes.Getitem) -> Outline:
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            return [_path(node.node, node.arg.value)]
        if _is_attributes(node.node) and not mentions(node.arg):
            return ["subscriber.attributes[", node.arg, "]"]
        raise NotDeferrable(_refusal(node), hint=_WAY_OUT)

    def _filter(self, node: nodes.Filter) -> Outline:
        if node.node is None or node.name not in DEFERRABLE:
            raise NotDeferrable(
                f"the filter {node.name!r} cannot be used on a subscriber's data",
                hint=f"These can: {', '.join(sorted(DEFERRABLE))}",
            )
        return [*self.write(node.node), f"|{node.name}", *self._arguments(node)]

    def _test(self, node: nodes.Test) -> Outline:
        return ["(", *self.write(node.node), f" is {node.name}", *self._arguments(node), ")"]

    def _arguments(self, node: nodes.Filter | nodes.Test) -> Outline:
        if node.dyn_args or node.dyn_kwargs:
            raise NotDeferrable(_refusal(node), hint=_WAY_OUT)
        each = [self.write(argument) for argument in node.args]
        each += [[f"{pair.key}=", *self.write(pair.value)] for pair in node.kwargs]
        return ["(", *self._joined(each, ", "), ")"] if each else []

    def _compare(self, node: nodes.Compare) -> Outline:
        pieces = self.write(node.expr)
        for operand in node.ops:
            pieces += [f" {_OPERATORS[operand.op]} ", *self.write(operand.expr)]
        return ["(", *pieces, ")"]

    def _either(self, node: nodes.And | nodes.Or, *, as_test: bool) -> Outline:
        word = " and " if isinstance(node, nodes.And) else " or "
        left = self.write(node.left, as_test=as_test)
        return ["(", *left, word, *self.write(node.right, as_test=as_test), ")"]

    def _choice(self, node: nodes.CondExpr, *, as_test: bool) -> Outline:
        pieces = self.write(node.expr1, as_test=as_test)
        pieces += [" if ", *self.write(node.test, as_test=True), " else "]
        otherwise = self.write(node.expr2, as_test=as_test) if node.expr2 else ["''"]
        return ["(", *pieces, *otherwise, ")"]

    def _add(self, node: nodes.Add) -> Outline:
        return ["(", *self.write(node.left), " + ", *self.write(node.right), ")"]

    def _not(self, node: nodes.Not) -> Outline:
        return ["(not ", *self.write(node.node, as_test=True), ")"]

    def _concat(self, node: nodes.Concat) -> Outline:
        return ["(", *self._joined([self.write(each) for each in node.nodes], " ~ "), ")"]

    @staticmethod
    def _joined(each: list[Outline], separator: str) -> Outline:
        pieces: Outline = []
        for number, one in enumerate(each):
            pieces += [separator, *one] if number else one
        return pieces


def attribute(name: str) -> str:
    """Return the source that reads an attribute of the subscriber."""
    plain = name.isascii() and name.isidentifier()
    return f"subscriber.attributes{f'.{name}' if plain else f'[{name!r}]'}"


def _path(node: nodes.Node, name: str) -> str:
    if _is_attributes(node):
        return attribute(name)
    if isinstance(node, nodes.Name) and node.name == "subscriber" and name in SUBSCRIBER_FIELDS:
        return f"subscriber.{name}"
    fields = ", ".join([*SUBSCRIBER_FIELDS, "attributes.NAME"])
    raise NotDeferrable(f"{name!r} is not a field of the subscriber", hint=f"There are: {fields}")


def _truth(node: nodes.Expr) -> nodes.Expr:
    """Return a node for whether this one is true: any value can be tested, few be written."""
    return nodes.Not(nodes.Not(node, lineno=node.lineno), lineno=node.lineno)


def _is_attributes(node: nodes.Node) -> bool:
    if isinstance(node, nodes.Getattr):
        name: object = node.attr
    elif isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        name = node.arg.value
    else:
        return False
    owner = node.node
    return name == "attributes" and isinstance(owner, nodes.Name) and owner.name == "subscriber"


def _refusal(node: nodes.Node) -> str:
    kinds = {
        "Call": "a subscriber's data cannot be used in a call",
        "List": "a subscriber's data cannot be put in a list",
        "Dict": "a subscriber's data cannot be put in a dictionary",
    }
    return kinds.get(
        type(node).__name__, f"a subscriber's data cannot be used so ({type(node).__name__})"
    )


def _literal(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_literal, value))}]"
    if isinstance(value, Markup) and value.striptags() != value:
        raise NotDeferrable(
            "marked-up text cannot be mixed into a subscriber's data",
            hint="Choose between the two with {% if %}.",
        )
    if isinstance(value, str):
        return repr(str(value))
    if value is None or isinstance(value, (bool, int, float)):
        return str(value).lower()
    raise NotDeferrable(f"a {type(value).__name__} cannot be mixed into a subscriber's data")


class Missing(Undefined):
    """An attribute that a subscriber lacks: false, equal to nothing, but never printed."""

    __slots__ = ()
    __str__ = StrictUndefined.__str__
    __iter__ = StrictUndefined.__iter__
    __len__ = StrictUndefined.__len__

    @property
    def _undefined_message(self) -> str:
        return f"there is no {self._undefined_name!r}"


def _environment(undefined: type[Undefined]) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=undefined, cache_size=0)
    environment.globals.clear()
    environment.filters = dict(DEFERRABLE)
    return environment


_PRINTING = _environment(Missing)
# A test must hold or not for everybody: what is lacking counts as empty.
_TESTING = _environment(Undefined)


@lru_cache(maxsize=4096)
def _printing(source: str) -> TemplateExpression:
    return _PRINTING.compile_expression(source, undefined_to_none=False)


@lru_cache(maxsize=4096)
def _testing(source: str) -> TemplateExpression:
    return _TESTING.compile_expression(source, undefined_to_none=False)


def values(sources: tuple[str, ...], scope: Mapping[str, Any]) -> list[str]:
    """Return the text of each expression for one recipient.

    Raises `UnfilledField` when one of them prints what the recipient lacks.
    """
    try:
        found = _printing(f"[{', '.join(sources)}]")(scope)
        return [str(value) for value in found or ()]
    except Exception:  # noqa: BLE001  each by itself says which it was
        return [_value(source, scope) for source in sources]


def _value(source: str, scope: Mapping[str, Any]) -> str:
    try:
        return str(_printing(source)(scope))
    except Exception as err:  # noqa: BLE001  filters of Jinja assert, too
        raise UnfilledField(f"{source} cannot be filled in: {err}") from None


def holds(source: str, scope: Mapping[str, Any]) -> bool:
    """Say whether a test of a template holds for one recipient."""
    try:
        return bool(_testing(source)(scope))
    except Exception as err:  # noqa: BLE001  filters of Jinja assert, too
        raise UnfilledField(f"{source} cannot be tested: {err}") from None
