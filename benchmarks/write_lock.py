"""How long somebody else's write waits: `python -m benchmarks.write_lock DATABASE`.

Takes the write lock of a SQLite file again and again, and gives it back at once, until its input
ends.  Prints the milliseconds of the longest time that the lock was not to be had.
"""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

#: Seconds between two tries, and between two times that it has the lock.
EACH, REST = 0.001, 0.01


def main(path: str) -> None:
    """Try until the input ends."""
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    connection = sqlite3.connect(path, timeout=0, isolation_level=None)
    longest = 0.0
    while not ended.is_set():
        asked = time.perf_counter()
        while not is_taken(connection) and not ended.is_set():
            time.sleep(EACH)
        longest = max(longest, time.perf_counter() - asked)
        time.sleep(REST)
    print(longest * 1000)


def is_taken(connection: sqlite3.Connection) -> bool:
    """Take the lock and give it back; say whether that was possible."""
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return False
    connection.execute("ROLLBACK")
    return True


@contextlib.contextmanager
def watched(path: Path) -> Iterator[list[float]]:
    """Yield a list, into which the longest wait in milliseconds comes at the end."""
    command = [sys.executable, "-m", "benchmarks.write_lock", str(path)]
    found: list[float] = []
    watcher = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield found
    finally:
        said, _ = watcher.communicate("")
        found.append(float(said or "nan"))


if __name__ == "__main__":
    main(sys.argv[1])
