"""`newsletter send pause | resume | release | cancel | resend`: what a person does with a send."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from newsletter.cli import send as sends
from newsletter.cli.languages import readers_language
from newsletter.cli.output import Json, emit
from newsletter.cli.resolving import person
from newsletter.runtime.startup import open_workspace
from newsletter.scheduling.times import format_time

Newcomers = Annotated[
    bool, typer.Option("--newcomers", help="Also those who joined the lists since.")
]


def pause(number: sends.Number, *, json: Json = False) -> None:
    """Stop submitting; what is in progress is finished."""
    open_workspace()
    from newsletter.scheduling.send_status import prospect
    from newsletter.sending.operations import control

    send = control.pause(sends.find(number), by=person())
    text = f"Send {send.pk} is paused. {prospect(send)}"
    emit(sends.summary(send), as_json=json, text=text)


def resume(number: sends.Number, *, json: Json = False) -> None:
    """Go on with a send that was paused or held, against an automatic pause if one held it."""
    open_workspace()
    from newsletter.sending.operations import control

    send = control.resume(sends.find(number), by=person())
    emit(sends.summary(send), as_json=json, text=whole(send))


def release(number: sends.Number, *, json: Json = False) -> None:
    """Release the rest now, without waiting for what comes back of the canary."""
    open_workspace()
    from newsletter.sending.safeguards import canary

    send = canary.release_rest(sends.find(number), by=person())
    emit(sends.summary(send), as_json=json, text=f"Send {send.pk}: the rest goes now.")


def cancel(number: sends.Number, *, json: Json = False) -> None:
    """Stop a send for good, and say how many have the mail already."""
    open_workspace()
    from newsletter.scheduling.booking import call_off
    from newsletter.scheduling.send_status import of_cancelled
    from newsletter.sending.prescheduled import provider_batches

    send, reached = call_off(sends.find(number), by=person())
    ahead = provider_batches.has_open(send)
    said = [f"Send {send.pk} is cancelled.", of_cancelled(reached)]
    if ahead:
        said.append("What waits at the provider is being cancelled.")
    if reached:
        said.append(f"\nTo those who did not get it: newsletter send resend {send.pk}")
    result = {**sends.summary(send), "reached": reached, "cancelling": ahead}
    emit(result, as_json=json, text=" ".join(said))


def resend(number: sends.Number, *, newcomers: Newcomers = False, json: Json = False) -> None:
    """Send the same edition to those of an ended send who did not get it."""
    open_workspace()
    from newsletter.sending.planning.resend import count_left, queue_resend
    from newsletter.sending.reporting.totals import reached

    send = sends.find(number)
    new = queue_resend(send, newcomers=newcomers, by=person())
    people, kept_out = count_left(send), reached(send)
    text = (
        f"Send {new.pk} goes to up to {people:,} people who did not get send {send.pk}."
        f" Left out: {kept_out:,} who have it, or may have it.\n{whole(new)}"
    )
    result = {**sends.summary(new), "people": people, "left_out": kept_out}
    emit(result, as_json=json, text=text)


def whole(send: Any) -> str:
    """Return how a send stands, with all there is to say."""
    from django.utils import timezone

    from newsletter.scheduling.send_status import sentences

    due = f", due {format_time(send.at, sends.zone(send))}" if send.state == "queued" else ""
    with readers_language():
        words = sentences(send, timezone.now())
    said = [f"Send {send.pk} is {send.get_state_display()}{due}.", *words]
    return "\n".join(said)
