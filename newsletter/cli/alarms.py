"""`newsletter alarm`: what needs a person now, and whether messages about it arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from newsletter.cli.languages import readers_language
from newsletter.cli.output import Json, print_result, print_table
from newsletter.runtime.startup import open_workspace

if TYPE_CHECKING:
    from newsletter.monitoring.models import Alarm

app = typer.Typer(
    help="Show what needs a person now, and try whether alarms arrive.", no_args_is_help=True
)


@app.command("list")
def list_(*, json: Json = False) -> None:
    """Show the alarms that are open. The exit status is 1 if there are any."""
    open_workspace()
    from newsletter.monitoring.alarms.rows import list_open
    from newsletter.phrases import translate

    found = list(list_open())
    with readers_language():
        if json:
            print_result([as_data(each) for each in found], as_json=True, text="")
        elif found:
            print_table(
                ("since (UTC)", "kind", "alarm"),
                [
                    (f"{each.raised_at:%Y-%m-%d %H:%M}", each.kind, translate(each.words))
                    for each in found
                ],
            )
        else:
            print("No alarm is open.")
    if found:
        raise typer.Exit(1)


@app.command("test")
def try_(*, json: Json = False) -> None:
    """Send a test alarm by every way that is set up, and say of each whether it was accepted."""
    open_workspace()
    from newsletter.monitoring.alarms.trial import try_all

    outcomes = try_all()
    lines = [
        f"{each.way} {each.to}".strip() + ": " + (each.problem or "accepted") for each in outcomes
    ]
    print_result(
        [{"way": each.way, "to": each.to, "problem": each.problem} for each in outcomes],
        as_json=json,
        text="\n".join(lines),
    )
    if any(each.problem for each in outcomes):
        raise typer.Exit(1)


def as_data(alarm: Alarm) -> dict[str, Any]:
    """Return an alarm for programs, in English."""
    from newsletter.monitoring.alarms.messages import describe

    return describe(alarm, over=False)
