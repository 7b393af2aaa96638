"""`newsletter send pause | resume | release | cancel | resend`: what a person does with a send."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from newsletter.cli import send as sends
from newsletter.cli.languages import readers_language
from newsletter.cli.output import Json, print_result
from newsletter.cli.resolving import current_person
from newsletter.dates import format_time
from newsletter.runtime.startup import open_workspace

Newcomers = Annotated[
    bool, typer.Option("--newcomers", help="Also send to people who joined the lists since.")
]


def pause(number: sends.Number, *, json: Json = False) -> None:
    """Stop submitting. Batches in progress are finished."""
    open_workspace()
    from newsletter.scheduling.send_status import describe_reach
    from newsletter.sending.operations import control

    send = control.pause(sends.find_send(number), by=current_person())
    text = f"Send {send.pk} is paused. {describe_reach(send)}"
    print_result(sends.summarise_send(send), as_json=json, text=text)


def resume(number: sends.Number, *, json: Json = False) -> None:
    """Continue a send that was paused or held. This also overrides an automatic pause."""
    open_workspace()
    from newsletter.sending.operations import control

    send = control.resume(sends.find_send(number), by=current_person())
    print_result(sends.summarise_send(send), as_json=json, text=whole(send))


def release(number: sends.Number, *, json: Json = False) -> None:
    """Send to the rest now, without waiting for the result of the canary."""
    open_workspace()
    from newsletter.sending.safeguards import canary

    send = canary.release_rest(sends.find_send(number), by=current_person())
    print_result(
        sends.summarise_send(send), as_json=json, text=f"Send {send.pk}: the rest goes now."
    )


def cancel(number: sends.Number, *, json: Json = False) -> None:
    """Stop a send for good, and show how many people have the mail already."""
    open_workspace()
    from newsletter.scheduling.booking import call_off
    from newsletter.scheduling.send_status import of_cancelled
    from newsletter.sending.prescheduled import provider_batches

    send, reached = call_off(sends.find_send(number), by=current_person())
    ahead = provider_batches.has_open(send)
    said = [f"Send {send.pk} is cancelled.", of_cancelled(reached)]
    if ahead:
        said.append("What waits at the provider is being cancelled.")
    if reached:
        said.append(f"\nTo those who did not get it: newsletter send resend {send.pk}")
    result = {**sends.summarise_send(send), "reached": reached, "cancelling": ahead}
    print_result(result, as_json=json, text=" ".join(said))


def resend(number: sends.Number, *, newcomers: Newcomers = False, json: Json = False) -> None:
    """Send the same edition to the people of an ended send who did not get it."""
    open_workspace()
    from newsletter.sending.planning.resend import count_left, queue_resend
    from newsletter.sending.reporting.totals import count_reached

    send = sends.find_send(number)
    new = queue_resend(send, newcomers=newcomers, by=current_person())
    people, kept_out = count_left(send), count_reached(send)
    text = (
        f"Send {new.pk} goes to up to {people:,} people who did not get send {send.pk}."
        f" Left out: {kept_out:,} who have it, or may have it.\n{whole(new)}"
    )
    result = {**sends.summarise_send(new), "people": people, "left_out": kept_out}
    print_result(result, as_json=json, text=text)


def whole(send: Any) -> str:
    """Return how a send stands, with all there is to say."""
    from django.utils import timezone

    from newsletter.scheduling.send_status import describe_send

    due = f", due {format_time(send.at, sends.zone_of(send))}" if send.state == "queued" else ""
    with readers_language():
        words = describe_send(send, timezone.now())
    said = [f"Send {send.pk} is {send.get_state_display()}{due}.", *words]
    return "\n".join(said)
