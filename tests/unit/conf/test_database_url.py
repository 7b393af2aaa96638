"""The address of the database: every option arrives, or is refused in words."""

from __future__ import annotations

import socket
import struct
import threading
from pathlib import Path
from typing import Any

import psycopg
import pytest

from newsletter.conf.config import Config, read_config
from newsletter.conf.database_url import known_options, without_password
from newsletter.conf.settings import KEPT_CONNECTIONS, database
from newsletter.errors import ConfigError
from newsletter.postgresql.base import DatabaseWrapper


def described(folder: Path, url: str) -> dict[str, Any]:
    """Return Django's description of a database."""
    path = folder / "config.toml"
    path.write_text("", encoding="utf-8")
    config: Config = read_config(path, {"NEWSLETTER_DATABASE_URL": url})
    return database(config)


def connected(description: dict[str, Any]) -> dict[str, Any]:
    """Return what Django would connect with."""
    defaults = {"TIME_ZONE": None, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False}
    parameters = DatabaseWrapper({**defaults, **description}).get_connection_params()
    return {name: value for name, value in parameters.items() if isinstance(value, str)}


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
def test_options_arrive(tmp_path: Path, scheme: str) -> None:
    """What stands behind the question mark is what libpq gets."""
    url = (
        f"{scheme}://ann:p%40ss@db.example.org:5433/news%20letter?sslmode=verify-full"
        "&sslrootcert=%2Fetc%2Fca.pem&application_name=desk&options=-c%20search_path%3Dmail"
    )

    found = connected(described(tmp_path, url))

    assert found == {
        "user": "ann",
        "password": "p@ss",
        "host": "db.example.org",
        "port": "5433",
        "dbname": "news letter",
        "sslmode": "verify-full",
        "sslrootcert": "/etc/ca.pem",
        "application_name": "desk",
        "options": "-c search_path=mail",
        "connect_timeout": "10",
        **KEPT_CONNECTIONS,
        "client_encoding": "UTF8",
    }


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://u@h/n?connect_timeout=3", {"connect_timeout": "3"}),
        ("postgresql://u@h/n?keepalives_idle=9", {**KEPT_CONNECTIONS, "keepalives_idle": "9"}),
        ("postgresql://u@h1:1,h2:2/n", {"host": "h1,h2", "port": "1,2"}),
        ("postgresql://u@[::1]:7/n", {"host": "::1", "port": "7"}),
        ("postgresql://u@%2Fvar%2Frun%2FP/n", {"host": "/var/run/P"}),
        ("postgresql:///n?host=/tmp&user=ann", {"host": "/tmp", "user": "ann"}),
        ("postgresql:///?dbname=n", {"dbname": "n"}),
    ],
)
def test_forms_of_libpq(tmp_path: Path, url: str, expected: dict[str, str]) -> None:
    """Whatever libpq reads in an address is read."""
    assert expected.items() <= connected(described(tmp_path, url)).items()


def test_a_service_names_the_database(tmp_path: Path) -> None:
    """With a service file there need be no name."""
    assert described(tmp_path, "postgresql:///?service=news")["OPTIONS"]["service"] == "news"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgresql://u:SECRET@h/n?sslmod=verify-full", "no option sslmod; did you mean sslmode"),
        ("postgresql://u:SECRET@h/n?sslmode=verify_full", "sslmode must be one of disable, allow"),
        ("postgresql://u:SECRET@h/n?sslmode=", "sslmode must be one of"),
        ("postgresql://u:SECRET@h/n?sslmode=require&sslmode=disable", "sslmode stands there twice"),
        ("postgresql://u:SECRET@h/n?ssl=true", "no option ssl"),
        ("postgresql://u:SECRET@h/n?conn_max_age=600", "no option conn_max_age"),
        ("postgresql://u:SECRET@h/n?connect_timeout=soon", "connect_timeout must be a number"),
        ("postgresql://u:SECRET@h/n?client_encoding=latin1", "client_encoding cannot be set"),
        ("postgresql://u:SECRET@h/n?replication=database", "replication cannot be set"),
        ("postgresql://u:SECRET@h:five/n", "the port must be a number"),
        ("postgresql://u:SECRET%zz@h/n", "cannot be read: write it as"),
        ("postgresql://u:SECRET@h", "must name a database"),
        ("postgresql://", "must name a database"),
        ("mysql://u:SECRET@h/n", "must begin with sqlite:/// or postgresql://"),
        ("sqlite:///var/x.sqlite3?mode=ro", "takes no options"),
        ("sqlite:///var/x.sqlite3#SECRET", "takes no options"),
        ("sqlite:///", "must name a file"),
        ("sqlite:///:memory:", "must name a file"),
        ("sqlite:///var/", "must name a file"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, url: str, says: str) -> None:
    """In words that name file and key, and no password."""
    with pytest.raises(ConfigError) as refused:
        described(tmp_path, url)

    assert "NEWSLETTER_DATABASE_URL: [database] url: " in str(refused.value)
    assert says in str(refused.value)
    assert "SECRET" not in str(refused.value)


def test_every_option_of_the_library_is_known() -> None:
    """The table is libpq's own: what it gains, we take."""
    assert {"sslmode", "channel_binding", "target_session_attrs"} <= set(known_options())


def test_a_refused_option_is_refused_by_libpq_too(tmp_path: Path) -> None:
    """Nothing that libpq would take is lost: it says the same of the same address."""
    with pytest.raises(psycopg.ProgrammingError):
        psycopg.conninfo.conninfo_to_dict("postgresql://u@h/n?sslmod=verify-full")


def test_an_option_is_obeyed(tmp_path: Path) -> None:
    """A server that offers no encryption gets no password where encryption was asked for."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        heard: list[bytes] = []

        def refuse_encryption() -> None:
            asking, _ = server.accept()
            with asking:
                heard.append(asking.recv(1000))
                asking.sendall(b"N")
                heard.append(asking.recv(1000))

        thread = threading.Thread(target=refuse_encryption, daemon=True)
        thread.start()
        url = f"postgresql://u:SECRET@127.0.0.1:{server.getsockname()[1]}/n?sslmode=require"
        parameters = connected(described(tmp_path, url))
        with pytest.raises(psycopg.OperationalError, match="does not support SSL"):
            psycopg.connect(**parameters)
        thread.join(60)

    # The request for encryption (its number is 80877103), and nothing after the answer.
    assert heard == [struct.pack("!ii", 8, 80877103), b""]


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("postgresql://ada:secret@db:5432/x", "postgresql://ada@db:5432/x"),
        ("postgresql://ada:s%40t@db/x?sslmode=require", "postgresql://ada@db/x?sslmode=require"),
        ("postgresql://ada@db/x?password=secret", "postgresql://ada@db/x"),
        (
            "postgresql://ada@h1:1,h2:2/x?password=s&sslmode=require",
            "postgresql://ada@h1:1,h2:2/x?sslmode=require",
        ),
        ("sqlite:///var/a:b@c.sqlite3", "sqlite:///var/a:b@c.sqlite3"),
    ],
)
def test_no_password_stands_in_a_file(url: str, kept: str) -> None:
    """All of an address is kept but its password."""
    assert without_password(url) == kept
