"""What can be done about a send from its page: asked about where it is grave, then done."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages

from newsletter import counted
from newsletter.desk.sends.pages import find_send
from newsletter.desk.sends.queueing import PERMISSION
from newsletter.errors import NewsletterError
from newsletter.scheduling import booking, send_status
from newsletter.sending import trusted_time
from newsletter.sending.models import Send
from newsletter.sending.operations import control
from newsletter.sending.planning import resend
from newsletter.sending.prescheduled import provider_batches
from newsletter.sending.reporting import totals
from newsletter.sending.reporting.totals import count_send
from newsletter.sending.safeguards import canary


# Behind all other pages of a send: this address takes whatever name they leave.
@hooks.register("register_admin_urls", order=1)
def urls() -> list[URLPattern]:
    """Add the pages."""
    return [path("sends/<int:pk>/<slug:name>/", act_page, name="desk_send_act")]


Action = Callable[[HttpRequest, Send, str], tuple[Send, str]]


def undo_send(_request: HttpRequest, send: Send, by: str) -> tuple[Send, str]:
    """Take a send back that has not begun."""
    return cancel_send(_request, send, by)


def cancel_send(_request: HttpRequest, send: Send, by: str) -> tuple[Send, str]:
    """Stop a send for good."""
    send, reached = booking.call_off(send, by=by)
    if waiting := provider_batches.count_waiting(send):
        told = gettext("What waits at the provider for {people} is being cancelled.").format(
            people=counted.people(waiting)
        )
    else:
        told = send_status.of_cancelled(reached)
    done = gettext("Send {number} is cancelled.").format(number=send.pk)
    return send, f"{done} {told}"


def pause_send(_request: HttpRequest, send: Send, by: str) -> tuple[Send, str]:
    """Let nothing more leave for now."""
    send = control.pause(send, by=by)
    done = gettext("Send {number} is paused.").format(number=send.pk)
    return send, f"{done} {send_status.describe_reach(send)}"


def resume_send(_request: HttpRequest, send: Send, by: str) -> tuple[Send, str]:
    """Let a send go on."""
    send = control.resume(send, by=by)
    return send, gettext("Send {number} goes on.").format(number=send.pk)


def release_send(_request: HttpRequest, send: Send, by: str) -> tuple[Send, str]:
    """Let the rest go."""
    return canary.release_rest(send, by=by), gettext("The rest goes now.")


def send_again(request: HttpRequest, send: Send, by: str) -> tuple[Send, str]:
    """Send to those who did not get it."""
    new = resend.queue_resend(send, newcomers="newcomers" in request.POST, by=by)
    words = gettext("Send {number} goes to those who did not get send {first}.")
    return new, words.format(number=new.pk, first=send.pk)


ACTIONS: Mapping[str, Action] = {
    "undo": undo_send,
    "pause": pause_send,
    "resume": resume_send,
    "release": release_send,
    "cancel": cancel_send,
    "resend": send_again,
}
#: What is asked before an action, and what the button says.
QUESTIONS = {
    "resume": (_("Let it go on?"), _("Go on")),
    "release": (_("Release the rest now?"), _("Release the rest")),
    "cancel": (_("Stop it for good?"), _("Cancel the send")),
    "resend": (_("Send it to those who did not get it?"), _("Send to them")),
}


def act_page(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Ask before an action of consequence; on POST do it, and go where its effect is seen."""
    send = find_send(request, pk)
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    if name not in ACTIONS:
        raise Http404
    if request.method != "POST":
        return ask_first(request, send, name) if name in QUESTIONS else redirect("desk_send", pk)
    try:
        send, said = ACTIONS[name](request, send, request.user.get_username())
        messages.success(request, said)
    except NewsletterError as error:
        messages.error(request, error.sentences)
    return redirect("desk_send", send.pk)


def ask_first(request: HttpRequest, send: Send, name: str) -> HttpResponse:
    """Show what an action would mean, with figures, and a button that does it."""
    question, button = QUESTIONS[name]
    counted, now = count_send(send), trusted_time.now()
    waiting = provider_batches.count_waiting(send)
    reached = sum(n for at, n in counted.deliveries.items() if at in totals.REACHED)
    shown = {
        "send": send,
        "note": send_status.note_of(send),
        "name": name,
        "question": question,
        "button": button,
        "planned": counted.planned,
        "reached": reached,
        "gone": max(0, reached - waiting),
        "waiting_there": waiting,
        "in_time": now < provider_batches.cancellable_until(send),
        "left": resend.count_left(send),
        "doubtful": counted.deliveries.get("unknown", 0) + counted.deliveries.get("claimed", 0),
        "waiting": counted.deliveries.get("waiting", 0),
        "not_begun": send.started_at is None,
    }
    return render(request, "desk/send_ask.html", shown)
