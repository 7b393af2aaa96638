"""The Jinja environment of templates: sandboxed, strict, capped, recipient data deferred.

Templates are files under version control, but a mistake in one must not reach the process
or its memory: the sandbox allows no private attributes, an undefined name is an error,
filters and methods come from a short list, and whatever a run makes is charged to its budget
(`newsletter.rendering.personalisation.budget`).
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator, Mapping
from functools import wraps
from types import BuiltinMethodType
from typing import TYPE_CHECKING, Any, cast

from jinja2 import FunctionLoader, StrictUndefined, nodes, pass_context, pass_eval_context
from jinja2.exceptions import SecurityError, TemplateSyntaxError
from jinja2.runtime import Undefined, markup_join, str_join
from jinja2.sandbox import ImmutableSandboxedEnvironment

from newsletter.errors import NewsletterError, TemplateError, UnsupportedPersonalization
from newsletter.phrases import list_phrases, phrase
from newsletter.places import name_place
from newsletter.rendering import content
from newsletter.rendering.personalisation import budget, deferral, filters, tracing
from newsletter.rendering.personalisation.syntax import Rewriter, filter_call
from newsletter.rendering.pipeline import jinja_words
from newsletter.rendering.pipeline.nesting import nesting_problem
from newsletter.rendering.text import bidi, plaintext

if TYPE_CHECKING:
    from jinja2.environment import Template
    from jinja2.nodes import EvalContext
    from jinja2.runtime import Context

#: Filters that the rewritten tree calls; no template can name them.
_ROUNDS, _JOINED = f"{deferral.OWN}rounds", f"{deferral.OWN}joined"
_SLICED, _WEIGHED = f"{deferral.OWN}sliced", f"{deferral.OWN}weighed"
#: The longest document a template may make, in characters.
MAX_OUTPUT_LENGTH = 2_000_000
#: The longest `range`.
MAX_RANGE_LENGTH = 1_000

#: Attributes that dictionaries have themselves; Jinja takes those before their entries.
_OF_DICTIONARIES = frozenset(dir(dict))

#: Filters that leave a token in a text as it is.
_TRANSPARENT = {
    *(
        "batch",
        "d",
        "default",
        "e",
        "escape",
        "filled",
        "first",
        "isolated",
        "join",
        "last",
        "list",
        "map",
        "reject",
    ),
    *("rejectattr", "safe", "select", "selectattr", "string", "text", "trim", "underline", "wrap"),
}


class Missing(Undefined):
    """An attribute that a subscriber lacks: false, equal to nothing, but never printed."""

    __slots__ = ()
    __str__ = StrictUndefined.__str__
    __iter__ = StrictUndefined.__iter__
    __len__ = StrictUndefined.__len__

    @property
    def _undefined_message(self) -> str:
        return f"there is no {self._undefined_name!r}"


class TemplateEnvironment(ImmutableSandboxedEnvironment):
    """Renders the files of one template, held in memory: (source, path for messages) by name.

    With `deferring` recipient data becomes tokens and decisions of the current run;
    without, templates are rendered with the values of one recipient.
    """

    intercepted_binops = frozenset(["*", "**", "+", "-", "/", "//", "%"])

    def __init__(self, files: Mapping[str, tuple[str, str]], *, deferring: bool = True) -> None:
        super().__init__(
            loader=FunctionLoader(lambda name: (*files[name], None) if name in files else None),
            undefined=StrictUndefined if deferring else Missing,
            autoescape=lambda name: (name or "").endswith(".mjml"),
            finalize=_finalized,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._paths = {name: path for name, (_, path) in files.items()}
        self._deferring = deferring
        self.globals = {
            "range": _range,
            "namespace": self.globals["namespace"],
        }
        named: dict[str, filters.Filter] = {
            **filters.ALLOWED,
            "isolated": bidi.isolate_value,
            "direction": bidi.direction_of,
            "text": plaintext.to_plain_text,
            "wrap": plaintext.wrap_paragraph,
            "underline": plaintext.underline_text,
        }
        self.filters = {
            **{
                name: _charged(_keeping_tokens(name, each), filters.ELEMENT_COSTS.get(name, 0))
                for name, each in named.items()
            },
            **_OWN_FILTERS,
        }
        self.tests = {name: _charged(cast("Any", each)) for name, each in self.tests.items()}
        self.concat = _concatenated  # type: ignore[method-assign]  # Jinja takes it from here

    def output(self, name: str, variables: Mapping[str, object]) -> str:
        """Return what the template file makes of the variables.

        Raises `TemplateError` with file and line, and `UnsupportedPersonalization`.
        """
        try:
            return "".join(self._pieces(name, variables))
        except NewsletterError:
            raise
        except TemplateSyntaxError as err:
            raise TemplateError(
                jinja_words.explain(err.message or ""),
                path=self._path(err.name or name),
                line=err.lineno,
            ) from None
        except Exception as err:
            # Filters assert, and Python itself has limits: whatever it is, it has a line.
            raise self._placed(err, name) from err

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return `obj.attribute`; most of what templates read needs none of Jinja's rules."""
        if isinstance(obj, content.KINDS) and attribute in obj.__slots__:
            return getattr(obj, attribute)
        if type(obj) is dict and attribute in obj and attribute not in _OF_DICTIONARIES:
            return obj[attribute]
        return super().getattr(obj, attribute)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Allow fields of the content, and of Python's own types the methods listed."""
        if isinstance(obj, content.KINDS):
            return attr in obj.__slots__
        if not super().is_safe_attribute(obj, attr, value):
            return False
        if isinstance(obj, str) and tracing.current_run().trace.holds_token(obj):
            raise _mixed(phrase("the method {name!r}", name=attr), obj)
        own_type = type(obj).__module__ == "builtins" or isinstance(obj, str)
        return not own_type or not callable(value) or attr in filters.SAFE_METHODS

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805
        """Call a macro, a method or a function, and charge it."""
        spent = tracing.current_run().budget
        spent.call()
        owner = getattr(__obj, "__self__", None) if isinstance(__obj, BuiltinMethodType) else None
        spent.spend(sum(map(budget.weigh_value, (owner, *args, *kwargs.values()))))
        result = super().call(__context, __obj, *args, **kwargs)
        spent.spend(budget.weigh_value(result))
        return result

    def get_template(self, *args: Any, **kwargs: Any) -> Template:
        """Return a template file; one that is included is charged as a call."""
        tracing.current_run().budget.call()
        return super().get_template(*args, **kwargs)

    def wrap_str_format(self, value: Any) -> None:
        """Refuse `format` of text, whose width can fill the memory."""
        if super().wrap_str_format(value) is not None:
            raise SecurityError(phrase("format() is not allowed; use ~ to join texts"))

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Return `obj[argument]`; a text with a token in it cannot be cut."""
        if isinstance(obj, str) and tracing.current_run().trace.holds_token(obj):
            raise _mixed(phrase("an index"), obj)
        return super().getitem(obj, argument)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Calculate, but not with results that fill the memory."""
        if operator == "%" and isinstance(left, str):
            raise SecurityError(phrase('"%" with text is not allowed; use ~ to join texts'))
        weight = budget.weigh_value(left) + budget.weigh_value(right)
        if operator == "**":
            _check_power(left, right)
        if operator == "*":
            _check_product(left, right)
        result = super().call_binop(context, operator, left, right)
        tracing.current_run().budget.spend(weight + budget.weigh_value(result))
        return result

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        if (place := source.find(deferral.OWN)) >= 0:
            line = source.count("\n", 0, place) + 1
            problem = phrase("names with {name!r} are the renderer's own", name=deferral.OWN)
            raise TemplateSyntaxError(problem, line, name, filename)
        if deep := nesting_problem(self.lex(source, name, filename)):
            line, why = deep
            raise TemplateSyntaxError(why, line, name, filename)
        tree = super()._parse(source, name, filename)
        if self._deferring:
            tree = deferral.defer_tree(tree, filename or name or "template")
        capped: nodes.Template = _Capping().visit(tree)
        return capped

    def _pieces(self, name: str, variables: Mapping[str, object]) -> Iterator[str]:
        length = 0
        for piece in self.get_template(name).generate(variables):
            length += len(piece)
            if length > MAX_OUTPUT_LENGTH:
                raise SecurityError(
                    phrase(
                        "more than {number} characters of output", number=f"{MAX_OUTPUT_LENGTH:,}"
                    )
                )
            yield piece

    def _placed(self, err: Exception, name: str) -> TemplateError:
        path, line = self._path(name), 0
        places = set(self._paths.values())
        for frame in traceback.extract_tb(err.__traceback__):
            if frame.filename in places:
                path, line = frame.filename, frame.lineno or 0
        kind = UnsupportedPersonalization if isinstance(err, _Mixed) else TemplateError
        return kind(
            jinja_words.explain_error(err) or type(err).__name__,
            path=path,
            line=line,
            hint=_hint(err),
        )

    def _path(self, name: str) -> str:
        return self._paths.get(name, name)


class _Mixed(SecurityError):
    """An editor's merge tag would be changed before it is filled in."""


class _Capping(Rewriter):
    """Lets loops, joined texts, lists and what is compared or kept be charged."""

    def rewrite_for(self, node: nodes.For) -> nodes.Node:
        """Count the rounds of a loop before it begins."""
        self.generic_visit(node)
        length = nodes.Const(sum(map(_fixed_length, node.body)), lineno=node.lineno)
        node.iter = filter_call(_ROUNDS, cast("nodes.Expr", node.iter), length)
        return node

    def rewrite_assign(self, node: nodes.Assign) -> nodes.Node:
        """Weigh what is kept."""
        self.generic_visit(node)
        node.node = filter_call(_WEIGHED, cast("nodes.Expr", node.node))
        return node

    def rewrite_list(self, node: nodes.List) -> nodes.Node:
        """Weigh a list when it is made: it may hold another one many times."""
        return filter_call(_WEIGHED, cast("nodes.Expr", self.generic_visit(node)))

    def rewrite_tuple(self, node: nodes.Tuple) -> nodes.Node:
        """Weigh a tuple, unless it is what a loop or `set` unpacks into."""
        self.generic_visit(node)
        return node if node.ctx != "load" else filter_call(_WEIGHED, node)

    def rewrite_dict(self, node: nodes.Dict) -> nodes.Node:
        """Weigh a dictionary."""
        return filter_call(_WEIGHED, cast("nodes.Expr", self.generic_visit(node)))

    def rewrite_compare(self, node: nodes.Compare) -> nodes.Node:
        """Weigh what is compared, but for what is written there."""
        self.generic_visit(node)
        node.expr = _weighed_unless_fixed(node.expr)
        for operand in node.ops:
            operand.expr = _weighed_unless_fixed(operand.expr)
        return node

    def rewrite_concat(self, node: nodes.Concat) -> nodes.Node:
        """Measure the texts that `~` joins before they are joined."""
        texts = nodes.List(node.nodes, lineno=node.lineno)
        self.generic_visit(texts)
        return filter_call(_JOINED, texts)

    def rewrite_getitem(self, node: nodes.Getitem) -> nodes.Node:
        """Let a slice be looked at, which Jinja takes from the value directly."""
        self.generic_visit(node)
        if not isinstance(node.arg, nodes.Slice):
            return node
        bounds = (node.arg.start, node.arg.stop, node.arg.step)
        none = nodes.Const(None, lineno=node.lineno)
        return filter_call(_SLICED, node.node, *(bound or none for bound in bounds))


def _weighed_unless_fixed(node: nodes.Expr) -> nodes.Expr:
    return node if isinstance(node, nodes.Const) else filter_call(_WEIGHED, node)


def _fixed_length(node: nodes.Node) -> int:
    """Return how long the fixed text in a part of a template is, in loops inside once."""
    own = len(node.data) if isinstance(node, nodes.TemplateData) else 0
    return own + sum(map(_fixed_length, node.iter_child_nodes()))


@pass_context
def _weighed(_context: Context, value: Any) -> Any:
    tracing.current_run().budget.spend(budget.weigh_value(value))
    return value


def _concatenated(pieces: Iterable[str]) -> str:
    """Return the text of a macro or a block."""
    texts = list(pieces)
    tracing.current_run().budget.spend(sum(map(len, texts)))
    return "".join(texts)


@pass_context
def _sliced(context: Context, value: Any, *bounds: int | None) -> Any:
    if isinstance(value, str) and tracing.current_run().trace.holds_token(value):
        raise _mixed(phrase("an index"), value)
    return _weighed(context, value[slice(*bounds)])


@pass_eval_context
def _finalized(context: EvalContext, value: object) -> object:
    """Send formatted text around MJML; in plain text, write it plain; charge what is printed."""
    run = tracing.current_run()
    run.budget.spend(len(value) if isinstance(value, str) else budget.weigh_value(value))
    if not isinstance(value, tracing.Rich):
        return value
    return run.emit_markup(value) if context.autoescape else plaintext.to_plain_text(value)


def _range(*bounds: int) -> range:
    numbers = range(*bounds)
    if len(numbers) > MAX_RANGE_LENGTH:
        raise SecurityError(phrase("a range of more than {number}", number=f"{MAX_RANGE_LENGTH:,}"))
    return numbers


@pass_context
def _rounds(_context: Context, values: Iterable[object], length: int) -> Iterable[object]:
    """Return what a loop goes through, charged with the fixed text of each round."""
    rounds = values if isinstance(values, (list, tuple, range, str)) else list(values)
    spent = tracing.current_run().budget
    spent.loop(len(rounds))
    spent.spend(len(rounds) * length)
    return rounds


@pass_context
def _joined(context: Context, values: list[object]) -> str:
    tracing.current_run().budget.spend(budget.weigh_value(values))
    return markup_join(values) if context.eval_ctx.autoescape else str_join(values)


@pass_context
def _emit(_context: Context, place: str, pieces: list[object]) -> str:
    return tracing.current_run().emit(place, pieces)


@pass_context
def _branch(_context: Context, place: str, pieces: list[object]) -> bool:
    return tracing.current_run().branch(place, pieces)


#: What the rewritten tree calls.  All ask for the context: without, Jinja would call them once
#: for what is constant, and later runs would not be charged.
_OWN_FILTERS: dict[str, filters.Filter] = {
    _ROUNDS: _rounds,
    _JOINED: _joined,
    _SLICED: _sliced,
    _WEIGHED: _weighed,
    deferral.EMIT: _emit,
    deferral.BRANCH: _branch,
}


def _check_product(left: Any, right: Any) -> None:
    for one, other in ((left, right), (right, left)):
        if isinstance(one, (str, list, tuple)) and isinstance(other, int):
            budget.too_long(budget.weigh_value(one) * max(other, 0))
    if isinstance(left, int) and isinstance(right, int):
        _check_bits(left.bit_length() + right.bit_length())


def _check_power(left: Any, right: Any) -> None:
    if isinstance(left, int) and isinstance(right, int):
        _check_bits(left.bit_length() * abs(right))


def _check_bits(bits: int) -> None:
    if bits > budget.LARGEST_NUMBER:
        raise SecurityError(budget.HUGE_NUMBER)


def _charged(original: filters.Filter, element_cost: int = 0) -> filters.Filter:
    """Return a filter or test whose arguments and result are charged, and each element of them."""

    @wraps(original)
    def charged(*arguments: Any, **named: Any) -> Any:
        spent = tracing.current_run().budget
        if element_cost:
            collections = (each for each in arguments if isinstance(each, (list, tuple, dict)))
            spent.spend(element_cost * sum(map(len, collections)))
        # The first may be the environment, which filters that ask for it are given.
        spent.spend(sum(map(budget.weigh_value, (*arguments, *named.values()))))
        result = original(*arguments, **named)
        spent.spend(budget.weigh_value(result))
        return result

    return charged


def _keeping_tokens(name: str, original: filters.Filter) -> filters.Filter:
    """Return the filter, refusing texts with tokens unless it leaves them whole."""
    if name in _TRANSPARENT:
        return original

    @wraps(original)
    def checked(*arguments: Any, **named: Any) -> Any:
        trace = tracing.current_run().trace
        given = [*arguments, *named.values()]
        held = [each for each in given if isinstance(each, str) and trace.holds_token(each)]
        # `replace(old, new)` puts a text whole into another one, which has no tag in it.
        if held and not (name == "replace" and len(given) > 2 and held == given[-1:]):
            raise _mixed(phrase("the filter {name!r}", name=name), *held)
        return original(*arguments, **named)

    return checked


def _mixed(what: str, *texts: str) -> _Mixed:
    """Return the error about texts with merge tags, which names the fields they stand in."""
    trace = tracing.current_run().trace
    fields = sorted({field for text in texts for field in trace.fields(text)})
    if not fields:
        return _Mixed(phrase("{what} would break a merge tag in an editor's text", what=what))
    named = list_phrases([name_place(field) for field in fields])
    return _Mixed(
        phrase("{what} would break a merge tag in the issue's {fields}", what=what, fields=named)
    )


def _hint(err: Exception) -> str:
    if not isinstance(err, _Mixed):
        return ""
    return phrase("Write that field without merge tags; or print it in the template as it is.")
