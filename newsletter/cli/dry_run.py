"""`newsletter issue dry-run`: ask the provider, mail nobody, and change nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from newsletter.cli.checking import Publication, Reference
from newsletter.cli.output import Json, print_result
from newsletter.runtime.startup import open_workspace

if TYPE_CHECKING:
    from newsletter.sending.models import Send
    from newsletter.sending.operations.dry_run import DryRunReport


def dry_run(ref: Reference, publication: Publication = "", *, json: Json = False) -> None:
    """Ask the provider whether it would accept a queued or held issue. Nobody is mailed."""
    config = open_workspace()
    from newsletter.sending.operations.dry_run import dry_run as ask_provider
    from newsletter.transports.factory import open_transport

    send = find_send(ref, publication)
    transport = open_transport(config)
    try:
        found = ask_provider(send, transport)
    finally:
        transport.close()
    print_result(as_data(send, found), as_json=json, text="\n".join(in_words(found)))
    if not found.is_complete:
        raise typer.Exit(1)


def find_send(ref: str, publication: str) -> Send:
    """Return the send of an issue that still has people to mail, or raise `InvalidTransition`."""
    from newsletter.errors import InvalidTransition
    from newsletter.publishing.numbering import find_issue
    from newsletter.sending.operations.dry_run import POSSIBLE

    issue = find_issue(ref, publication)
    send: Send | None = issue.sends.filter(state__in=POSSIBLE).first()
    if send is None:
        raise InvalidTransition(
            f"{issue.title} is neither queued nor held",
            hint="Queue it: newsletter issue queue REF",
        )
    return send


def as_data(send: Send, found: DryRunReport) -> dict[str, Any]:
    """Return what programs want to know of a dry run."""
    return {
        "send": send.pk,
        "asked": found.asked,
        "refused": len(found.refused),
        "people": [{"address": address, "why": why} for address, why in found.refused],
        "done": found.is_complete,
        "problem": found.problem,
    }


def in_words(found: DryRunReport) -> list[str]:
    """Return what people want to know of a dry run."""
    people = [f"  {address}: {why}" for address, why in found.refused]
    taken = found.asked - len(found.refused)
    if found.problem:
        lines = ["The send itself was not changed."]
        lines += [f"Before that, {taken} of {found.asked} people could be mailed."] * bool(
            found.asked
        )
        return [f"The dry run failed: {found.problem}", *lines, *people]
    return [f"Dry run: {taken} of {found.asked} people can be mailed.", *people]
