"""`newsletter compact`: have a SQLite file take no more of the disk than it needs."""

from __future__ import annotations

from newsletter.cli.languages import readers_language
from newsletter.cli.output import Json, print_result
from newsletter.errors import BadInput
from newsletter.phrases import phrase, translate
from newsletter.runtime.startup import open_workspace


def compact(*, json: Json = False) -> None:
    """Rewrite a SQLite database without its free pages. Stop every program first.

    From then on it gives freed pages back to the disk by itself.
    """
    config = open_workspace()
    from django.db import connections

    from newsletter.conf.data_files import sqlite_file
    from newsletter.sqlite.compacting import compact as rewrite

    path = sqlite_file(config)
    if path is None:
        raise BadInput(
            phrase("the database is on PostgreSQL, which uses free pages again by itself"),
            hint=phrase("Nothing needs to be done."),
        )
    connections.close_all()
    done = rewrite(path)
    before, after = (f"{size / 1e6:,.1f}" for size in (done.before, done.after))
    sizes = {"path": str(path), "before": before, "after": after}
    with readers_language():
        words = phrase("{path}: {before} MB before, {after} MB now.", **sizes)
        print_result(
            {"file": str(path), "before": done.before, "after": done.after},
            as_json=json,
            text=str(translate(words)),
        )
