"""Read `[database] url`: a SQLite file, or a database of PostgreSQL with the options of libpq.

Options that are dropped in silence are worse than none: whoever writes `sslmode=verify-full` must
have it.  Each is passed on to libpq, or refused in words.  No message repeats the address, in which
a password may stand.

Why not dj-database-url 3, which drops nothing either?  It takes `sslmod=verify-full` as it stands,
leaves out `sslmode=` without a value, makes a list of an option that stands there twice, refuses
two hosts (`h1:1,h2:2`) and reads `sqlite:///` as a database in memory.  Several of the addresses in
tests/unit/conf/test_database_url.py would be read otherwise than libpq reads them, or accepted.
https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from newsletter.conf import spelling

SQLITE = "sqlite:///"
POSTGRESQL = ("postgresql://", "postgres://")

#: What we set ourselves, or what makes a connection that no table can be read by.
NOT_OURS = {
    "client_encoding": "it is always UTF-8",
    "replication": "a replication connection cannot read tables",
}
#: Values that libpq would refuse only when it connects, after a wait.
VALUES = {
    "sslmode": ("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
    "gssencmode": ("disable", "prefer", "require"),
    "channel_binding": ("disable", "prefer", "require"),
    "sslnegotiation": ("postgres", "direct"),
    "sslsni": ("0", "1"),
    "sslcertmode": ("disable", "allow", "require"),
    "load_balance_hosts": ("disable", "random"),
    "target_session_attrs": (
        *("any", "read-write", "read-only", "primary", "standby", "prefer-standby"),
    ),
}
NUMBERS = frozenset(
    [
        *("connect_timeout", "tcp_user_timeout"),
        *("keepalives", "keepalives_count", "keepalives_idle", "keepalives_interval"),
    ]
)
#: The user of an address, and the password behind it.
PASSWORD = re.compile(r"^(\w+://[^:/@?]*):[^@/?]*@")
PORTS = re.compile(r"\d{1,5}(?:,\d{1,5})*")


def sqlite_path(url: str) -> str:
    """Return the path of a SQLite file, or raise `ValueError` where the address is of no file."""
    path = url.removeprefix(SQLITE)
    if "?" in path or "#" in path:
        raise ValueError("sqlite:///PATH takes no options: leave out what stands behind ? or #")
    if not path.strip() or path.endswith("/") or path.startswith((":", "file:")):
        raise ValueError("must name a file: sqlite:///var/newsletter.sqlite3")
    return path


def postgresql_parameters(url: str) -> dict[str, str]:
    """Return the parameters of a connection as libpq reads them; raises `ValueError` in words."""
    # Imported here: with SQLite nothing of it is loaded.
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    options = parse_qsl(url.partition("?")[2], keep_blank_values=True)
    for name, value in options:
        check_option(name, value)
    names = [name for name, _ in options]
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise ValueError(f"the option {twice} stands there twice")
    try:
        read = {name: str(value) for name, value in conninfo_to_dict(url).items() if value}
    except ProgrammingError:
        raise ValueError(
            "cannot be read: write it as postgresql://USER@HOST:5432/NAME?sslmode=verify-full,"
            " with %40 for @, %2F for / and %25 for % in names and passwords"
        ) from None
    if not read.get("dbname") and not read.get("service"):
        raise ValueError("must name a database: postgresql://USER@HOST/NAME")
    if (port := read.get("port", "")) and not PORTS.fullmatch(port):
        raise ValueError("the port must be a number such as 5432")
    return read


def check_option(name: str, value: str) -> None:
    """Raise `ValueError` for an option that libpq does not know, or a value that it refuses."""
    if name in NOT_OURS:
        raise ValueError(f"the option {name} cannot be set here: {NOT_OURS[name]}")
    if name not in known_options():
        hint = spelling.suggest_name(name, known_options())
        raise ValueError(f"PostgreSQL has no option {name[:40]}{hint}")
    if name in VALUES and value not in VALUES[name]:
        raise ValueError(f"the option {name} must be one of {', '.join(VALUES[name])}")
    if name in NUMBERS and not value.isdecimal():
        raise ValueError(f"the option {name} must be a number")


def known_options() -> list[str]:
    """Return the names of the options of the libpq that is installed."""
    from psycopg.pq import Conninfo

    return sorted(option.keyword.decode() for option in Conninfo.get_defaults())


def check_url(url: str) -> str:
    """Return an address that can be used, or raise `ValueError` that says why it cannot."""
    if url.startswith(SQLITE):
        sqlite_path(url)
    elif url.startswith(POSTGRESQL):
        postgresql_parameters(url)
    else:
        raise ValueError("must begin with sqlite:/// or postgresql://")
    return url


def without_password(url: str) -> str:
    """Return an address as it may stand in a file: the password is for ~/.pgpass."""
    address, mark, options = PASSWORD.sub(r"\1@", url).partition("?")
    kept = [each for each in options.split("&") if not each.startswith("password=")]
    return f"{address}{mark}{'&'.join(kept)}".removesuffix("?")
