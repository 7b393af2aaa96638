"""The processes of a chaos run: the product, which is killed, and the provider, which is not."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import urllib3

from tests.chaos.fork_server import SHORT_SECONDS, TIME_SCALE
from tests.program.workspaces import Workspace

HERE = Path(__file__).parent
CHECKOUT = HERE.parent.parent


@dataclass(frozen=True)
class ForkServer:
    """Starts and kills commands of a workspace."""

    process: subprocess.Popen[str]
    turn: threading.Lock = field(default_factory=threading.Lock)

    def start(self, name: str, *words: str) -> None:
        """Start a command under a name."""
        self._ask("start", name, *words)

    def kill(self, name: str) -> None:
        """Kill it."""
        self._ask("kill", name)

    def wait(self, name: str) -> int:
        """Return its exit status once it has ended."""
        return int(self._ask("wait", name))

    def ended(self, name: str) -> str:
        """Return its exit status if it has ended, else nothing."""
        status = self._ask("ended", name)
        return "" if status == "running" else status

    def _ask(self, *words: str) -> str:
        assert self.process.stdin
        assert self.process.stdout
        with self.turn:
            print(shlex.join(words), file=self.process.stdin, flush=True)
            answer = self.process.stdout.readline().strip()
        assert answer, f"the fork server is gone, over {words}"
        return answer


@contextlib.contextmanager
def fork_server(place: Workspace) -> Iterator[ForkServer]:
    """Have a fork server in a workspace; all that it started ends with it."""
    with (
        (place.folder / "program.log").open("a") as log,
        subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.fork_server"],
            cwd=place.folder,
            env=place.environment | {"PYTHONPATH": str(CHECKOUT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        assert process.stdout
        assert process.stdout.readline() == "ready\n", place.said()
        try:
            yield ForkServer(process)
        finally:
            process.communicate(timeout=30)


@dataclass(frozen=True)
class Provider:
    """An emulator in a process of its own."""

    url: str
    public_key: str
    pool: urllib3.PoolManager
    authority: Path | None = None

    @property
    def settings(self) -> dict[str, str]:
        """What a workspace needs to submit to it."""
        return {"sendgrid_base_url": self.url}

    @property
    def environment(self) -> dict[str, str]:
        """What else it needs."""
        trusted = {"SSL_CERT_FILE": str(self.authority)} if self.authority else {}
        return {"SENDGRID_WEBHOOK_KEYS": self.public_key, **trusted}

    def get(self, path: str) -> Any:
        """Ask the control plane."""
        return self.pool.request("GET", f"{self.url}/_ctl/{path}").json()

    def post(self, path: str, /, **values: Any) -> None:
        """Tell the control plane."""
        answer = self.pool.request("POST", f"{self.url}/_ctl/{path}", json=values)
        assert answer.status < 300, answer.data

    def mails(self) -> list[dict[str, Any]]:
        """Return all mails, the newest first."""
        found: list[dict[str, Any]] = self.get("mailbox?count=1000000")["mails"]
        return found

    def calm(self) -> None:
        """Let everything go well from now on."""
        self.post("fault/clear")

    def unsubscribe_link(self, mail: dict[str, Any]) -> str:
        """Return the link by which the reader of a mail leaves."""
        headers = self.get(f"mailbox/{mail['id']}")["headers"]
        return str(headers["List-Unsubscribe"].strip("<>"))

    def refused(self) -> set[str]:
        """Return who was refused in the answer to a request: nobody."""
        return set()

    def violations(self) -> list[dict[str, Any]]:
        """Return the rules for senders that were broken."""
        found: list[dict[str, Any]] = self.get("invariants")["violations"]
        return found

    def is_idle(self) -> bool:
        """Say whether no request is in progress, also none whose client is gone."""
        return all(exchange["seconds"] for exchange in self.get("requests?count=10000"))


@contextlib.contextmanager
def provider(events_to: str, *, pace: float | None, authority: Path | None) -> Iterator[Provider]:
    """Have a provider that posts signed events; with a file for its authority, over TLS.

    With a `pace` its minutes are seconds too.
    """
    environment = os.environ | ({TIME_SCALE: str(pace)} if pace else {})
    command = [sys.executable, "-m", "tests.chaos.programs"]
    command += ["--tls", str(authority)] if authority else []
    with subprocess.Popen(
        [*command, "--port", "0", "--events-to", events_to],
        cwd=CHECKOUT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        said = ""
        while "public key" not in said:
            said += process.stdout.readline() or "\npublic key\n"
        url, key = re.search(r"SendGrid: (\S+)", said), re.search(r"public key +(\S+)", said)
        assert url
        assert key, said
        try:
            pool = urllib3.PoolManager(ca_certs=str(authority) if authority else None)
            yield Provider(url[1], key[1], pool, authority)
        finally:
            process.kill()


def be_provider() -> int:
    """Be an emulator, which honours a cancellation as quickly as the product asks for it."""
    from sendgrid_emulator import __main__
    from sendgrid_emulator.state import batches

    if TIME_SCALE in os.environ:
        certain = SHORT_SECONDS[
            "newsletter.sending.prescheduled.cancellation:MIN_CANCEL_LEAD"
        ] * float(os.environ[TIME_SCALE])
        batches.CANCEL_LEAD_SECONDS = certain  # type: ignore[assignment]
    return __main__.main()


if __name__ == "__main__":
    sys.exit(be_provider())
