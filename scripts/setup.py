#!/usr/bin/env python3
"""Set this checkout up on a bare machine; `make` calls it whenever a lock has changed.

    scripts/setup.py run     .venv with the locked packages and the command `newsletter`
    scripts/setup.py test    the same, and what checks and tests need: linters, browser, PostgreSQL

Needs Python 3.11 and nothing besides its standard library.  Every package is checked against
the hash in its lock.  What needs rights that this user lacks is named, with the command to run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"

OLDEST_PYTHON = (3, 11)

#: Debian's packages: a browser, and a small font for Chinese, Japanese and Korean pages.
BROWSER_PACKAGES = ("chromium", "fonts-droid-fallback")
#: The same browser without windows: with it the tests take a fifth less.
QUICK_BROWSER = "chromium-headless-shell"
#: What nobody needs is not waited for where no archive of Debian answers.
WITHOUT_WAITING = ("-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=10")


class SetupError(Exception):
    """Something that only a person can put right; the message says how."""


def main(arguments: Sequence[str]) -> int:
    """Set up for `run` or `test`; return the exit code."""
    if list(arguments) not in (["run"], ["test"]):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        set_up(tests=list(arguments) == ["test"])
    except SetupError as error:
        print(f"\nset-up: {error}", file=sys.stderr)
        return 1
    return 0


def set_up(*, tests: bool) -> None:
    """Bring .venv to what the locks say, and the machine to what the tests need."""
    make_environment()
    install_packages(tests=tests)
    install_project()
    if tests:
        provide_browser()
        provide_quick_browser()
        provide_postgres()


# The environment and its packages


def make_environment() -> None:
    """Make .venv with an installer in it, unless a good one is there."""
    if sys.version_info < OLDEST_PYTHON:
        raise SetupError(
            f"Python 3.11 or newer is needed; {sys.executable} is {sys.version.split()[0]}.\n"
            "Name another one: make PYTHON=/path/to/python3.11 …"
        )
    if UV.exists() and succeeds(UV, "--version") and succeeds(PYTHON, "-c", "import ssl"):
        return
    say("Making .venv")
    # Without pip: Debian keeps it in a package of its own, which may be missing.
    run(sys.executable, "-m", "venv", "--clear", "--without-pip", VENV)
    with tempfile.TemporaryDirectory(prefix="fortnight-setup-") as folder:
        run(*pip(Path(folder)), "install", *quiet_pip(), "-r", ROOT / "requirements-tools.lock")


def quiet_pip() -> tuple[str, ...]:
    """Return the options with which pip installs what a lock says, and nothing else."""
    return ("--quiet", "--disable-pip-version-check", "--no-cache-dir", "--require-hashes",
            "--only-binary=:all:")  # fmt: skip


def pip(folder: Path) -> tuple[str | Path, ...]:
    """Return a command that is pip inside .venv, wherever on the machine one is found."""
    if succeeds(PYTHON, "-m", "ensurepip"):
        return (PYTHON, "-m", "pip")
    if succeeds(sys.executable, "-m", "pip", "--version"):
        return (sys.executable, "-m", "pip", "--python", PYTHON)
    if wheel := debian_pip(folder):
        return (PYTHON, wheel / "pip")
    raise SetupError("pip is missing. Install it: apt-get install python3-venv")


def debian_pip(folder: Path) -> Path | None:
    """Unpack Debian's wheel of pip into a folder, which takes no rights; None: not to be had."""
    as_root = privileged()
    if not shutil.which("apt-get"):
        return None
    if as_root is not None:
        succeeds(*as_root, "apt-get", "update")
    download = ("apt-get", "download", "python3-pip-whl")
    if not succeeds(*download, where=folder):
        return None
    for package in folder.glob("*.deb"):
        run("dpkg-deb", "--extract", package, folder)
    return next(folder.glob("usr/share/python-wheels/pip-*.whl"), None)


def install_packages(*, tests: bool) -> None:
    """Bring the packages in .venv to the locked versions."""
    # Compiled once here, or by every command again where nothing may be written later.
    common = ("--python", PYTHON, "--quiet", "--require-hashes", "--no-build",
              "--compile-bytecode")  # fmt: skip
    if tests:
        say("Installing the packages of requirements-dev.lock")
        run(UV, "pip", "sync", *common, ROOT / "requirements-dev.lock")
    else:
        # Not `sync`: it would take away what the tests need, were they set up before.
        say("Installing the packages of requirements.lock")
        run(UV, "pip", "install", *common, "-r", ROOT / "requirements.lock",
            "-r", ROOT / "requirements-tools.lock")  # fmt: skip


def install_project() -> None:
    """Put the command `newsletter` into .venv, running the code of this checkout."""
    run(UV, "pip", "install", "--python", PYTHON, "--quiet", "--offline", "--no-deps",
        "--no-build-isolation", "--editable", ROOT)  # fmt: skip


# What the tests need from the machine


def provide_browser() -> None:
    """See to it that there is a Chromium that starts."""
    if browser_works():
        return
    as_root = privileged()
    if as_root is not None and shutil.which("apt-get"):
        say(f"Installing {' and '.join(BROWSER_PACKAGES)}")
        succeeds(*as_root, "apt-get", "update")
        installs(as_root, *BROWSER_PACKAGES)
    if not browser_works():
        say("Fetching a Chromium for this user")
        succeeds(PYTHON, "-m", "playwright", "install", "chromium")
    if not browser_works():
        raise SetupError(
            "no Chromium that starts, and none could be installed. As root:\n"
            f"  apt-get install --no-install-recommends {' '.join(BROWSER_PACKAGES)}\n"
            'Without it, the other tests run: .venv/bin/pytest -m "not browser"'
        )


def provide_quick_browser() -> None:
    """Install a quicker browser where that is easy: the tests run with either."""
    as_root = privileged()
    if shutil.which(QUICK_BROWSER) or as_root is None or not shutil.which("apt-get"):
        return
    say(f"Installing {QUICK_BROWSER}")
    if not installs(as_root, *WITHOUT_WAITING, QUICK_BROWSER):
        succeeds(*as_root, "apt-get", *WITHOUT_WAITING, "update")
        installs(as_root, *WITHOUT_WAITING, QUICK_BROWSER)


def installs(as_root: tuple[str, ...], *packages: str) -> bool:
    """Have Debian install packages, without taking any away; say whether it did."""
    return succeeds(*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install",
                    "--yes", "--no-remove", "-o", "DPkg::Lock::Timeout=300",
                    "--no-install-recommends", *packages)  # fmt: skip


def browser_works() -> bool:
    """Say whether the tests will find a Chromium, and it starts."""
    return succeeds(PYTHON, ROOT / "tests" / "chromium.py")


def provide_postgres() -> None:
    """See to it that there is a PostgreSQL server to start."""
    if not succeeds(PYTHON, ROOT / "tests" / "cluster.py", "--find"):
        raise SetupError(
            "no PostgreSQL server. Install it: apt-get install postgresql\n"
            "Without it, the tests run on SQLite: .venv/bin/pytest"
        )


# Running programs


def privileged() -> tuple[str, ...] | None:
    """Return what to put before a command that needs root; None where that cannot be."""
    if os.geteuid() == 0:
        return ()
    if shutil.which("sudo") and succeeds("sudo", "-n", "true"):
        return ("sudo", "-n")
    return None


def run(*command: str | Path) -> None:
    """Run a command, or raise `SetupError` with what it said."""
    went_well, words = attempt(command, ROOT)
    if not went_well:
        line = " ".join(str(word) for word in command)
        raise SetupError(f"this failed: {line}\n{words}")


def succeeds(*command: str | Path, where: Path = ROOT) -> bool:
    """Run a command quietly; say whether it went well."""
    went_well, _ = attempt(command, where)
    return went_well


def attempt(command: Sequence[str | Path], where: Path) -> tuple[bool, str]:
    """Run a command with nothing to read; return whether it went well, and what it said."""
    try:
        answer = subprocess.run(
            command,
            cwd=where,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except OSError as error:
        return False, str(error)
    return answer.returncode == 0, answer.stdout.strip()


def say(line: str) -> None:
    """Tell whoever waits what is going on."""
    print(f"set-up: {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
