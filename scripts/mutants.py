#!/usr/bin/env python3
"""Change the code in small ways, one at a time, and list the changes that no test notices.

    scripts/mutants.py newsletter/sending/safeguards/canary.py   one module
    scripts/mutants.py newsletter/sending/ledger/queries.sql     SQL
    scripts/mutants.py newsletter/sending                        a package
    scripts/mutants.py FILE --tests tests/unit/sending/test_canary.py
    scripts/mutants.py newsletter/sending --sample 10 --seed 3   ten changes of each module

The tests run once, to see which of them run which line.  Each change is then tried in a fork of
that process with the tests that run its line, the quick ones first, until one fails.  What counts
only when a module is imported (constants, classes) is tried in a process of its own.  No file is
changed.  The exit status is 1 while anything survives.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

#: What is worth holding by tests; read from here on by their names.
PACKAGES = ("newsletter/sending", "newsletter/rendering/personalisation")

#: A run of tests that takes longer than this has met an endless loop.
TIMEOUT_SECONDS = 600.0

PYTEST = (
    *(str(ROOT / ".venv" / "bin" / "python"), "-m", "pytest", "-q", "-x", "--no-header"),
    *("-p", "no:randomly", "-p", "scripts.mutation_tests", "-m", "not browser"),
)


def main(arguments: Sequence[str]) -> int:
    """Try the modules that are named; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("paths", nargs="*", default=PACKAGES, metavar="PATH")
    parser.add_argument("--tests", nargs="+", default=(), metavar="PATH")
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="N of each module")
    parser.add_argument("--seed", type=int, default=0, help="which N they are")
    parser.add_argument("--imports", action="store_true", help="try what only an import shows")
    parser.add_argument("--lines", default="", metavar="A-B", help="only those in these lines")
    parser.add_argument("--seconds", type=float, default=30, help="of tests for each change")
    options = parser.parse_args(arguments)
    files = list(files_in(options.paths))
    tests = options.tests or sorted({test for file in files for test in tests_of(file)})
    results = try_all(files, tests, options)
    if options.imports:
        results = [confirm(result) for result in results]
    for file in files:
        report(file, [result for result in results if result["file"] == file])
    return 1 if any(result["outcome"] != "noticed" for result in results) else 0


def files_in(paths: Sequence[str]) -> Iterator[str]:
    """Yield the modules and SQL files that are named, or lie in a folder that is named."""
    for path in paths:
        place = ROOT / path
        if not place.exists():
            raise SystemExit(f"mutants: {path} does not exist")
        files = [place] if place.is_file() else sorted(place.rglob("*"))
        for file in files:
            if file.suffix in (".py", ".sql") and "migrations" not in file.parts:
                yield str(file.relative_to(ROOT))


# Which tests hold a module


def tests_of(file: str) -> list[str]:
    """Return the unit tests that import a module, or else all of its package."""
    name = file.rpartition(".")[0].removesuffix("/__init__").replace("/", ".")
    found = [
        str(test.relative_to(ROOT))
        for test in sorted((ROOT / "tests" / "unit").rglob("test_*.py"))
        if name in imports(test)
    ]
    return found or [str(Path("tests/unit", *Path(file).parts[1:2]))]


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


def try_all(
    files: Sequence[str], tests: Sequence[str], options: argparse.Namespace
) -> list[dict[str, Any]]:
    """Return what became of every change, as the plugin writes it."""
    with tempfile.TemporaryDirectory(prefix="fortnight-mutants-") as folder:
        results = Path(folder) / "results"
        environment = {
            "MUTANTS_FILES": ":".join(files),
            "MUTANTS_RESULTS": str(results),
            "MUTANTS_SAMPLE": f"{options.sample}:{options.seed}",
            "MUTANTS_SECONDS": str(options.seconds),
            "MUTANTS_LINES": options.lines,
        }
        done = run_tests([*tests, "-s"], environment)
        if not results.exists():
            raise SystemExit(f"mutants: the tests cannot be run\n{done.stdout}{done.stderr}")
        return [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]


def confirm(result: dict[str, Any]) -> dict[str, Any]:
    """Try a change in a process of its own, where a fork comes too late for it."""
    if result["outcome"] != "at import":
        return result
    environment = {"MUTANTS_ONE": f"{result['file']}:{result['number']}"}
    done = run_tests(result["ids"], environment)
    return {**result, "outcome": "noticed" if done.returncode else "survived"}


def run_tests(
    tests: Sequence[str], environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run tests with the plugin."""
    return subprocess.run(
        [*PYTEST, *tests],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        check=False,
        text=True,
    )


def report(file: str, results: Sequence[dict[str, Any]]) -> None:
    """Print the changes of a file that survive, and how many there were."""
    noticed = [each for each in results if each["outcome"] == "noticed"]
    for each in results:
        if each not in noticed:
            print(f"{file}:{each['line']}  {each['outcome']} ({each['tests']} tests)")
            print(f"  - {each['before']}\n  + {each['after']}")
    print(f"{file}: {len(noticed)} of {len(results)} changes noticed\n", flush=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
