"""The small changes to a module or to SQL, each of which a test should notice."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import CodeType


@dataclass(frozen=True, kw_only=True, slots=True)
class Mutation:
    """One change: what stood in a line, what stands there instead, and the changed text or tree.

    For SQL, `statement` is the name of the statement and `changed` its new text.
    """

    line: int
    before: str
    after: str
    changed: ast.Module | str
    statement: str = ""


#: A node, and the nodes that may stand in its place.
Rule = Callable[[ast.AST], Iterator[ast.AST]]

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
#: Calls that only choose rows: without one of its arguments, each chooses more or fewer.
CHOOSING = {"filter", "exclude", "get", "Q"}
#: What nobody holds by tests: the text of a log, and what only the type checker reads.
UNHELD = {"log", "logger"}


# Python


def python_mutations(source: str) -> Iterator[Mutation]:
    """Yield every change of a module, in the order of the source."""
    tree = ast.parse(source)
    places = [place for place in walk(tree, ()) if isinstance(found(tree, place), ast.AST)]
    places.sort(key=lambda place: line_of(found(tree, place)))
    for place in places:
        node = found(tree, place)
        for other in alternatives(node):
            changed = copy.deepcopy(tree)
            put(changed, place, ast.copy_location(other, node))
            before, after = ast.unparse(node), ast.unparse(other)
            if before != after:
                ast.fix_missing_locations(changed)
                line = line_of(node)
                yield Mutation(line=line, before=before, after=after, changed=changed)


def line_of(node: ast.AST) -> int:
    """Return the first line of a node, or of what is in one that has none."""
    return min((each.lineno for each in ast.walk(node) if hasattr(each, "lineno")), default=0)


Place = tuple[tuple[str, int | None], ...]


def walk(node: ast.AST, place: Place) -> Iterator[Place]:
    """Yield the place of every node below one that may be changed."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "slice", "bases", "pattern"):
            continue
        several = isinstance(value, list)
        for index, child in enumerate(value if several else [value]):
            if isinstance(child, ast.AST) and not is_unheld(child):
                inner = (*place, (name, index if several else None))
                yield inner
                yield from walk(child, inner)


def is_unheld(node: ast.AST) -> bool:
    """Say whether no test is to hold a part of the source."""
    match node:
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)))):
            return name in UNHELD
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
    return isinstance(node, ast.JoinedStr)


def found(tree: ast.AST, place: Place) -> ast.AST:
    """Return the node at a place."""
    node = tree
    for name, index in place:
        value = getattr(node, name)
        node = value if index is None else value[index]
    return node


def put(tree: ast.AST, place: Place, node: ast.AST) -> None:
    """Put a node at a place."""
    *outer, (name, index) = place
    parent = found(tree, tuple(outer))
    if index is None:
        setattr(parent, name, node)
    else:
        getattr(parent, name)[index] = node


def alternatives(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what may stand in the place of a node."""
    for kind, rule in RULES:
        if isinstance(node, kind):
            yield from rule(node)


def with_fields(node: ast.AST, **fields: object) -> ast.AST:
    """Return a copy of a node with other fields."""
    other = copy.copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other


def other_comparison(node: ast.Compare) -> Iterator[ast.AST]:
    """Yield the comparison with another operator."""
    for index, operator in enumerate(node.ops):
        ops = [*node.ops[:index], COMPARISONS[type(operator)](), *node.ops[index + 1 :]]
        yield with_fields(node, ops=ops)


def other_combination(node: ast.BoolOp) -> Iterator[ast.AST]:
    """Yield `or` for `and`, and the same without each of its parts."""
    yield with_fields(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    yield from without_one(node, "values")


def other_sign(node: ast.UnaryOp) -> Iterator[ast.AST]:
    """Yield what stands behind a `not` or a `-`."""
    yield node.operand


def other_arithmetic(node: ast.BinOp) -> Iterator[ast.AST]:
    """Yield `-` for `+`, and so on."""
    if type(node.op) in ARITHMETIC:
        yield with_fields(node, op=ARITHMETIC[type(node.op)]())


def other_constant(node: ast.Constant) -> Iterator[ast.AST]:
    """Yield the other truth, or the numbers beside one."""
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int | float):
        yield ast.Constant(node.value + 1)
        yield ast.Constant(node.value - 1)


def other_call(node: ast.Call) -> Iterator[ast.AST]:
    """Yield a call without one of its named arguments, or one of its conditions; without a lock."""
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    for index in range(len(node.keywords)):
        yield with_fields(node, keywords=rest(node.keywords, index))
    if name in CHOOSING:
        for index in range(len(node.args)):
            yield with_fields(node, args=rest(node.args, index))
    if name == "select_for_update" and isinstance(node.func, ast.Attribute):
        yield node.func.value


def fewer_elements(node: ast.Tuple | ast.List | ast.Set) -> Iterator[ast.AST]:
    """Yield a display without each of its elements."""
    if not isinstance(node, ast.Set) and not isinstance(node.ctx, ast.Load):
        return
    yield from without_one(node, "elts")


def without_one(node: ast.AST, field: str) -> Iterator[ast.AST]:
    """Yield a node without each of the several nodes in a field."""
    parts = getattr(node, field)
    for index in range(len(parts)) if len(parts) > 1 else ():
        left = rest(parts, index)
        single = isinstance(node, ast.BoolOp) and len(left) == 1
        yield left[0] if single else with_fields(node, **{field: left})


def rest(parts: list, index: int) -> list:  # type: ignore[type-arg]
    """Return a list without one of its elements."""
    return [*parts[:index], *parts[index + 1 :]]


def fewer_conditions(node: ast.comprehension) -> Iterator[ast.AST]:
    """Yield a comprehension without each of its conditions."""
    for index in range(len(node.ifs)):
        yield with_fields(node, ifs=rest(node.ifs, index))


def decided(node: ast.If | ast.IfExp) -> Iterator[ast.AST]:
    """Yield a condition that always holds, and one that never does."""
    yield with_fields(node, test=ast.Constant(value=True))
    yield with_fields(node, test=ast.Constant(value=False))


def unguarded(node: ast.match_case) -> Iterator[ast.AST]:
    """Yield a case without its guard."""
    if node.guard:
        yield with_fields(node, guard=None)


def left_out(_: ast.AST) -> Iterator[ast.AST]:
    """Yield nothing in the place of a statement."""
    yield ast.Pass()


RULES: tuple[tuple[type[ast.AST] | tuple[type[ast.AST], ...], Rule], ...] = (
    (ast.Compare, other_comparison),
    (ast.BoolOp, other_combination),
    (ast.UnaryOp, other_sign),
    (ast.BinOp, other_arithmetic),
    (ast.Constant, other_constant),
    (ast.Call, other_call),
    ((ast.Tuple, ast.List, ast.Set), fewer_elements),
    (ast.comprehension, fewer_conditions),
    ((ast.If, ast.IfExp), decided),
    (ast.match_case, unguarded),
    ((ast.Expr, ast.AugAssign, ast.Continue, ast.Break, ast.Raise), left_out),
)  # type: ignore[assignment]


# SQL

SQL_CHANGES: tuple[tuple[str, str], ...] = (
    (r"\bAND\b", "OR"),
    (r"\bOR\b", "AND"),
    (r"\bNOT EXISTS\b", "EXISTS"),
    (r"(?<!NOT )(?<!IF )\bEXISTS\b", "NOT EXISTS"),
    (r"\bIS NULL\b", "IS NOT NULL"),
    (r"\bIS NOT NULL\b", "IS NULL"),
    (r"<>", "="),
    (r"<=", "<"),
    (r">=", ">"),
    (r"(?<![<>])=", "<>"),
    (r"<(?![=>])", "<="),
    (r"(?<!<)>(?!=)", ">="),
    (r"\bMIN\b", "MAX"),
    (r"\bMAX\b", "MIN"),
    (r" \+ ", " - "),
    (r" - ", " + "),
    (r"\bDESC\b", ""),
    (r"\bFOR UPDATE( SKIP LOCKED)?", ""),
    (r"'\w+', (?=')", ""),
    (r"(?<='), '\w+'(?=\))", ""),
    (r"\b0\b", "1"),
    (r"(?<!SELECT )\b1\b", "0"),
    # A condition that stands on a line of its own.
    (r"^ *(AND|OR) [^()\n]*(\([^()\n]*\)[^()\n]*)*$", ""),
)


def sql_mutations(text: str) -> Iterator[Mutation]:
    """Yield every change of the statements in a file, in their order."""
    parts = re.split(r"^-- (\w+)\n", text, flags=re.MULTILINE)
    line = parts[0].count("\n") + 1
    for name, statement in zip(parts[1::2], parts[2::2], strict=True):
        body = statement.strip()
        line += 1
        for start, end, other in sorted(places_in(body)):
            changed = body[:start] + other + body[end:]
            row = body[:start].count("\n")
            yield Mutation(
                line=line + row,
                before=body.splitlines()[row].strip(),
                after=(changed.splitlines()[row : row + 1] or [""])[0].strip(),
                changed=changed,
                statement=name,
            )
        line += statement.count("\n")


def places_in(body: str) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and replacement of every change, outside of comments."""
    comments = [found.span() for found in re.finditer(r"--.*", body)]
    for pattern, other in SQL_CHANGES:
        for each in re.finditer(pattern, body, flags=re.MULTILINE):
            if not any(start <= each.start() < end for start, end in comments):
                yield each.start(), each.end(), other


# Code objects


def changed_functions(old: CodeType, new: CodeType) -> dict[CodeType, CodeType] | None:
    """Return the new code of every function that a change is in; None if it is outside of them.

    What runs when a module is imported has run: its constants, classes and defaults.
    """
    if strip(old) != strip(new):
        return None
    pairs: dict[CodeType, CodeType] = {}
    for mine, theirs in zip(inner(old), inner(new), strict=True):
        if mine == theirs:
            continue
        if is_body(mine):
            found_inside = changed_functions(mine, theirs)
            if found_inside is None:
                return None
            pairs |= found_inside
        elif mine.co_name in ("<listcomp>", "<genexpr>", "<setcomp>", "<dictcomp>"):
            return None
        else:
            pairs |= paired(mine, theirs)
    return pairs


def paired(old: CodeType, new: CodeType) -> dict[CodeType, CodeType]:
    """Return the code of a function with its new code, and that of those inside of it."""
    pairs = {old: new} if old != new else {}
    olds, news = inner(old), inner(new)
    for mine, theirs in zip(olds, news, strict=False) if len(olds) == len(news) else ():
        pairs |= paired(mine, theirs)
    return pairs


def strip(code: CodeType) -> tuple[object, ...]:
    """Return a code object without those in it, to compare."""
    constants = [each for each in code.co_consts if not isinstance(each, CodeType)]
    return code.co_code, code.co_names, repr(constants), len(inner(code))


def inner(code: CodeType) -> list[CodeType]:
    """Return the code objects in one."""
    return [each for each in code.co_consts if isinstance(each, CodeType)]


def is_body(code: CodeType) -> bool:
    """Say whether a code object is the body of a class or module rather than of a function."""
    return not code.co_flags & 1  # inspect.CO_OPTIMIZED
