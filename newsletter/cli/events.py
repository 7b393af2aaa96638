"""`newsletter events`: what the provider tells us afterwards, and how to have it told."""

from __future__ import annotations

import dataclasses
import os
from typing import Annotated

import typer

from newsletter.cli.output import Json, print_result, print_table
from newsletter.runtime.startup import open_workspace

app = typer.Typer(help="Show and set up the events that the provider posts.", no_args_is_help=True)


@app.command()
def show(*, json: Json = False) -> None:
    """Show which events came, which could not be read, and what to fix."""
    config = open_workspace()
    from django.utils import timezone

    from newsletter.tracking.models import DailyEventCount
    from newsletter.tracking.status import webhook_status

    found = webhook_status(config, os.environ, timezone.now())
    if json:
        print_result(dataclasses.asdict(found), as_json=True, text="")
        return
    rows: list[tuple[str, object]] = [
        (DailyEventCount.Sort(sort).label, count) for sort, count in found.counts.items()
    ]
    print_table(("Events", "Count"), rows or [("none came so far", 0)])
    print(f"Posts waiting to be read: {found.waiting}; that cannot be read: {found.stuck}")
    for hint in found.hints:
        print(hint)


@app.command()
def setup(
    url: Annotated[
        str, typer.Option("--url", help="The address to post to. Default: below [site] base_url.")
    ] = "",
    *,
    json: Json = False,
) -> None:
    """Let the provider, or an emulator, post signed events here, and print the key."""
    config = open_workspace()
    from newsletter.errors import ConfigError
    from newsletter.sending.planning.reader_counting import counted_anywhere
    from newsletter.transports.factory import provider_of

    webhook = provider_of(config).webhook
    if webhook is None:
        raise ConfigError(
            f"{config.path}: the transport '{config.sending.transport}' posts no events",
            **config.source("sending", "transport"),
            hint="Nothing is to be set up: what became of the mail is not told afterwards.",
        )
    target = url or f"{config.site.base_url}/events/{config.sending.transport}"
    key = webhook.set_up(config, target, counted_anywhere())
    name = webhook.keys_variable(config)
    text = (
        f"Events will be posted to {target}.\n"
        "Set this where newsletter serve runs, and start it again:\n"
        f'  export {name}="{key}"'
    )
    print_result({"url": target, "variable": name, "key": key}, as_json=json, text=text)
