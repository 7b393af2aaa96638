"""Expressions over a recipient as functions: `subscriber.first_name|default('reader')`.

Nearly all editions use a few forms only, which have a value for everybody, whatever is known
of them.  These become plain functions, ten times as fast as Jinja's sandbox; and where all of
an edition is made of them, nobody's data need be tried before a send.  Whatever else there is
goes through `newsletter.rendering.expressions`, and may fail for somebody.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from jinja2 import Environment, Undefined, nodes

from newsletter.rendering import expressions, recipients
from newsletter.rendering.contexts import Context
from newsletter.rendering.filters import DEFERRABLE, default
from newsletter.rendering.recipients import NAMES, SUBSCRIBER_FIELDS, clean

if TYPE_CHECKING:
    from newsletter.rendering.recipients import Recipient

#: What a node of an expression is for a recipient.
Reading = Callable[["Recipient"], object]

#: Filters that take any text, give a text and never fail.
_HARMLESS = frozenset(["capitalize", "lower", "string", "title", "trim", "upper", "urlencode"])
_LINKS = frozenset(NAMES) - {"subscriber"}
_EQUALITY = frozenset(["eq", "ne"])
_MISSING = Undefined()
_PARSER = Environment(autoescape=True)


@lru_cache(maxsize=4096)
def printing(source: str) -> Callable[[Recipient], str]:
    """Return what gives the text of an expression; it raises `UnfilledField` if there is none."""
    node = _parsed(source)
    if read := _prints(node):
        if isinstance(node, nodes.Name | nodes.Getattr):
            # Cleaned, so it is a text already.
            return cast("Callable[[Recipient], str]", read)
        return lambda recipient: str(read(recipient))
    return lambda recipient: expressions.values((source,), recipients.scope(recipient))[0]


@lru_cache(maxsize=4096)
def testing(source: str) -> Callable[[Recipient], bool]:
    """Return what says whether a test holds; it raises `UnfilledField` if it cannot be decided."""
    if read := _tests(_parsed(source)):
        return lambda recipient: bool(read(recipient))
    return lambda recipient: expressions.holds(source, recipients.scope(recipient))


@lru_cache(maxsize=4096)
def fills(source: str, context: Context) -> bool:
    """Say whether an expression surely fills in a place of that kind for every recipient."""
    if context == Context.ADDRESS:
        # Only our own links are sure to be addresses.
        return source in _LINKS
    return _prints(_parsed(source)) is not None


@lru_cache(maxsize=4096)
def decides(source: str) -> bool:
    """Say whether a test can surely be decided for every recipient."""
    return _tests(_parsed(source)) is not None


def _parsed(source: str) -> nodes.Expr:
    output = cast("nodes.Output", _PARSER.parse("{{ " + source + " }}").body[0])
    return output.nodes[0]


def _prints(node: nodes.Expr | None) -> Reading | None:
    """Return the reading of a node that can always be printed, else nothing."""
    rule = _PRINTING.get(type(node))
    return rule(node) if rule else None


def _tests(node: nodes.Expr) -> Reading | None:
    """Return the reading of a node of which only equality or emptiness matters."""
    rule = _TESTING.get(type(node))
    return (rule(node) if rule else None) or _attribute(node) or _prints(node)


def _attribute(node: nodes.Expr) -> Reading | None:
    """Read an attribute of the subscriber, which may be lacking."""
    if isinstance(node, nodes.Getattr):
        owner, name = node.node, node.attr
    elif isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        owner, name = node.node, node.arg.value
    else:
        return None
    whose = isinstance(owner, nodes.Getattr) and owner.attr == "attributes" and _is_own(owner)
    if not whose or not isinstance(name, str) or name.startswith("_"):
        return None

    def read(recipient: Recipient) -> object:
        found = recipient.attributes.get(name)
        return _MISSING if found is None else clean(found)

    return read


def _is_own(node: nodes.Getattr) -> bool:
    return isinstance(node.node, nodes.Name) and node.node.name == "subscriber"


def _constant(node: nodes.Const) -> Reading | None:
    value = node.value
    return (lambda _: value) if isinstance(value, (str, bool, int)) else None


def _link(node: nodes.Name) -> Reading | None:
    name = node.name
    return (lambda recipient: clean(getattr(recipient, name))) if name in _LINKS else None


def _field(node: nodes.Getattr) -> Reading | None:
    name = node.attr
    known = _is_own(node) and name in SUBSCRIBER_FIELDS
    return (lambda recipient: clean(getattr(recipient, name))) if known else None


def _filter(node: nodes.Filter) -> Reading | None:
    if node.node is None or node.kwargs:
        return None
    if node.name in ("default", "d"):
        return _default(node)
    inner = _prints(node.node)
    if inner is None or node.args or node.name not in _HARMLESS:
        return None
    change = DEFERRABLE[node.name]
    return lambda recipient: change(inner(recipient))


def _default(node: nodes.Filter) -> Reading | None:
    inner = _attribute(node.node) or _prints(node.node) if node.node else None
    fallback = _prints(node.args[0]) if node.args else None
    options = [each.value for each in node.args[1:] if isinstance(each, nodes.Const)]
    if inner is None or fallback is None or len(options) != len(node.args) - 1:
        return None
    return lambda recipient: default(inner(recipient), fallback(recipient), *options)


def _concatenation(node: nodes.Concat) -> Reading | None:
    parts = [_prints(each) for each in node.nodes]
    known = [part for part in parts if part]
    if len(known) != len(parts):
        return None
    return lambda recipient: "".join(str(part(recipient)) for part in known)


def _choice(node: nodes.CondExpr) -> Reading | None:
    test, yes, no = _tests(node.test), _prints(node.expr1), _prints(node.expr2)
    if test is None or yes is None or no is None:
        return None
    return lambda recipient: yes(recipient) if test(recipient) else no(recipient)


def _comparison(node: nodes.Compare) -> Reading | None:
    """Compare for equality, which never fails; an order does between a number and a text."""
    if len(node.ops) != 1 or node.ops[0].op not in _EQUALITY:
        return None
    left, right, equal = _tests(node.expr), _tests(node.ops[0].expr), node.ops[0].op == "eq"
    if left is None or right is None:
        return None
    return lambda recipient: (left(recipient) == right(recipient)) is equal


def _negation(node: nodes.Not) -> Reading | None:
    inner = _tests(node.node)
    return (lambda recipient: not inner(recipient)) if inner else None


def _both(node: nodes.And) -> Reading | None:
    left, right = _tests(node.left), _tests(node.right)
    return (lambda recipient: left(recipient) and right(recipient)) if left and right else None


def _either(node: nodes.Or) -> Reading | None:
    left, right = _tests(node.left), _tests(node.right)
    return (lambda recipient: left(recipient) or right(recipient)) if left and right else None


def _definition(node: nodes.Test) -> Reading | None:
    inner, wanted = _tests(node.node), node.name == "defined"
    if inner is None or node.args or node.name not in ("defined", "undefined"):
        return None
    return lambda recipient: (not isinstance(inner(recipient), Undefined)) is wanted


_PRINTING: dict[type, Callable[..., Reading | None]] = {
    nodes.Const: _constant,
    nodes.Name: _link,
    nodes.Getattr: _field,
    nodes.Filter: _filter,
    nodes.Concat: _concatenation,
    nodes.CondExpr: _choice,
}
_TESTING: dict[type, Callable[..., Reading | None]] = {
    nodes.Not: _negation,
    nodes.And: _both,
    nodes.Or: _either,
    nodes.Compare: _comparison,
    nodes.Test: _definition,
}
