"""A plugin of pytest that runs the tests once, then again in a fork for each mutation.

It is given, in the environment: MUTANTS_FILES, the files to change (separated by `:`), or
MUTANTS_ONE, `FILE:NUMBER`, the one change with which to import everything.
"""

from __future__ import annotations

import ast
import datetime as dt
import gc
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import sys
import time
import types
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import coverage
import pytest
from _pytest.runner import runtestprotocol

from scripts.mutations import Mutation, changed_functions, python_mutations, sql_mutations

ROOT = Path(__file__).resolve().parent.parent
#: Seconds after which a mutation counts as noticed, beyond ten times what its tests take.
TIMEOUT_SECONDS = 20
NOTICED, SURVIVED, CANNOT_APPLY = 1, 0, 7


def mutations_of(file: str) -> list[Mutation]:
    """Return every change of a file."""
    text = (ROOT / file).read_text(encoding="utf-8")
    return list(sql_mutations(text) if file.endswith(".sql") else python_mutations(text))


def module_of(file: str) -> str:
    """Return the name of a module by its file."""
    return file.rpartition(".")[0].removesuffix("/__init__").replace("/", ".")


# One change, from the import on


class Changed(importlib.machinery.SourceFileLoader):
    """Loads one module with a change."""

    tree: ast.Module

    def get_code(self, fullname: str) -> types.CodeType:
        """Compile the changed tree, not the file."""
        return compile(self.tree, self.get_filename(fullname), "exec", dont_inherit=True)


class Finder(importlib.abc.MetaPathFinder):
    """Finds the changed module first."""

    def __init__(self, file: str, mutation: Mutation) -> None:
        self._file, self._mutation = file, mutation

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        """Return where the changed module is to be had."""
        del path, target
        if fullname != module_of(self._file):
            return None
        loader = Changed(fullname, str(ROOT / self._file))
        loader.tree = self._mutation.changed  # type: ignore[assignment]
        return importlib.util.spec_from_file_location(fullname, ROOT / self._file, loader=loader)


if one := os.environ.get("MUTANTS_ONE"):
    _file, _, _number = one.rpartition(":")
    sys.meta_path.insert(0, Finder(_file, mutations_of(_file)[int(_number)]))


# Many changes, in forks


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Run the tests, then those of each change."""
    files = os.environ.get("MUTANTS_FILES")
    if not files or session.testsfailed:
        return None
    Trials(session, files.split(":")).run()
    return True


class Trials:
    """The tests of a session, with what each of them runs and how long it takes."""

    def __init__(self, session: pytest.Session, files: Sequence[str]) -> None:
        self.session, self.files = session, files
        self.items = {item.nodeid: item for item in session.items}
        self.seconds: dict[str, float] = {}
        self.lines: dict[str, dict[int, list[str]]] = {}
        self.failure = ""
        self.known: dict[str, list[types.FunctionType]] = {}
        self.database: Path | None = None
        self.budget = float(os.environ["MUTANTS_SECONDS"])
        self.only = [int(n) for n in os.environ.get("MUTANTS_LINES", "").split("-") if n]
        self.size, self.seed = map(int, os.environ["MUTANTS_SAMPLE"].split(":"))

    def run(self) -> None:
        """Measure, then try every change; write down each as a line of JSON."""
        self.measure()
        print(f"measured {len(self.items)} tests: {sum(self.seconds.values()):.0f} s", flush=True)
        if self.in_fork(lambda: True, list(self.items)) != SURVIVED:
            raise pytest.UsageError("the tests fail in a fork without any change")
        with Path(os.environ["MUTANTS_RESULTS"]).open("w", encoding="utf-8") as out:
            for file in self.files:
                for number, mutation in self.chosen(file):
                    out.write(json.dumps(self.result(file, number, mutation)) + "\n")
                    out.flush()

    def result(self, file: str, number: int, mutation: Mutation) -> dict[str, object]:
        """Try one change; return it with what became of it."""
        began = time.monotonic()
        outcome, tests = self.try_one(file, mutation)
        return {
            "file": file,
            "number": number,
            "line": mutation.line,
            "before": mutation.before,
            "after": mutation.after,
            "outcome": outcome,
            "tests": len(tests),
            "ids": tests if outcome == "at import" else [],
            "seconds": round(time.monotonic() - began, 2),
        }

    def chosen(self, file: str) -> list[tuple[int, Mutation]]:
        """Return the changes to try, with their numbers."""
        every = list(enumerate(mutations_of(file)))
        if self.only:
            first, last = self.only[0], self.only[-1]
            every = [each for each in every if first <= each[1].line <= last]
        if 0 < self.size < len(every):
            every = sorted(
                random.Random(self.seed).sample(every, self.size),  # noqa: S311
                key=lambda each: each[0],
            )
        return every

    def measure(self) -> None:
        """Run every test once in this process; stop at a failure."""
        files = {file for file in self.files if file.endswith(".py")} | self.readers()
        only = [str(ROOT / file) for file in files]
        cover = coverage.Coverage(data_file=None, config_file=False, include=only)
        cover.start()
        ids = list(self.items)
        # What the session shares would count as the time of the first.
        self.passes(ids[0], None)
        for nodeid, following in zip(ids, [*ids[1:], None], strict=True):
            cover.switch_context(nodeid)
            began = time.monotonic()
            if not self.passes(nodeid, following):
                raise pytest.UsageError(f"{nodeid} fails unchanged: {self.failure}")
            self.seconds[nodeid] = time.monotonic() - began
        cover.stop()
        self.database = copy_database()
        data = cover.get_data()
        for file in files:
            self.lines[file] = data.contexts_by_lineno(str(ROOT / file))

    def readers(self) -> set[str]:
        """Return the modules that use the statements of the SQL files."""
        names = {m.statement for f in self.files if f.endswith(".sql") for m in mutations_of(f)}
        return {
            str(path.relative_to(ROOT))
            for path in (ROOT / "newsletter").rglob("*.py")
            if names and any(f'"{n}"' in path.read_text(encoding="utf-8") for n in names)
        }

    def tests_running(self, file: str, mutation: Mutation) -> set[str]:
        """Return the tests that run what is changed."""
        if not mutation.statement:
            return set(self.lines[file].get(mutation.line, ()))
        running: set[str] = set()
        for reader in self.readers():
            rows = (ROOT / reader).read_text(encoding="utf-8").splitlines()
            for line, tests in self.lines[reader].items():
                if f'"{mutation.statement}"' in rows[line - 1]:
                    running |= set(tests)
        return running

    def tests_touching(self, file: str) -> set[str]:
        """Return the tests that run anything of a module, or else every test."""
        touching = {test for tests in self.lines.get(file, {}).values() for test in tests}
        return touching & set(self.items) or set(self.items)

    def some_of(self, file: str, tests: set[str]) -> list[str]:
        """Return as many tests as there is time for, in the order in which they may tell most.

        Those of the module, then of each other test one case before there are two, the quick first.
        """
        stem = Path(file).stem
        cases: dict[str, int] = {}
        places: dict[str, tuple[bool, int, float]] = {}
        for each in sorted(tests & set(self.items), key=self.seconds.__getitem__):
            test = each.partition("[")[0]
            cases[test] = cases.get(test, 0) + 1
            places[each] = (stem not in test, cases[test], self.seconds[each])
        kept, total = [], 0.0
        for each in sorted(places, key=places.__getitem__):
            total += self.seconds[each]
            if kept and total > self.budget:
                break
            kept.append(each)
        return kept

    def try_one(self, file: str, mutation: Mutation) -> tuple[str, list[str]]:
        """Return what became of a change, and the tests that there are for it."""
        apply = self.application(file, mutation)
        tests = self.some_of(file, self.tests_running(file, mutation))
        if apply is None or not tests:
            tests = self.some_of(file, self.tests_touching(file))
        if apply is None:
            return "at import", tests
        code = self.in_fork(apply, tests)
        if code == CANNOT_APPLY:
            return "at import", tests
        return "survived" if code == SURVIVED else "noticed", tests

    def application(self, file: str, mutation: Mutation) -> Callable[[], bool] | None:
        """Return what makes a change in a running process; None if it comes too late for it."""
        if isinstance(mutation.changed, str):
            return lambda: replace_statement(file, mutation)
        path = str(ROOT / file)
        old = compile((ROOT / file).read_text(encoding="utf-8"), path, "exec", dont_inherit=True)
        new = compile(mutation.changed, path, "exec", dont_inherit=True)
        pairs = changed_functions(old, new)
        if pairs is not None:
            functions = self.functions(file)
            return lambda: replace_code(functions, pairs)
        if Path(file).stem in ("models", "apps"):
            return None
        return lambda: replace_values(sys.modules[module_of(file)], new)

    def functions(self, file: str) -> list[types.FunctionType]:
        """Return every function that there is of a module."""
        if file not in self.known:
            gc.unfreeze()
            path = str(ROOT / file)
            self.known[file] = [
                each
                for each in gc.get_objects()
                # Not `isinstance`, which wakes what is lazy.
                if type(each) is types.FunctionType and each.__code__.co_filename == path
            ]
            gc.freeze()
        return self.known[file]

    def in_fork(self, apply: Callable[[], bool], tests: Sequence[str]) -> int:
        """Return how tests end in a fork of this process with a change."""
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            os._exit(self.judge(apply, tests))
        end = time.monotonic() + TIMEOUT_SECONDS + 10 * sum(self.seconds[each] for each in tests)
        while time.monotonic() < end:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.01)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return NOTICED

    def passes(self, nodeid: str, following: str | None) -> bool:
        """Run one test; say whether it passed or was left out."""
        item = self.items[nodeid]
        coming: Any = self.items[following] if following else Nothing(self.session)
        reports = runtestprotocol(item, nextitem=coming, log=False)
        failed = [report for report in reports if report.failed]
        self.failure = failed[0].longreprtext if failed else ""
        return not failed

    def judge(self, apply: Callable[[], bool], tests: Sequence[str]) -> int:
        """Run tests in this fork until one fails."""
        own = None
        try:
            own = take_own_database(self.database)
            if not apply():
                return CANNOT_APPLY
            for nodeid, following in zip(tests, [*tests[1:], None], strict=True):
                if not self.passes(nodeid, following):
                    return NOTICED
        except BaseException:  # noqa: BLE001  whatever it is, the change was noticed
            return NOTICED
        finally:
            for each in own.parent.glob(f"{own.name}*") if own else ():
                each.unlink()
        return SURVIVED


def copy_database() -> Path | None:
    """Copy the database, for every fork to have one of its own; None if there is none in a file."""
    from django.db import connection

    if connection.vendor != "sqlite" or connection.connection is None:
        return None
    name = Path(connection.settings_dict["NAME"])
    copy = name.with_name("forks.sqlite3")
    with closing(sqlite3.connect(name)) as old:
        old.execute("VACUUM INTO ?", [str(copy)])
    return copy


def take_own_database(source: Path | None) -> Path | None:
    """Have this fork use a copy of the database: a connection cannot be shared."""
    from django.db import connection

    if source is None:
        return None
    KEPT.append(connection.connection)
    connection.connection = None
    own = source.with_name(f"fork-{os.getpid()}.sqlite3")
    shutil.copy(source, own)
    connection.settings_dict["NAME"] = str(own)
    return own


class Nothing:
    """What comes after the last test: the session stays, with what it shares."""

    def __init__(self, session: pytest.Session) -> None:
        self._session = session

    def listchain(self) -> list[object]:
        """Return what is not to be torn down."""
        return [self._session]


#: Connections of the parent: closed here, they would take its locks with them.
KEPT: list[object] = []


def replace_code(
    functions: Sequence[types.FunctionType], pairs: dict[types.CodeType, types.CodeType]
) -> bool:
    """Give the functions of a changed module their new code; say whether there were any."""
    changed = [each for each in functions if each.__code__ in pairs]
    for each in changed:
        each.__code__ = pairs[each.__code__]
    return bool(changed)


def replace_values(module: types.ModuleType, code: types.CodeType) -> bool:
    """Give a module, and whoever has it from there, what it has after another import."""
    other = types.ModuleType(module.__name__)
    other.__file__ = module.__file__
    exec(code, vars(other))  # noqa: S102  it is our own
    # Every one of them, not only the first.
    return sum(replace_value(module, name, value) for name, value in vars(other).items()) > 0


def replace_value(module: types.ModuleType | type, name: str, new: object) -> bool:
    """Replace one value of a module or class if it is another one now; say whether it was."""
    old = vars(module).get(name)
    if isinstance(old, types.FunctionType) and isinstance(new, types.FunctionType):
        return replace_defaults(old, new)
    if isinstance(old, type) and isinstance(new, type) and old.__module__ == new.__module__:
        if old is new or isinstance(module, type):
            return False
        return sum(replace_value(old, each, value) for each, value in vars(new).items()) > 0
    if name.startswith("__") or not isinstance(old, PLAIN) or repr(old) == repr(new):
        return False
    setattr(module, name, new)
    for each in list(sys.modules.values()):
        if vars(each).get(name) is old:
            setattr(each, name, new)
    return True


def replace_defaults(old: types.FunctionType, new: types.FunctionType) -> bool:
    """Give a function the defaults of another one; say whether it had others."""
    before = repr((old.__defaults__, old.__kwdefaults__))
    if before == repr((new.__defaults__, new.__kwdefaults__)):
        return False
    old.__defaults__, old.__kwdefaults__ = new.__defaults__, new.__kwdefaults__
    return True


#: What may be replaced at will: nothing depends on which one it is.
PLAIN = (int, float, str, tuple, list, dict, set, frozenset, dt.timedelta, re.Pattern)


def replace_statement(file: str, mutation: Mutation) -> bool:
    """Change a statement of SQL where the module beside the file keeps it."""
    module = sys.modules[module_of(file)]
    for value in vars(module).values():
        if isinstance(value, dict) and mutation.statement in value:
            value[mutation.statement] = mutation.changed
            return True
    return False
