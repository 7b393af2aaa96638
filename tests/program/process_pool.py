"""Start programs of the product in a quarter of the time, as processes of their own.

They are forked from a process that has read the libraries, and none of our code that asks for
settings: that each reads itself, in its own environment.  Most of what a start takes is reading.
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.db import connections

from newsletter import cli
from tests.program import stems

#: Seconds that whatever a program does may take, on a slow machine that does other work, too.
ANSWER_SECONDS = 180.0
#: What the product needs and no settings decide about.
LIBRARIES = (
    *("apscheduler.schedulers.background", "bs4", "css_inline", "idna", "jinja2", "lxml.html"),
    *("mjml", "orjson", "PIL.Image", "premailer", "psycopg", "pydantic", "requests"),
    *("rich.console", "sendgrid", "typer", "typst", "urllib3", "waitress", "whitenoise"),
    *("django.contrib.staticfiles.finders", "django.core.mail", "django.core.management"),
    *("django.db.backends.sqlite3.base", "django.db.migrations.executor", "django.db.models"),
    *("django.forms", "django.http", "django.template", "django.test", "django.urls"),
    *("django.views.generic", "django_filters", "draftjs_exporter.html", "laces.components"),
    *("modelcluster.fields", "rest_framework", "taggit.utils", "telepath", "treebeard"),
    *("django_tasks.backends.immediate", "email_validator", "rich.table", "wagtail.hooks"),
    *("wagtail.rich_text", "wagtail.search.index", "wagtail.utils.text"),
    *("newsletter.conf.config", "newsletter.cli.output", "newsletter.rendering.preflight"),
    *(
        "newsletter.transports.sendgrid.cancellation",
        "newsletter.transports.smtp.submission",
        "subscribers.addresses",
    ),
    *("subscribers.exports.rules", "subscribers.exports.titles"),
    *("subscribers.exports.words", "subscribers.names", __name__),
    *("altcha", "babel", "fontTools.ttLib", "holidays", "icalendar", "mammoth", "segno"),
    *("newsletter.rendering.linting.linter", "newsletter.rendering.pdf.document"),
    *("newsletter.rendering.preflight.checking", "newsletter.rendering.preflight.links"),
    *("tests.program.command_tree", "tests.program.loaded"),  # the last
)

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(list(LIBRARIES))


class Program:
    """A program that runs: what `subprocess.Popen` offers of it."""

    def __init__(
        self,
        words: Sequence[str],
        *,
        folder: Path,
        environment: Mapping[str, str],
        said: Path,
        complained: Path | None = None,
        has_stem: bool = False,
    ) -> None:
        """Start it.  `words` are those of the product, or a script of Python and its words.

        What it says goes to the end of a file, its errors to another if there is one.  With a
        stem, it begins behind what others of its workspace have read before (`stems`).
        """
        places = (str(folder), str(said), str(complained or said))
        arguments = (list(words), dict(environment), *places)
        said.touch()
        if has_stem:
            stem = stems.find_stem(_context, folder, environment)
            self._process: Any = stem.fork(be, *arguments)
        else:
            # A daemon, in the words of multiprocessing: it does not outlive the tests.
            self._process = _context.Process(target=be, args=arguments, daemon=True)
            self._process.start()

    @property
    def pid(self) -> int:
        """Its number."""
        return int(self._process.pid)

    @property
    def returncode(self) -> int | None:
        """How it ended; None while it runs."""
        return None if self._process.exitcode is None else int(self._process.exitcode)

    def poll(self) -> int | None:
        """Return how it ended; None while it runs."""
        return self.returncode

    def wait(self, timeout: float = ANSWER_SECONDS) -> int:
        """Return how it ended; raises `subprocess.TimeoutExpired` if it takes longer."""
        self._process.join(timeout)
        if self.returncode is None:
            raise subprocess.TimeoutExpired(f"program {self.pid}", timeout)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it is over."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it."""
        self.send_signal(signal.SIGKILL)


def be(words: list[str], environment: dict[str, str], folder: str, said: str, bad: str) -> None:
    """Be a program, in a process of its own."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    for path, number in ((said, 1), (bad, 2)):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.dup2(file, number)
        os.close(file)
    sys.argv = words if words[0].endswith(".py") else ["newsletter", *words]
    try:
        work()
    finally:
        # As Python does when it ends; multiprocessing ends without that.
        connections.close_all()


def work() -> None:
    """Do what the command line says."""
    if sys.argv[0].endswith(".py"):
        runpy.run_path(sys.argv[0], run_name="__main__")
    else:
        cli.main()
