"""Put the tree of commands together once for all programs: it is the same for each of them.

Typer reads the signatures of a hundred functions for it, which is half of what a short command
does once its modules are there.
"""

from __future__ import annotations

import functools

import typer.main

from newsletter import cli

cli.register()
typer.main.get_command = functools.cache(typer.main.get_command)
typer.main.get_command(cli.app)
