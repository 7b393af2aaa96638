"""Every regular expression of the product, and texts that make a careless one slow."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from re import _constants as c  # type: ignore[attr-defined]  # isort: skip
from tests.environment import ROOT
from tests.unit.patterns.matching import parsed

PACKAGES = ("newsletter", "subscribers", "sendgrid_emulator")
#: Functions of `re` and methods of a pattern that look at one place of a text only.
ANCHORED = {"match", "fullmatch"}
_FUNCTIONS = {"compile", "findall", "finditer", "fullmatch", "match", "search", "split", "sub"}
_WRAPPERS = {"over_folded"}
#: Stands in a module that has patterns.
_MENTION = re.compile(rf"\bre\.(?:{'|'.join(_FUNCTIONS)})\(|\b(?:{'|'.join(_WRAPPERS)})\(")
#: Stands where a pattern is put together from other texts.
_GAP = "x"
#: What a text ends with, so that a pattern that came so far fails: no letter of any pattern, and
#: letters that the usual classes leave out.
ENDS = ("", "\x01", "\n\"'<> ")
#: This many texts of a pattern are tried, spread evenly over all.
MAX_TEXTS = 80


@dataclass(frozen=True)
class Use:
    """A pattern, where it stands (`path:line`), and whether it is only asked about one place."""

    pattern: re.Pattern[str]
    where: str
    anchored: bool


def modules() -> list[str]:
    """Return the paths of the modules in which patterns may stand; nothing is imported."""
    return [
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in path.parts and _MENTION.search(path.read_text("utf-8"))
    ]


def uses() -> tuple[Use, ...]:
    """Return every pattern of the product."""
    return tuple(use for module in modules() for use in uses_in(module))


@cache
def uses_in(module: str) -> tuple[Use, ...]:
    """Return the patterns of a module, each once for each place where it stands."""
    found: dict[tuple[str, int, str], Use] = {}
    for use in _uses_in(ROOT / module):
        found.setdefault((use.pattern.pattern, use.pattern.flags, use.where), use)
    return tuple(found.values())


def _uses_in(path: Path) -> Iterator[Use]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    place = path.relative_to(ROOT).as_posix()
    names = _module_names(path)
    methods = _methods(tree)
    # `re.compile(...).fullmatch`, kept as a function.
    bound = {node.value: {node.attr} for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if _is_wrapped(node):
            source, function, flags = _text(node, names), "compile", 0
        elif _is_re_call(node):
            source = _text(node.args[0], names) if node.args else None
            function, flags = node.func.attr, _flags(node, names)
        else:
            continue
        if source is None:
            continue
        anchored = function in ANCHORED
        if function == "compile":
            used = methods.get(_target(tree, node), set()) | bound.get(node, set())
            anchored = bool(used) and used <= ANCHORED
        yield Use(re.compile(source, flags), f"{place}:{node.lineno}", anchored)


def _module_names(path: Path) -> dict[str, Any]:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    if name.endswith(("__main__", "settings")):
        return {}
    return vars(importlib.import_module(name))


def _is_wrapped(node: ast.AST) -> bool:
    """Whether it is a call of a function of ours that compiles a pattern."""
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") in _WRAPPERS


def _is_re_call(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and node.func.attr in _FUNCTIONS
    )


def _text(node: ast.AST, names: dict[str, Any]) -> str | None:
    """Return the pattern of an expression; what only a run can tell becomes one letter."""
    try:
        value = eval(compile(ast.Expression(node), "", "eval"), dict(names))
    except Exception:  # noqa: BLE001  it needs a local name
        return _with_gaps(node, names)
    if isinstance(value, re.Pattern):
        value = value.pattern
    return value if isinstance(value, str) else None


def _with_gaps(node: ast.AST, names: dict[str, Any]) -> str | None:
    if isinstance(node, ast.JoinedStr):
        parts = [
            str(each.value) if isinstance(each, ast.Constant) else _of_value(each.value, names)
            for each in node.values
        ]
        return "".join(parts)
    if isinstance(node, ast.BinOp):
        return (_text(node.left, names) or _GAP) + (_text(node.right, names) or _GAP)
    return None


def _of_value(node: ast.AST, names: dict[str, Any]) -> str:
    return _text(node, names) or _GAP


def _flags(node: ast.Call, names: dict[str, Any]) -> int:
    written = [each.value for each in node.keywords if each.arg == "flags"]
    if node.func.attr == "compile" and len(node.args) > 1:
        written = [node.args[1]]
    elif node.func.attr in {"match", "fullmatch", "search", "findall"} and len(node.args) > 2:
        written = [node.args[2]]
    total = 0
    for each in written:
        total |= int(eval(compile(ast.Expression(each), "", "eval"), dict(names)))
    return total


def _target(tree: ast.AST, call: ast.AST) -> str:
    """Return the name that a compiled pattern is given, or nothing."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Assign)
            and node.value is call
            and isinstance(node.targets[0], ast.Name)
        ):
            return node.targets[0].id
    return ""


@cache
def _everywhere() -> dict[str, set[str]]:
    """Return the methods by which names are used in any module, as patterns can be imported."""
    found: dict[str, set[str]] = {}
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for name, used in _local_methods(ast.parse(path.read_text("utf-8"))).items():
                found.setdefault(name, set()).update(used)
    return found


def _methods(tree: ast.AST) -> dict[str, set[str]]:
    everywhere, local = _everywhere(), _local_methods(tree)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return {
        name: (local.get(name, set()) if name.startswith("_") else used)
        for name, used in everywhere.items()
        if name in names
    }


def _local_methods(tree: ast.AST) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in {*_FUNCTIONS, "pattern"}:
            owner = node.value
            name = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
            found.setdefault(name, set()).add(node.attr)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found.setdefault(node.id, set())
    return found


def is_possessive(pattern: re.Pattern[str]) -> bool:
    """Tell whether any quantifier of a pattern is possessive, such as `a*+`."""
    tree, _ = parsed(pattern.pattern, pattern.flags & ~re.DEBUG)
    return _is_possessive(tree)


def _is_possessive(nodes: Any) -> bool:
    return any(
        op == c.POSSESSIVE_REPEAT or any(map(_is_possessive, _inside(op, argument)))
        for op, argument in nodes
    )


def texts(pattern: re.Pattern[str], length: int) -> dict[str, str]:
    """Return texts of about a length, made from the pattern itself, by what they are."""
    every = list(_texts(pattern, length))
    return dict(every[:: len(every) // MAX_TEXTS + 1])


def _texts(pattern: re.Pattern[str], length: int) -> Iterator[tuple[str, str]]:
    tree, _ = parsed(pattern.pattern, pattern.flags & ~re.DEBUG)
    atoms = list(dict.fromkeys([*_atoms(tree), "a", " "]))[:14]
    prefixes = list(dict.fromkeys(["", *_prefixes(tree)]))[:16]
    for prefix, atom, end in product(prefixes, atoms, ENDS):
        times = max(1, length // len(atom))
        yield f"{prefix!r} + {atom!r} * n + {end!r}", prefix + atom * times + end
        if prefix:
            both = prefix + atom
            times = max(1, length // len(both))
            yield f"({both!r}) * n + {end!r}", both * times + end
    for prefix in filter(None, prefixes):
        yield f"{prefix!r} * n", prefix * max(1, length // len(prefix))


def _atoms(nodes: Any) -> Iterator[str]:
    """Yield letters that the pattern knows, one of each class, and its words."""
    word = ""
    for op, argument in nodes:
        if op == c.LITERAL:
            word += chr(argument)
            yield chr(argument)
            continue
        if len(word) > 1:
            yield word
        word = ""
        yield from _letters(op, argument)
        for inside in _inside(op, argument):
            yield from _atoms(inside)
            yield _sample(inside) or "a"
    if len(word) > 1:
        yield word


def _letters(op: Any, argument: Any) -> Iterator[str]:
    if op in {c.IN, c.NOT_LITERAL, c.ANY}:
        tried = [
            "a",
            "1",
            " ",
            "\n",
            "<",
            ">",
            '"',
            "'",
            ";",
            "/",
            "-",
            "@",
            ".",
            "é",
            "漢",
            "[",
            "*",
        ]
        single = re.compile(_class(op, argument), re.DOTALL)
        yield from [each for each in tried if single.match(each)][:3]
        if op == c.IN and argument[0][0] != c.NEGATE:
            kind, value = argument[-1]
            if kind == c.LITERAL:
                yield chr(value)


def _class(op: Any, argument: Any) -> str:
    if op == c.ANY:
        return "."
    if op == c.NOT_LITERAL:
        return f"[^{re.escape(chr(argument))}]"
    names = {
        c.CATEGORY_DIGIT: r"\d", c.CATEGORY_NOT_DIGIT: r"\D", c.CATEGORY_SPACE: r"\s",
        c.CATEGORY_NOT_SPACE: r"\S", c.CATEGORY_WORD: r"\w", c.CATEGORY_NOT_WORD: r"\W",
    }  # fmt: skip
    parts = []
    for kind, value in argument:
        if kind == c.NEGATE:
            parts.append("^")
        elif kind == c.LITERAL:
            parts.append(re.escape(chr(value)))
        elif kind == c.RANGE:
            parts.append(f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}")
        else:
            parts.append(names[value])
    return f"[{''.join(parts)}]"


def _inside(op: Any, argument: Any) -> list[Any]:
    if op == c.BRANCH:
        return list(argument[1])
    if op == c.SUBPATTERN:
        return [argument[3]]
    if op in {c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT}:
        return [argument[2]]
    if op in {c.ASSERT, c.ASSERT_NOT}:
        return [argument[1]]
    return [argument] if op == c.ATOMIC_GROUP else []


def _sample(nodes: Any) -> str:
    """Return a short text that the pattern may match."""
    parts = []
    for op, argument in nodes:
        if op == c.LITERAL:
            parts.append(chr(argument))
        elif op in {c.IN, c.NOT_LITERAL, c.ANY}:
            parts.append(next(_letters(op, argument), ""))
        elif op in {c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT}:
            least = min(max(argument[0], 1), 30)
            parts.append(_sample(argument[2]) * least)
        elif op == c.BRANCH:
            parts.append(_sample(argument[1][0]))
        elif op == c.SUBPATTERN:
            parts.append(_sample(argument[3]))
        elif op == c.ATOMIC_GROUP:
            parts.append(_sample(argument))
    return "".join(parts)


def _prefixes(nodes: Any) -> Iterator[str]:
    """Yield what leads to each place of the pattern, in every branch."""
    before = ""
    for index, (op, argument) in enumerate(nodes):
        if op in {c.BRANCH, c.SUBPATTERN, c.ATOMIC_GROUP, c.MAX_REPEAT, c.MIN_REPEAT}:
            for inside in _inside(op, argument):
                for each in _prefixes(inside):
                    yield before + each
        elif op != c.LITERAL:
            yield before
        before = _sample(nodes[: index + 1])
    if before:
        yield before
