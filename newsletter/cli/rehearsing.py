"""`newsletter issue rehearse`: ask the provider beforehand, and mail nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from newsletter.cli.checking import Publication, Reference
from newsletter.cli.output import Json, emit
from newsletter.cli.workspace import open_workspace

if TYPE_CHECKING:
    from newsletter.sending.models import Rehearsal


def rehearse(ref: Reference, publication: Publication = "", *, json: Json = False) -> None:
    """Ask the provider whether it will take a queued issue, for everybody; nobody is mailed."""
    config = open_workspace()
    from newsletter.errors import WrongStep
    from newsletter.publishing.numbering import find
    from newsletter.sending.rehearsing import rehearse as ask_for
    from newsletter.transports.opening import open_transport

    issue = find(ref, publication)
    send = issue.sends.filter(state="queued").first()
    if send is None:
        raise WrongStep(f"{issue.title} is not queued", hint="Queue it: newsletter issue queue REF")
    transport = open_transport(config)
    try:
        found = ask_for(send, transport)
    finally:
        transport.close()
    emit(as_data(found), as_json=json, text="\n".join(in_words(found)))
    if found.done_at is None:
        raise typer.Exit(1)


def as_data(found: Rehearsal) -> dict[str, Any]:
    """Return what programs want to know of a rehearsal."""
    from newsletter.sending.rehearsing import people

    return {
        "send": found.send_id,
        "asked": found.asked,
        "refused": found.refused,
        "people": [{"address": address, "why": why} for address, why in people(found)],
        "done": found.done_at is not None,
        "problem": found.problem,
    }


def in_words(found: Rehearsal) -> list[str]:
    """Return what people want to know of a rehearsal."""
    from newsletter.sending.rehearsing import people

    if found.problem:
        return [f"Not rehearsed: {found.problem}"]
    lines = [f"Rehearsed: {found.asked - found.refused} of {found.asked} people can be mailed."]
    return [*lines, *(f"  {address}: {why}" for address, why in people(found))]
