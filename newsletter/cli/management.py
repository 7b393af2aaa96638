"""`newsletter django`: the management commands of Django, Wagtail and the apps."""

from __future__ import annotations

import typer

from newsletter.conf.config import load
from newsletter.errors import ConfigError
from newsletter.runtime.startup import set_up_django

#: What stands behind the command is Django's, `--help` included.
CONTEXT = {
    "allow_extra_args": True,
    "allow_interspersed_args": False,
    "ignore_unknown_options": True,
}


def run_django(context: typer.Context) -> None:
    """Run a Django management command with the settings of this workspace.

    Without a command, Django lists its commands.
    """
    load()
    set_up_django()
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(["newsletter django", *context.args])
    except ImproperlyConfigured as error:
        raise ConfigError(
            f"Django cannot work with these settings: {error}",
            hint="Without a signing key, make the workspace first: newsletter init DIR",
        ) from None
