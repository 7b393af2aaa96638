"""Which expressions over a recipient have a value for everybody, whatever is known of them.

`subscriber.first_name|default('reader')` always has one; `subscriber.attributes.city` has
none for whoever has no such attribute.  Where all of an edition is certain, nobody's data need
be tried before a send.  What is not understood here counts as doubtful.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, cast

from jinja2 import Environment, nodes

from newsletter.rendering.contexts import Context
from newsletter.rendering.recipients import NAMES, SUBSCRIBER_FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable

#: Filters that take any text and never fail.
_HARMLESS = frozenset(
    ["capitalize", "count", "length", "lower", "string", "title", "trim", "upper", "urlencode"]
)
_LINKS = frozenset(NAMES) - {"subscriber"}
_PARSER = Environment(autoescape=True)


@lru_cache(maxsize=4096)
def fills(source: str, context: Context) -> bool:
    """Say whether an expression surely fills in a place of that kind for every recipient."""
    if context == Context.ADDRESS:
        # Only our own links are sure to be addresses.
        return source in _LINKS
    return _prints(_parsed(source))


@lru_cache(maxsize=4096)
def decides(source: str) -> bool:
    """Say whether a test surely holds or not for every recipient, without an error."""
    return _tests(_parsed(source))


def _parsed(source: str) -> nodes.Expr:
    output = cast("nodes.Output", _PARSER.parse("{{ " + source + " }}").body[0])
    return output.nodes[0]


def _prints(node: nodes.Expr) -> bool:
    rule = _PRINTING.get(type(node))
    return bool(rule and rule(node))


def _tests(node: nodes.Expr) -> bool:
    """Only the truth of a test matters; what is lacking counts as empty."""
    rule = _TESTING.get(type(node))
    return bool(rule and rule(node)) or _is_attribute(node) or _prints(node)


def _is_attribute(node: nodes.Node) -> bool:
    """Say whether it reads an attribute of the subscriber, which may be lacking."""
    if not isinstance(node, (nodes.Getattr, nodes.Getitem)):
        return False
    owner = node.node
    return isinstance(owner, nodes.Getattr) and owner.attr == "attributes" and _owned(owner)


def _owned(node: nodes.Getattr) -> bool:
    return isinstance(node.node, nodes.Name) and node.node.name == "subscriber"


def _getattr(node: nodes.Getattr) -> bool:
    return _owned(node) and node.attr in SUBSCRIBER_FIELDS


def _filter(node: nodes.Filter) -> bool:
    if node.node is None or node.kwargs:
        return False
    if node.name in ("default", "d"):
        known = _is_attribute(node.node) or _prints(node.node)
        return known and bool(node.args) and all(map(_prints, node.args))
    return node.name in _HARMLESS and not node.args and _prints(node.node)


def _choice(node: nodes.CondExpr) -> bool:
    otherwise = node.expr2 is None or _prints(node.expr2)
    return _tests(node.test) and _prints(node.expr1) and otherwise


def _compare(node: nodes.Compare) -> bool:
    """Equality never fails; an order does between a number and a text."""
    equal = all(operand.op in ("eq", "ne") for operand in node.ops)
    return equal and all(map(_tests, [node.expr, *(operand.expr for operand in node.ops)]))


def _either(node: nodes.And | nodes.Or) -> bool:
    return _tests(node.left) and _tests(node.right)


_PRINTING: dict[type[nodes.Node], Callable[..., bool]] = {
    nodes.Const: lambda _: True,
    nodes.Name: lambda node: node.name in _LINKS,
    nodes.Getattr: _getattr,
    nodes.Filter: _filter,
    nodes.Concat: lambda node: all(map(_prints, node.nodes)),
    nodes.CondExpr: _choice,
}
_TESTING: dict[type[nodes.Node], Callable[..., bool]] = {
    nodes.Not: lambda node: _tests(node.node),
    nodes.And: _either,
    nodes.Or: _either,
    nodes.Compare: _compare,
    nodes.Test: lambda node: node.name in ("defined", "undefined", "none") and _tests(node.node),
}
