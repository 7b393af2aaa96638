#!/usr/bin/env python3
"""Change the code in small ways, one at a time, and list the changes that no test notices.

    scripts/mutants.py newsletter/sending/safeguards/canary.py   one module: some minutes
    scripts/mutants.py newsletter/sending                        a package: hours
    scripts/mutants.py FILE --tests tests/unit/sending/test_canary.py
    scripts/mutants.py newsletter/sending --sample 10 --seed 3   ten changes of each module

Works in a copy of the checkout, with cosmic-ray.  A module is tried with the unit tests that import
it, the ones named like it first; where none does, with those of its package.  The exit status is 1
while anything survives.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import random
import shlex
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"

#: What is worth holding by tests; read from here on by their names.
PACKAGES = ("newsletter/sending", "newsletter/rendering/personalisation")

#: A test that takes longer than this has met an endless loop.
TIMEOUT_SECONDS = 600.0

#: One change of each kind.  What cosmic-ray can do besides tells nothing more (`+` to each of ten
#: other operators), or changes only annotations (`X | None`).
OPERATORS = (
    "ReplaceBinaryOperator_(Add_Sub|Sub_Add|Mul_Div|Div_Mul|FloorDiv_Mul|BitAnd_BitOr)",
    "ReplaceComparisonOperator_(Lt_LtE|LtE_Lt|Gt_GtE|GtE_Gt|Eq_NotEq|NotEq_Eq|Is_IsNot|IsNot_Is)",
    "ReplaceUnaryOperator_(Delete_Not|USub_UAdd)",
    "Replace(AndWithOr|OrWithAnd|TrueWithFalse|FalseWithTrue|ContinueWithBreak|BreakWithContinue)",
    "NumberReplacer",
    "AddNot",
)

CONFIG = """\
[cosmic-ray]
module-path = {module}
timeout = {timeout}
excluded-modules = []
test-command = {command}

[cosmic-ray.distributor]
name = "local"

[cosmic-ray.filters.operators-filter]
exclude-operators = [{others}]
"""


#: The changes that are to be tried, in the order of the source.
PENDING = """
SELECT job_id, operator_name, start_pos_row, start_pos_col FROM mutation_specs
WHERE job_id NOT IN (SELECT job_id FROM work_results)
ORDER BY start_pos_row, start_pos_col, operator_name, occurrence
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """How many changes of a module to try, chosen by a seed; 0: all of them."""

    size: int
    seed: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Survivor:
    """A change that no test noticed."""

    place: str
    diff: str


def main(arguments: Sequence[str]) -> int:
    """Try the modules that are named; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("paths", nargs="*", default=PACKAGES, metavar="PATH")
    parser.add_argument("--tests", nargs="+", default=(), metavar="PATH")
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="N of each module")
    parser.add_argument("--seed", type=int, default=0, help="which N they are")
    options = parser.parse_args(arguments)
    sample = Sample(size=options.sample, seed=options.seed)
    survivors = 0
    for module in modules(options.paths):
        tests = options.tests or tests_of(module)
        print(f"{module}, held by {', '.join(tests)}", flush=True)
        with tempfile.TemporaryDirectory(prefix="fortnight-mutants-") as folder:
            copy_checkout(Path(folder))
            tried, found = try_module(Path(folder), module, tests, sample)
        for each in found:
            print(f"\n{each.place} survives\n{each.diff}")
        print(f"{module}: {tried - len(found)} of {tried} changes noticed\n", flush=True)
        survivors += len(found)
    return 1 if survivors else 0


def modules(paths: Sequence[str]) -> Iterator[str]:
    """Yield the modules that are named, or lie in a folder that is named."""
    for path in paths:
        place = ROOT / path
        if not place.exists():
            raise SystemExit(f"mutants: {path} does not exist")
        files = [place] if place.is_file() else sorted(place.rglob("*.py"))
        for file in files:
            if "migrations" not in file.parts:
                yield str(file.relative_to(ROOT))


# Which tests hold a module


def tests_of(module: str) -> list[str]:
    """Return the unit tests that import a module, those named like it first."""
    name = module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    stem = name.rpartition(".")[2]
    found = [
        str(file.relative_to(ROOT))
        for file in sorted((ROOT / "tests" / "unit").rglob("test_*.py"))
        if name in imports(file)
    ]
    package = Path("tests/unit", *Path(module).parts[1:2])
    return sorted(found, key=lambda path: stem not in path) or [str(package)]


def imports(file: Path) -> set[str]:
    """Return every module that a test may mean by its imports."""
    named: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            named |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return named


# Trying


def copy_checkout(folder: Path) -> None:
    """Copy what git knows or would take, so that nothing here is ever changed."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def try_module(
    folder: Path, module: str, tests: Sequence[str], sample: Sample
) -> tuple[int, list[Survivor]]:
    """Return how many changes were tried in a copy, and those that no test noticed."""
    (folder / "mutants.toml").write_text(configuration(module, tests), encoding="utf-8")
    run(folder, "cosmic-ray", "init", "mutants.toml", "mutants.sqlite")
    run(folder, "cr-filter-operators", "mutants.sqlite", "mutants.toml")
    choose_changes(folder, module, sample)
    run(folder, "cosmic-ray", "--verbosity", "ERROR", "baseline", "mutants.toml")
    run(folder, "cosmic-ray", "--verbosity", "ERROR", "exec", "mutants.toml", "mutants.sqlite")
    lines = run(folder, "cosmic-ray", "dump", "mutants.sqlite").splitlines()
    results = [tuple(json.loads(line)) for line in lines]
    tried = [(item, result) for item, result in results if result["worker_outcome"] == "normal"]
    return len(tried), [
        survivor(item, result) for item, result in tried if result["test_outcome"] == "survived"
    ]


def choose_changes(folder: Path, module: str, sample: Sample) -> None:
    """Leave out what changes nothing, and all but a sample if one is asked for."""
    rows = (folder / module).read_text(encoding="utf-8").splitlines()
    with closing(sqlite3.connect(folder / "mutants.sqlite")) as session, session:
        pending = session.execute(PENDING).fetchall()
        chosen = [
            job
            for job, operator, row, column in pending
            if not is_futile(operator, rows[row - 1][column:])
        ]
        if 0 < sample.size < len(chosen):
            chance = random.Random(sample.seed)  # noqa: S311  which changes, not a secret
            chosen = chance.sample(chosen, sample.size)
        left_out = [(job,) for job, *_ in pending if job not in set(chosen)]
        session.executemany("DELETE FROM mutation_specs WHERE job_id = ?", left_out)
        session.executemany("DELETE FROM work_items WHERE job_id = ?", left_out)


def is_futile(operator: str, source: str) -> bool:
    """Say whether a change is to what no test runs.

    The `*` of a signature or a call, which is no multiplication, or imports for the type checker.
    """
    if "_Mul_" in operator:
        return not source.startswith("* ")
    return source.removeprefix("if ").startswith("TYPE_CHECKING")


def configuration(module: str, tests: Sequence[str]) -> str:
    """Return what cosmic-ray is to do with a module."""
    # With pytest's cache: the migrated database is kept there, and migrating takes ten seconds.
    options = ("-q", "-x", "-p", "no:randomly")
    command = shlex.join([str(BIN / "python"), "-m", "pytest", *options, *tests])
    return CONFIG.format(
        module=json.dumps(module),
        timeout=TIMEOUT_SECONDS,
        command=json.dumps(command),
        others=json.dumps(rf"core/(?!(?:{'|'.join(OPERATORS)})$).*"),
    )


def survivor(item: dict[str, object], result: dict[str, object]) -> Survivor:
    """Return a change that no test noticed, as a person reads it."""
    (mutation,) = item["mutations"]  # type: ignore[misc]
    line = mutation["start_pos"][0]
    rows = str(result["diff"]).splitlines()
    changed = [row for row in rows if row[:1] in "+-" and row[:3] not in ("+++", "---")]
    return Survivor(place=f"{mutation['module_path']}:{line}", diff="\n".join(changed))


def run(folder: Path, program: str, *arguments: str) -> str:
    """Run a program of .venv in the copy; return what it printed."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [BIN / program, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        check=False,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"mutants: {program} {arguments[0]} failed\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
