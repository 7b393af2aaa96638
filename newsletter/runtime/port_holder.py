"""Which program of this machine listens on a port, where the system tells: on Linux, in /proc.

`/proc/net/tcp` names the inode of a listening socket (proc_net(5)), and each process shows its
open sockets by their inodes (proc_pid_fd(5)): those of other accounts only to root.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
#: The state of a socket that listens (include/net/tcp_states.h of Linux).
LISTENING = "0A"
#: Programs that run another one, which their first argument names.
INTERPRETERS = re.compile(r"(?:python|node|ruby|perl|java|bash|sh)[\d.]*")


def name_holder(port: int, proc: Path = PROC) -> str:
    """Return the program that listens on a port, as `nginx (process 812)`; empty if unknown."""
    inodes = {f"socket:[{inode}]" for inode in listening_inodes(port, proc)}
    if not inodes:
        return ""
    for folder in proc.glob("[0-9]*"):
        with suppress(OSError):
            if any(str(each.readlink()) in inodes for each in folder.glob("fd/*")):
                return f"{name_program(folder)} (process {folder.name})"
    return ""


def listening_inodes(port: int, proc: Path) -> Iterator[str]:
    """Yield the inodes of the sockets that listen on a port."""
    for table in ("tcp", "tcp6"):
        with suppress(OSError):
            for line in (proc / "net" / table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                    yield fields[9]


def name_program(folder: Path) -> str:
    """Return the name of a process; of its arguments only what an interpreter runs.

    The others may hold secrets.
    """
    words = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
    name = Path(words[0]).name
    if not INTERPRETERS.fullmatch(name):
        return name or (folder / "comm").read_text().strip()
    script = words[2] if words[1:2] == ["-m"] else next(iter(words[1:]), "")
    return name if not script or script.startswith("-") else Path(script).name
