"""The language of recipient data: `subscriber.first_name|default('reader')`.

It is closed: fields with filters, texts joined by `~`, conditional expressions, comparisons,
`in`, `and`, `or`, `not` and `is defined`.  Each expression has a kind, known beforehand, and what
may be missing needs a default.  So whatever is let in has a value for every recipient, and an
edition that compiles can be filled in for everybody.

The same rules are applied twice: when a template is parsed, where the parts that do not depend
on the recipient are not known yet, and when these have become literals.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, NoReturn, cast

from jinja2 import Environment, Undefined, nodes
from jinja2.filters import FILTERS

from newsletter.errors import UnsupportedPersonalization
from newsletter.phrases import Phrase, phrase
from newsletter.rendering.personalisation.contexts import is_web_address
from newsletter.rendering.personalisation.filters import RECIPIENT_FILTERS
from newsletter.rendering.personalisation.recipients import NAMES, SUBSCRIBER_FIELDS, clean_value
from newsletter.rendering.personalisation.residual import (
    is_attributes,
    mentions_recipient,
    show_expression,
)

if TYPE_CHECKING:
    from newsletter.rendering.personalisation.recipients import RecipientData

#: What an expression is for a recipient.
Reading = Callable[["RecipientData"], object]


class Kind(StrEnum):
    """What an expression is for everybody."""

    TEXT = "a text"
    NUMBER = "a number"
    LIST = "a list"
    TEST = "a test"
    MIXED = "a mixture of kinds"
    KNOWN = "known when compiling"  #: a part of a template that is being parsed

    @property
    def words(self) -> Phrase:
        """The kind as a phrase."""
        return _KINDS[self]


_KINDS = {
    Kind.TEXT: phrase("a text"),
    Kind.NUMBER: phrase("a number"),
    Kind.LIST: phrase("a list"),
    Kind.TEST: phrase("a test"),
    Kind.MIXED: phrase("a mixture of kinds"),
    Kind.KNOWN: phrase("known when compiling"),
}


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression of the language; an `optional` one is missing for some recipients."""

    read: Reading
    kind: Kind
    optional: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class _Filter:
    """What a filter takes, besides `arguments` that are fixed, and what it makes of it."""

    function: Callable[..., object]
    takes: frozenset[Kind] = frozenset([Kind.TEXT])
    gives: Kind = Kind.TEXT
    arguments: Mapping[str, type] = field(default_factory=dict)
    required: int = 0
    optional: bool = False


_ALLOWED = phrase(
    "Print fields of the subscriber with filters, or test them in {% if %} with comparisons, "
    "in, and, or, not and is defined; prepare anything else as a field of its own."
)
#: Characters in one argument of a filter: what it makes of a field stays small.
MAX_ARGUMENT_LENGTH = 1_000
_MISSING = Undefined()
_PARSER = Environment(autoescape=True)
_LINKS = frozenset(NAMES) - {"subscriber"}
_ORDERS = {"lt": operator.lt, "lteq": operator.le, "gt": operator.gt, "gteq": operator.ge}
_PRINTABLE = frozenset([Kind.TEXT, Kind.NUMBER, Kind.MIXED])

_FILTERS: dict[str, _Filter] = {
    **{
        name: _Filter(function=FILTERS[name])
        for name in ("capitalize", "lower", "title", "upper", "urlencode")
    },
    "count": _Filter(function=len, gives=Kind.NUMBER),
    "first": _Filter(function=lambda text: text[:1] or _MISSING, optional=True),
    "float": _Filter(
        function=RECIPIENT_FILTERS["float"],
        takes=_PRINTABLE,
        gives=Kind.NUMBER,
        arguments={"default": float},
    ),
    "int": _Filter(
        function=RECIPIENT_FILTERS["int"],
        takes=_PRINTABLE,
        gives=Kind.NUMBER,
        arguments={"default": int},
    ),
    "last": _Filter(function=lambda text: text[-1:] or _MISSING, optional=True),
    "length": _Filter(function=len, gives=Kind.NUMBER),
    "replace": _Filter(
        function=lambda text, old, new: text.replace(old, new),
        arguments={"old": str, "new": str},
        required=2,
    ),
    "string": _Filter(function=str, takes=_PRINTABLE),
    "trim": _Filter(function=FILTERS["trim"], arguments={"chars": str}),
    "truncate": _Filter(
        function=partial(FILTERS["truncate"], _PARSER),
        arguments={"length": int, "killwords": bool, "end": str, "leeway": int},
    ),
}


@lru_cache(maxsize=4096)
def compile_printing(source: str) -> Callable[[RecipientData], str]:
    """Return what gives the text of an expression.

    Raises `UnsupportedPersonalization`, without a place, for what is not of the language.
    """
    expression = check_printable(_parsed(source))
    read = expression.read
    if expression.kind is Kind.TEXT:
        return cast("Callable[[RecipientData], str]", read)
    return lambda recipient: str(read(recipient))


@lru_cache(maxsize=4096)
def compile_test(source: str) -> Callable[[RecipientData], bool]:
    """Return what says whether a test holds; raises as `compile_printing`."""
    read = check_testable(_parsed(source)).read
    return lambda recipient: bool(read(recipient))


@lru_cache(maxsize=4096)
def is_address(source: str) -> bool:
    """Say whether an expression is an address of the web, or begins as one, for everybody."""
    return _begins_address(_parsed(source))


def check_printable(node: nodes.Expr) -> Expression:
    """Return the expression that a node is; raises as `compile_printing` if it is none."""
    return _sure(node)


def check_testable(node: nodes.Expr) -> Expression:
    """Return the test that a node is; raises as `compile_printing` if it cannot be one."""
    if not mentions_recipient(node):
        return _known(node)
    rule = _RULES.get(type(node))
    if rule is None:
        kind = type(node).__name__
        _refuse(_REFUSED.get(kind) or _unusable(node))
    return rule(node)


def _parsed(source: str) -> nodes.Expr:
    output = cast("nodes.Output", _PARSER.parse("{{ " + source + " }}").body[0])
    return output.nodes[0]


_IN_LIST = phrase("a subscriber's data cannot be put in a list")
_REFUSED = {
    "Add": phrase("a subscriber's data cannot be added; join texts with ~"),
    "Call": phrase("a subscriber's data cannot be used in a call"),
    "Dict": phrase("a subscriber's data cannot be put in a dictionary"),
    "List": _IN_LIST,
    "Tuple": _IN_LIST,
}


def _unusable(node: nodes.Expr) -> Phrase:
    return phrase(
        "a subscriber's data cannot be used in this expression ({kind})", kind=type(node).__name__
    )


def _refuse(problem: str, hint: str = _ALLOWED) -> NoReturn:
    raise UnsupportedPersonalization(problem, hint=hint)


def _data(node: nodes.Expr) -> Expression:
    """Return an expression whose value can be printed, unless it is missing."""
    expression = check_testable(node)
    if expression.kind is Kind.TEST:
        _refuse(
            phrase("a subscriber's data makes a test here, and only its outcome can be printed"),
            phrase(
                "Write {{ 'one' if … else 'other' }}; "
                "for words instead of nothing |default('words')."
            ),
        )
    if expression.kind is Kind.LIST:
        _refuse(phrase("a list cannot be mixed into a subscriber's data"))
    return expression


def _sure(node: nodes.Expr) -> Expression:
    """Return an expression that has a value for everybody."""
    expression = _data(node)
    if expression.optional:
        source = show_expression(node)
        raise UnsupportedPersonalization(
            phrase("{source} is missing for some subscribers", source=source),
            hint=phrase(
                "Say what they get instead: {source}|default('…'), or default('') for nothing.",
                source=source,
            ),
        )
    return expression


def _known(node: nodes.Expr) -> Expression:
    value = _constant(node)
    if value is _LATER:
        return Expression(_never, Kind.KNOWN)
    if isinstance(value, str):
        kind = Kind.TEXT
    elif isinstance(value, list | tuple):
        kind = Kind.LIST
    elif isinstance(value, int | float) and not isinstance(value, bool):
        kind = Kind.NUMBER
    else:
        kind = Kind.MIXED
    return Expression(lambda _: value, kind)


#: Stands for a value that is not known before the template runs.
_LATER = object()


def _constant(node: nodes.Expr) -> object:
    if isinstance(node, nodes.Const | nodes.List | nodes.Tuple | nodes.Neg):
        try:
            return node.as_const()
        except nodes.Impossible:
            return _LATER
    return _LATER


def _never(_: RecipientData) -> NoReturn:
    _refuse(phrase("a subscriber's data is asked for before the template has run"))


def _name(node: nodes.Name) -> Expression:
    if node.name == "subscriber":
        _refuse(
            phrase("a subscriber's data cannot be used as a whole"),
            phrase("Name a field: subscriber.first_name"),
        )
    return _field_named(node.name)


def _field_named(name: str) -> Expression:
    return Expression(lambda recipient: clean_value(getattr(recipient, name)), Kind.TEXT)


def _member(node: nodes.Getattr | nodes.Getitem) -> Expression:
    name = node.attr if isinstance(node, nodes.Getattr) else _constant(node.arg)
    if is_attributes(node.node):
        if isinstance(name, str):
            return _attribute(name)
        if name is _LATER and _is_later_name(cast("nodes.Getitem", node).arg):
            return Expression(_never, Kind.TEXT, optional=True)
    whose = isinstance(node.node, nodes.Name) and node.node.name == "subscriber"
    if whose and isinstance(name, str) and name in SUBSCRIBER_FIELDS:
        return _field_named(name)
    if isinstance(name, str) and _is_of_subscriber(node.node):
        fields = ", ".join([*SUBSCRIBER_FIELDS, "attributes.NAME"])
        raise UnsupportedPersonalization(
            phrase("{name!r} is not a field of the subscriber", name=name),
            hint=phrase("There are: {names}", names=fields),
        )
    _refuse(_unusable(node))


def _is_later_name(node: nodes.Expr) -> bool:
    return not isinstance(node, nodes.Slice) and not mentions_recipient(node)


def _is_of_subscriber(node: nodes.Expr) -> bool:
    while isinstance(node, nodes.Getattr):
        node = node.node
    return isinstance(node, nodes.Name) and node.name == "subscriber"


def _attribute(name: str) -> Expression:
    def read(recipient: RecipientData) -> object:
        found = recipient.attributes.get(name)
        return _MISSING if found is None else clean_value(found)

    return Expression(read, Kind.TEXT, optional=True)


def _filter(node: nodes.Filter) -> Expression:
    if node.name in ("default", "d"):
        return _default(node)
    rule = _FILTERS.get(node.name)
    if rule is None or node.node is None:
        raise UnsupportedPersonalization(
            phrase("the filter {name!r} cannot be used on a subscriber's data", name=node.name),
            hint=phrase("These can: {names}", names=", ".join(sorted(RECIPIENT_FILTERS))),
        )
    inner = _sure(node.node)
    if inner.kind is not Kind.KNOWN and inner.kind not in rule.takes:
        raise UnsupportedPersonalization(
            phrase(
                "the filter {name!r} takes a text, not {kind}",
                name=node.name,
                kind=inner.kind.words,
            ),
            hint=phrase("Put |string before it."),
        )
    change, read = _with_arguments(node, rule), inner.read
    return Expression(lambda recipient: change(read(recipient)), rule.gives, rule.optional)


def _with_arguments(node: nodes.Filter, rule: _Filter) -> Callable[[object], object]:
    """Return the function of a filter with its arguments, tried once."""
    given = {name: _argument(node, each) for name, each in _bound(node, tuple(rule.arguments))}
    for name, value in given.items():
        kind = rule.arguments[name]
        fits = isinstance(value, int | float if kind is float else kind)
        if value is not _LATER and not fits:
            raise UnsupportedPersonalization(
                phrase(
                    "the filter {name!r} takes {kind} as {argument}",
                    name=node.name,
                    kind=kind.__name__,
                    argument=name,
                )
            )
    if len(given) < rule.required:
        raise UnsupportedPersonalization(
            phrase(
                "the filter {name!r} needs {arguments}",
                name=node.name,
                arguments=", ".join(rule.arguments),
            )
        )
    if not given:
        return rule.function
    change = partial(rule.function, **given)
    if _LATER not in given.values():
        try:
            change("")
        except Exception as err:  # noqa: BLE001  filters of Jinja assert
            raise UnsupportedPersonalization(
                phrase("the filter {name!r}: {problem}", name=node.name, problem=str(err))
            ) from None
    return change


def _argument(node: nodes.Filter, argument: nodes.Expr) -> Any:
    if mentions_recipient(argument):
        _refuse(
            phrase(
                "a subscriber's data cannot be an argument of the filter {name!r}", name=node.name
            )
        )
    value = _constant(argument)
    if isinstance(value, str) and len(value) > MAX_ARGUMENT_LENGTH:
        raise UnsupportedPersonalization(
            phrase(
                "more than {number} characters for the filter {name!r}",
                number=f"{MAX_ARGUMENT_LENGTH:,}",
                name=node.name,
            )
        )
    return value


def _bound(node: nodes.Filter, names: tuple[str, ...]) -> list[tuple[str, nodes.Expr]]:
    """Return the arguments of a filter by their names."""
    named = [(str(pair.key), pair.value) for pair in node.kwargs]
    bound = [*zip(names, node.args, strict=False), *named]
    given = [name for name, _ in bound]
    too_many = len(node.args) > len(names) or len({*given}) < len(given)
    if node.dyn_args or node.dyn_kwargs or too_many or not {*given} <= {*names}:
        raise UnsupportedPersonalization(
            phrase(
                "the filter {name!r} takes {arguments} besides a subscriber's data",
                name=node.name,
                arguments=", ".join(names) or phrase("nothing"),
            )
        )
    return bound


def _default(node: nodes.Filter) -> Expression:
    given = dict(_bound(node, ("fallback", "boolean")))
    inner = _data(cast("nodes.Expr", node.node))
    boolean = _constant(given["boolean"]) if "boolean" in given else True
    if "fallback" not in given or not isinstance(boolean, bool):
        raise UnsupportedPersonalization(
            phrase(
                "the filter {name!r} needs the words for subscribers without a value",
                name=node.name,
            ),
            hint=phrase(
                "Write |default('words'), and |default('words', false) to keep empty values."
            ),
        )
    fallback = _data(given["fallback"])
    value, instead = inner.read, fallback.read

    def read(recipient: RecipientData) -> object:
        if boolean:
            return value(recipient) or instead(recipient)
        found = value(recipient)
        return instead(recipient) if found is _MISSING else found

    return Expression(read, _either_kind(inner, fallback), fallback.optional)


def _either_kind(one: Expression, other: Expression) -> Kind:
    kinds = {one.kind, other.kind} - {Kind.KNOWN}
    if Kind.TEST in kinds:
        return Kind.TEST
    return kinds.pop() if len(kinds) == 1 else Kind.MIXED if kinds else Kind.KNOWN


def _concatenation(node: nodes.Concat) -> Expression:
    parts = [_sure(each).read for each in node.nodes]
    return Expression(
        lambda recipient: "".join([str(part(recipient)) for part in parts]), Kind.TEXT
    )


def _choice(node: nodes.CondExpr) -> Expression:
    if node.expr2 is None:
        _refuse(
            phrase("a subscriber's data is printed for some and not for others"),
            phrase("Write else '' for the others."),
        )
    test, one, other = (
        check_testable(node.test).read,
        check_testable(node.expr1),
        check_testable(node.expr2),
    )
    yes, no = one.read, other.read
    return Expression(
        lambda recipient: yes(recipient) if test(recipient) else no(recipient),
        _either_kind(one, other),
        one.optional or other.optional,
    )


def _comparison(node: nodes.Compare) -> Expression:
    steps, left = [], node.expr
    for operand in node.ops:
        steps.append(_step(operand.op, left, operand.expr))
        left = operand.expr
    if len(steps) == 1:
        return Expression(steps[0], Kind.TEST)
    return Expression(lambda recipient: all(step(recipient) for step in steps), Kind.TEST)


def _step(name: str, left: nodes.Expr, right: nodes.Expr) -> Reading:
    if name in ("in", "notin"):
        return _membership(left, right, wanted=name == "in")
    if name in _ORDERS:
        return _order(name, left, right)
    one, other, equal = check_testable(left).read, check_testable(right).read, name == "eq"
    return lambda recipient: (one(recipient) == other(recipient)) is equal


def _order(name: str, left: nodes.Expr, right: nodes.Expr) -> Reading:
    """Compare numbers with numbers, or texts with texts."""
    one, other = _sure(left), _sure(right)
    kinds = {one.kind, other.kind} - {Kind.KNOWN}
    if kinds not in ({Kind.TEXT}, {Kind.NUMBER}, set()):
        raise UnsupportedPersonalization(
            phrase(
                "{one} cannot be less or more than {other}",
                one=one.kind.words,
                other=other.kind.words,
            ),
            hint=phrase("Make a number of the field: subscriber.attributes.age|default(0)|int"),
        )
    compare: Callable[[Any, Any], object] = _ORDERS[name]
    first, second = one.read, other.read
    return lambda recipient: compare(first(recipient), second(recipient))


def _membership(left: nodes.Expr, right: nodes.Expr, *, wanted: bool) -> Reading:
    """Look for a value in a list, or for a text in a text."""
    whole = check_testable(right)
    if whole.kind in (Kind.LIST, Kind.KNOWN):
        part = check_testable(left)
    else:
        whole, part = _sure(right), _sure(left)
        if whole.kind is not Kind.TEXT or part.kind not in (Kind.TEXT, Kind.KNOWN):
            raise UnsupportedPersonalization(
                phrase("{part} cannot be in {whole}", part=part.kind.words, whole=whole.kind.words),
                hint=phrase(
                    "Write subscriber.name in ['one', 'other'], or 'word' in subscriber.name"
                ),
            )
    needle, haystack = part.read, whole.read
    return lambda recipient: (needle(recipient) in cast("Any", haystack(recipient))) is wanted


def _negation(node: nodes.Not) -> Expression:
    inner = check_testable(node.node).read
    return Expression(lambda recipient: not inner(recipient), Kind.TEST)


def _both(node: nodes.And) -> Expression:
    left, right = check_testable(node.left).read, check_testable(node.right).read
    return Expression(lambda recipient: left(recipient) and right(recipient), Kind.TEST)


def _either(node: nodes.Or) -> Expression:
    left, right = check_testable(node.left).read, check_testable(node.right).read
    return Expression(lambda recipient: left(recipient) or right(recipient), Kind.TEST)


def _definition(node: nodes.Test) -> Expression:
    if node.name not in ("defined", "undefined") or node.args or node.kwargs or node.dyn_args:
        raise UnsupportedPersonalization(
            phrase("a subscriber's data cannot be tested with 'is {name}'", name=node.name),
            hint=phrase("There are: {names}", names="is defined, is undefined"),
        )
    inner, wanted = check_testable(node.node).read, node.name == "defined"
    return Expression(lambda recipient: (inner(recipient) is not _MISSING) is wanted, Kind.TEST)


def _begins_address(node: nodes.Expr) -> bool:
    if isinstance(node, nodes.Const):
        return isinstance(node.value, str) and is_web_address(node.value)
    if isinstance(node, nodes.Concat):
        return _begins_address(node.nodes[0])
    if isinstance(node, nodes.CondExpr):
        return all(each and _begins_address(each) for each in (node.expr1, node.expr2))
    return isinstance(node, nodes.Name) and node.name in _LINKS


_RULES: dict[type, Callable[..., Expression]] = {
    nodes.Name: _name,
    nodes.Getattr: _member,
    nodes.Getitem: _member,
    nodes.Filter: _filter,
    nodes.Concat: _concatenation,
    nodes.CondExpr: _choice,
    nodes.Compare: _comparison,
    nodes.Not: _negation,
    nodes.And: _both,
    nodes.Or: _either,
    nodes.Test: _definition,
}
