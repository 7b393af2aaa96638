"""A real PostgreSQL is stopped and started again under running programs, and before they start."""

from __future__ import annotations

import http.client
import secrets
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from sendgrid_emulator import Emulator
from tests import cluster
from tests.program import workspaces
from tests.program.workspaces import Workspace, wait_until

PEOPLE = 40
#: Everything somebody outside may ask for, with the way it is asked.
PATHS = (
    *(("GET", "/"), ("GET", "/health/ready"), ("GET", "/feed.xml"), ("GET", "/admin/login/")),
    *(("GET", "/sitemap.xml"), ("GET", "/nowhere/"), ("HEAD", "/")),
)


class Database:
    """A PostgreSQL server of one's own, which can be stopped and started at the same port."""

    def __init__(self, folder: Path) -> None:
        self._server = cluster.Server(folder, cluster.unprivileged())
        self._server.take(cluster.find_programs())
        self.password = secrets.token_urlsafe(16)
        self._server.initialise(self.password, cluster.FAST)
        # It is stopped as by a crash: what it has committed must be there again.
        with (folder / "data" / "postgresql.conf").open("a") as settings:
            settings.write("synchronous_commit = on\n")
        self.port = self._server.start()
        self.url = f"postgresql://{cluster.USER}:{self.password}@127.0.0.1:{self.port}/postgres"

    def stop(self) -> None:
        """Stop it at once."""
        self._server.stop()

    def start(self) -> None:
        """Start it again, at the same port."""
        assert self._server.control("start", f"--options=-p {self.port}").returncode == 0


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    """A server; in the end it is gone."""
    with tempfile.TemporaryDirectory(prefix="fortnight-outage-") as name:
        Path(name).chmod(0o755)
        made = Database(Path(name))
        yield made
        made.stop()


@pytest.fixture(scope="module")
def made(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace on that server, with an issue and people."""
    folder = tmp_path_factory.mktemp("outage") / "work"
    return workspaces.make_workspace(folder, PEOPLE, database_url=database.url)


@pytest.fixture
def place(made: Workspace, database: Database, sendgrid: Emulator) -> Workspace:
    """The same with a provider, and nothing said yet."""
    (made.folder / "program.log").unlink(missing_ok=True)
    settings = workspaces.environment(
        database_url=database.url,
        sendgrid_base_url=sendgrid.url,
        web_port="0",
        sending_batch_size="1",
        sending_lease_seconds="1",
        sending_concurrency="2",
    )
    return Workspace(made.folder, settings)


def ask(place: Workspace, method: str, path: str, body: bytes = b"") -> tuple[int, str]:
    """Return status and Retry-After of an answer of the program that serves."""
    line = next(line for line in place.said().splitlines() if "Fortnight serves" in line)
    connection = http.client.HTTPConnection(urlsplit(line.split()[2]).netloc, timeout=60)
    connection.request(method, path, body)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, answer.getheader("Retry-After") or ""


def link_in(sendgrid: Emulator) -> str:
    """Return the path of the unsubscribe link in the first mail."""
    header = next(iter(sendgrid.mailbox)).headers["List-Unsubscribe"]
    return urlsplit(header.strip("<>")).path


def test_an_outage(database: Database, place: Workspace, sendgrid: Emulator) -> None:
    """Every path says 503 and when to come again; the log has one line for it, and one after it.

    In the middle of a send, which goes on by itself: nobody twice.
    """
    sendgrid.faults.add("delay", seconds=0.05, times=None)
    place.run("issue", "queue", "1.1", "--at", "now")
    process = place.serve()
    try:
        wait_until(lambda: "Fortnight serves" in place.said() and len(sendgrid.mailbox) > 3)
        one_click = ("POST", link_in(sendgrid))
        database.stop()
        answers = {}
        for _ in range(3):
            for method, path in (*PATHS, one_click):
                answers[method, path] = ask(place, method, path, b"List-Unsubscribe=One-Click")
        wait_until(lambda: "the database is unavailable" in place.said())
        database.start()
        wait_until(lambda: "the database is available again" in place.said())
        wait_until(lambda: ask(place, *one_click, b"List-Unsubscribe=One-Click")[0] == 200)
        wait_until(lambda: place.states() <= {"sent", "unresolved"})
    finally:
        process.terminate()
        assert process.wait() == 0, place.said()

    assert set(answers.values()) == {(503, "10")}, answers
    said = place.said()
    assert said.count("the database is unavailable") == 1, said
    assert said.count("the database is available again") == 1, said
    assert "Traceback" not in said
    assert len(said.splitlines()) < 40, said
    mailed = Counter(mail.address for mail in sendgrid.mailbox)
    assert set(mailed.values()) == {1}


@pytest.mark.parametrize("words", [("serve",), ("worker",)], ids=" ".join)
def test_a_start_waits(database: Database, place: Workspace, words: tuple[str, ...]) -> None:
    """A program that starts while there is no server says so once, and begins when there is."""
    database.stop()
    process = place.start(*words)
    try:
        wait_until(lambda: "waiting for the database" in place.said())
        assert process.poll() is None
        database.start()
        wait_until(lambda: "the database is there" in place.said())
        wait_until(lambda: "Fortnight serves" in place.said() or "SIGTERM lets" in place.said())
    finally:
        process.terminate()
        assert process.wait() == 0, place.said()

    assert place.said().count("waiting for the database") == 1
    assert "Traceback" not in place.said()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"path": "/nothing"}, 'database "nothing" does not exist'),
        ({"password": "wrong"}, "password authentication failed"),
    ],
    ids=["no-such-database", "wrong-password"],
)
@pytest.mark.parametrize("words", [("serve",), ("worker",)], ids=" ".join)
def test_a_refusal_is_an_error_at_once(
    database: Database,
    place: Workspace,
    words: tuple[str, ...],
    change: dict[str, str],
    says: str,
) -> None:
    """No waiting ends a wrong password or a name that is not there."""
    password = change.get("password", database.password)
    path = change.get("path", "/postgres")
    url = f"postgresql://{cluster.USER}:{password}@127.0.0.1:{database.port}{path}"
    other = Workspace(place.folder, place.environment | {"NEWSLETTER_DATABASE_URL": url})

    process = other.start(*words)

    assert process.wait(120) == 1
    assert "[database] url: the database cannot be opened" in other.said()
    assert says in other.said()
    assert "Traceback" not in other.said()
    assert database.password not in other.said()
