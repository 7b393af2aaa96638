"""The filters and methods templates may use; none can be made to fill the memory."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from jinja2 import Environment, Undefined, pass_environment, pass_eval_context
from jinja2.filters import FILTERS
from jinja2.nodes import EvalContext
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup, escape

from newsletter.phrases import phrase
from newsletter.rendering.personalisation.budget import too_long

Filter = Callable[..., Any]
_TAG_OR_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)|<[^<>]*>", re.DOTALL)

#: Methods of text and collections; others of Python's build gigabytes from one word.
SAFE_METHODS = {
    *("capitalize", "endswith", "get", "index", "isdigit", "items", "keys", "lower", "lstrip"),
    *("rstrip", "split", "startswith", "strip", "title", "upper", "values"),
}

_OF_TEXT = {
    *("capitalize", "count", "first", "last", "length", "lower", "string"),
    *("title", "trim", "truncate", "upper", "urlencode"),
}
_OF_VALUES = {
    *("abs", "dictsort", "e", "escape", "groupby", "list", "map", "max", "min", "reject"),
    *("rejectattr", "reverse", "round", "safe", "select", "selectattr", "sort", "unique"),
}

#: What filters are charged for an element, in characters: these call Python for each of them, which
#: takes as long as to make that many.
ELEMENT_COSTS = dict.fromkeys(
    ("dictsort", "groupby", "map", "max", "min", "reject", "rejectattr", "select", "selectattr",
     "sort", "sum", "unique"),
    10,
)  # fmt: skip


def default(value: object, fallback: object = "", boolean: bool = True) -> object:
    """Return the value, or the fallback if it is missing or (unlike Jinja's own) empty.

    A subscriber whose first name is not known has an empty one.
    """
    missing = isinstance(value, Undefined) or (boolean and not value)
    return fallback if missing else value


def replace(value: object, old: str, new: str) -> str:
    """Return the text with every `old` replaced by `new`."""
    text = value if isinstance(value, str) else str(value)
    too_long(len(text) + text.count(str(old)) * len(str(new)))
    return text.replace(str(old), str(new))


def whole(value: object, default: int = 0, base: int = 10) -> int:
    """Return the value as a whole number, or the default if it is none."""
    try:
        return int(FILTERS["int"](value, default, base))
    except OverflowError:
        return default


def decimal(value: object, default: float = 0.0) -> float:
    """Return the value as a number with decimals, or the default if it is none."""
    try:
        return float(FILTERS["float"](value, default))
    except OverflowError:
        return default


@pass_eval_context
def filled(context: EvalContext, pattern: object, **values: object) -> str:
    """Return the text with `{name}` replaced by each value; `{email}` and others stay."""
    text = escape(pattern) if context.autoescape else str(pattern)
    for name, value in values.items():
        too_long(len(text) + text.count(f"{{{name}}}") * len(str(value)))
        # Escapes what is no HTML yet, where there is HTML.
        text = text.replace(f"{{{name}}}", value if isinstance(value, str) else str(value))
    return text


def join(values: Iterable[object], separator: str = "") -> str:
    """Return the values as text with the separator between them."""
    texts = [str(value) for value in values]
    too_long(sum(map(len, texts)) + len(texts) * len(separator))
    return separator.join(texts)


def batch(values: Iterable[object], size: int) -> list[list[object]]:
    """Return the values in rows of `size`; the last row may be shorter."""
    row = list(values)
    return [row[start : start + size] for start in range(0, len(row), size)]


@pass_environment
def total(
    environment: Environment,
    values: Iterable[Any],
    attribute: str | None = None,
    start: float = 0,
) -> Any:
    """Return the sum of numbers; lists would be copied once for each.

    An attribute is read as a template reads it, in the sandbox.
    """
    numbers = [environment.getattr(each, attribute) if attribute else each for each in values]
    if not all(isinstance(each, (int, float)) for each in [start, *numbers]):
        raise TypeError(phrase("sum adds numbers"))
    return sum(numbers, start)


def tojson(value: object) -> Markup:
    """Return the value as JSON in one line: a margin of its own could fill the memory."""
    return htmlsafe_json_dumps(value)


def striptags(value: object) -> str:
    """Return the text without tags and comments, in one line."""
    return html.unescape(" ".join(_TAG_OR_COMMENT.sub("", str(value)).split()))


def capped(original: Filter) -> Filter:
    """Return the filter, refusing texts and lists that are too long."""

    @wraps(original)
    def shorter(*arguments: Any, **named: Any) -> Any:
        for argument in arguments:
            if isinstance(argument, (str, list, tuple)):
                too_long(len(argument))
        return original(*arguments, **named)

    return shorter


#: Filters that a subscriber's data may go through, too; see `language`.
RECIPIENT_FILTERS: dict[str, Filter] = {
    **{name: FILTERS[name] for name in _OF_TEXT},
    "default": default,
    "d": default,
    "float": decimal,
    "int": whole,
    "replace": replace,
}

#: Filters for templates.
ALLOWED: dict[str, Filter] = {
    **{name: FILTERS[name] for name in _OF_VALUES},
    **RECIPIENT_FILTERS,
    "batch": batch,
    "filled": filled,
    "join": join,
    "striptags": striptags,
    "sum": total,
    "tojson": tojson,
}
ALLOWED = {name: capped(each) for name, each in ALLOWED.items()}
