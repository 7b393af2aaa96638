"""What `--help` shows: whole sentences, an example each, and the command that was meant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command_name

from newsletter.cli.examples import EXAMPLES


class Group(TyperGroup):
    """Commands under one noun."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """List the commands with their whole first sentences; Typer would cut them."""
        found = ((name, self.commands[name]) for name in self.list_commands(ctx))
        with formatter.section("Commands"):
            formatter.write_dl([(name, first_paragraph(command.help)) for name, command in found])

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Return the command that is meant; where it stands under a noun, say under which."""
        below = [*self.paths_to(args[0])] if args[0] not in self.commands else []
        if below:
            ctx.fail(f"No such command {args[0]!r}. Did you mean {' or '.join(below)}?")
        return super().resolve_command(ctx, args)

    def paths_to(self, name: str) -> Iterator[str]:
        """Yield where commands of a name stand below this group: `'send pause'`."""
        for noun, group in self.commands.items():
            if name in getattr(group, "commands", {}):
                yield repr(f"{noun} {name}")


def first_paragraph(text: str | None) -> str:
    """Return what stands above the first blank line, as one line."""
    return " ".join((text or "").partition("\n\n")[0].split())


def add_help(app: typer.Typer, path: str) -> None:
    """Give every command below an app its example, and all of them our help."""
    for command in app.registered_commands:
        name = command.name or get_command_name(getattr(command.callback, "__name__", ""))
        command.epilog = epilog(f"{path} {name}")
    for group in app.registered_groups:
        group.cls = Group
        group.epilog = epilog(f"{path} {group.name}")
        if group.typer_instance:
            add_help(group.typer_instance, f"{path} {group.name}")


def epilog(path: str) -> str:
    r"""Return the examples of a command; `\b` keeps their lines as they are."""
    lines = EXAMPLES[path]
    title = "Example:" if len(lines) == 1 else "Examples:"
    return "\n".join(["\b", title, *(f"  {line}" for line in lines)])
