"""What figures depend on beside the code: the machine, what it does meanwhile, and the versions."""

from __future__ import annotations

import datetime as dt
import os
import platform
import re
import sqlite3
import subprocess
from pathlib import Path


def describe_machine() -> dict[str, str]:
    """Return what to name beside figures, by what it is called."""
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return {
        "date": dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": commit(),
        "cores": str(len(os.sched_getaffinity(0))),
        "model": processor_model(),
        "memory": f"{memory_gb():.0f} GB",
        "load at the start": load,
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        "PostgreSQL": postgresql_version(),
    }


def commit() -> str:
    """Return the commit of the code, with a plus if files were changed since."""
    try:
        found = said("git", "rev-parse", "--short", "HEAD")
        return found + ("+" if said("git", "status", "--porcelain", "-uno") else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def processor_model() -> str:
    """Return what the processor calls itself (proc(5), cpuinfo)."""
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def memory_gb() -> float:
    """Return how much memory there is."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9


def postgresql_version() -> str:
    """Return the version of the server that is measured."""
    from tests import cluster

    try:
        found = re.search(r"[\d.]+", said(str(cluster.find_programs() / "postgres"), "--version"))
        return found[0] if found else "unknown"
    except (OSError, subprocess.CalledProcessError, cluster.NoServer):
        return "none"


def said(*command: str) -> str:
    """Return what a program says, from the folder of the repository."""
    root = Path(__file__).resolve().parents[1]
    return subprocess.run(
        command, cwd=root, check=True, capture_output=True, text=True
    ).stdout.strip()
