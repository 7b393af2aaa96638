"""Make the tables of a database by the migrations, in a process of its own.

What Django installs depends on the kind of its database, and it knows one in its life.

    python -m newsletter.backup.tables make     with the migrations on the input; then no rows
    python -m newsletter.backup.tables index    build the index of the desk's search
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import orjson

from newsletter.errors import BackupFailed
from newsletter.phrases import phrase

Migrations = Sequence[tuple[str, str]]


def make_tables(url: str, config: Path, migrations: Migrations = ()) -> None:
    """Make the tables that some migrations make, in an empty database; without them: all.

    Raises `BackupFailed` with the last line of what the process says.
    """
    run("make", url, config, orjson.dumps([*migrations]))


def build_index(url: str, config: Path) -> None:
    """Build the index of the desk's search from the rows."""
    run("index", url, config, b"")


def run(what: str, url: str, config: Path, words: bytes) -> None:
    """Run this module on a database."""
    environment = os.environ | {
        "NEWSLETTER_DATABASE_URL": url,
        "NEWSLETTER_CONFIG": str(config),
        # Jobs are an affair of PostgreSQL, and the database may be neither the old nor the new.
        "NEWSLETTER_SENDING_ENGINE": "embedded",
        # Nothing is signed here.
        "NEWSLETTER_SECRET_KEY": os.environ.get("NEWSLETTER_SECRET_KEY", "unused"),
    }
    done = subprocess.run(  # noqa: S603  our own module
        [sys.executable, "-m", __spec__.name, what],
        input=words,
        env=environment,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines() or ["?"]
        raise BackupFailed(
            phrase("the tables cannot be made: {reason}", reason=lines[-1][:300]),
            hint=phrase("Check name, user, password and rights of the database."),
        )


def main() -> None:
    """Do what the command line says, in the database of the settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsletter.conf.settings")
    import django

    django.setup()
    from django.core.management import call_command

    if sys.argv[1] == "index":
        call_command("update_index", verbosity=0)
        return
    migrate_to([(app, name) for app, name in orjson.loads(sys.stdin.buffer.read())])


def migrate_to(targets: list[tuple[str, str]]) -> None:
    """Apply these migrations, and those that they need; without any: all."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from newsletter.snapshot import load_snapshot

    executor = MigrationExecutor(connection)
    graph = executor.loader.graph
    known = {each for each in targets if each in graph.nodes}
    if not targets or known == set(graph.nodes):
        if not load_snapshot(connection):
            call_command("migrate", verbosity=0, interactive=False)
        return
    # Only the last ones of each app: to name one before them would undo those.
    executor.migrate(
        [
            each
            for each in sorted(known)
            if not any(
                child.key in known and child.key[0] == each[0]
                for child in graph.node_map[each].children
            )
        ]
    )


if __name__ == "__main__":
    main()
