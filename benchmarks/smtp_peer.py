"""Another program in the same run: `python -m benchmarks.smtp --peer COMMAND`.

COMMAND gets four more words: the port of a mail server at 127.0.0.1, how many messages to submit,
over how many connections at most, and a file with the message, which has CRLF line ends.  It ends
with status 0 when all are accepted.  Each message has an envelope of its own, as ours have.
"""

from __future__ import annotations

import resource
import shlex
import smtplib
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple


class PeerFigures(NamedTuple):
    """Messages a second, and the time of a core for each, in seconds."""

    rate: float
    core: float


def run_peer(command: str, port: int, count: int, connections: int, message: bytes) -> PeerFigures:
    """Run a program; raises `ValueError` where the server has not got as many messages."""
    before = messages_taken(port)
    with TemporaryDirectory() as folder:
        file = Path(folder, "message.eml")
        file.write_bytes(message)
        words = [*shlex.split(command), str(port), str(count), str(connections), str(file)]
        core, began = core_of_children(), time.perf_counter()
        subprocess.run(words, check=True)
        seconds = time.perf_counter() - began
    if (taken := messages_taken(port) - before) != count:
        raise ValueError(f"{command}: the server has {taken} messages of {count}")
    return PeerFigures(count / seconds, (core_of_children() - core) / count)


def core_of_children() -> float:
    """Return the seconds of a core that ended child processes have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def messages_taken(port: int) -> int:
    """Return how many messages the sink has taken: what it says to NOOP."""
    with smtplib.SMTP("127.0.0.1", port) as client:
        return int(client.noop()[1])
