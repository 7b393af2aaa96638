"""The page on which a person resolves what is unknown: counts, evidence, and a decision.

Nothing is chosen beforehand, and nothing is decided before the person has read what will happen
to how many people, and given a reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin import messages

from newsletter import counted
from newsletter.dates import format_time
from newsletter.desk.sends import restores
from newsletter.desk.sends.pages import find_send
from newsletter.desk.sends.queueing import PERMISSION
from newsletter.errors import InvalidTransition, NewsletterError
from newsletter.phrases import translate
from newsletter.scheduling import send_status
from newsletter.sending.delivery import recovery
from newsletter.sending.models import Batch, Send
from newsletter.sending.resolution import unresolved
from newsletter.sending.resolution.unresolved import Resolution, UnresolvedBatch
from newsletter.sending.safeguards import lost_answers
from newsletter.tracking import evidence
from newsletter.transports.factory import provider_of

#: Batches listed; of all others there is the number, and they can be decided on together.
MAX_LISTED_BATCHES = 50
#: Batches looked for in the provider's log by one press; each takes up to some seconds.
LOOKED_FOR = 10
#: In the place of the numbers of batches: every one that is in doubt.
ALL = "all"


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """What a person is about to decide: of which batches, and what."""

    send: Send
    resolution: Resolution
    doubts: Sequence[UnresolvedBatch]

    @property
    def people(self) -> int:
        """How many people it is about."""
        return sum(each.people for each in self.doubts)

    @property
    def missing(self) -> list[str]:
        """What there would have to be before to mail them again is safe, as far as can be known."""
        return list(
            dict.fromkeys(
                translate(words) for each in self.doubts for words in each.negative_evidence.missing
            )
        )

    @property
    def risky(self) -> bool:
        """Whether people may get it twice by it."""
        return self.resolution == Resolution.SUBMIT_AGAIN and bool(self.missing)

    @property
    def attempts(self) -> str:
        """The attempts that were looked at, as the form carries them."""
        return " ".join(str(each.attempt) for each in self.doubts)


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the pages."""
    return [
        path("sends/<int:pk>/resolve/", resolve_page, name="desk_resolve"),
        path("sends/<int:pk>/resolve/look/", look_page, name="desk_resolve_look"),
        path("sends/<int:pk>/resolve/decide/", decide_page, name="desk_resolve_decide"),
    ]


def resolve_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what is in doubt, with what speaks for and against it."""
    send = find_send(request, pk)
    may_decide = request.user.has_perm(PERMISSION)
    shown = {
        **build_context(send),
        "may_decide": may_decide,
        "suspended": restores.describe_suspension(request),
    }
    return render(request, "desk/resolve.html", shown)


def build_context(send: Send) -> dict[str, Any]:
    """Return what the page shows."""
    numbers = Batch.objects.filter(send=send, state=Batch.State.UNKNOWN).order_by("number")
    shown = list(numbers.values_list("number", flat=True)[:MAX_LISTED_BATCHES])
    found = unresolved.unresolved_batches(send, shown) if shown else []
    total = numbers.count()
    return {
        "send": send,
        "rows": [build_row(each, send_status.zone_of(send)) for each in found],
        "people": unresolved.count_unknown(send),
        "total": total,
        "further": total - len(shown),
        "awaited": [
            (each, format_time(each.lease_until, send_status.zone_of(send)))
            for each in unresolved.awaited_attempts(send)
        ],
        "has_log": provider_of(settings.CONFIG).open_email_log is not None,
        "cancelled": send.state == Send.State.CANCELLED,
    }


def build_row(doubt: UnresolvedBatch, zone: str) -> dict[str, Any]:
    """Return one batch as the page shows it."""
    return {
        "doubt": doubt,
        "answer": describe_answer(doubt.answer),
        "missing": [translate(words) for words in doubt.negative_evidence.missing],
        "posted": format_time(doubt.posted_at, zone) if doubt.posted_at else "",
        "evidence": [
            {
                "words": piece.get_kind_display(),
                "at": format_time(piece.at, zone),
                "piece": piece,
                "note": translate(piece.note),
            }
            for piece in doubt.evidence
        ],
    }


def describe_answer(answer: str) -> str:
    """Return what came back in place of an answer, in the reader's language."""
    return _(answer) if answer == lost_answers.PROCESS_DIED else str(translate(answer))


def require_decider(request: HttpRequest, pk: int) -> Send:
    """Return a send, for somebody who may decide about it."""
    send = find_send(request, pk)
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    return send


def look_page(request: HttpRequest, pk: int) -> HttpResponse:
    """On POST collect the evidence that can be had now, and say what came of it."""
    send = require_decider(request, pk)
    if request.method == "POST":
        look = evidence.gather_evidence(send, settings.CONFIG, most=LOOKED_FOR)
        if look.fault:
            words = _("The provider's log could not be asked: {fault}")
            messages.error(request, words.format(fault=translate(look.fault)))
        else:
            messages.success(request, said_of(look))
    return redirect("desk_resolve", pk)


def said_of(look: evidence.Look) -> str:
    """Say what came of a look into the log."""
    if not look.looked:
        return _("All events that came are counted; the log was asked less than ten minutes ago.")
    words = _("The log was asked about {looked} of the batches; it has {found} of them.").format(
        looked=look.looked, found=look.found
    )
    left = _("{number} are left: ask again.").format(number=look.left)
    return f"{words} {left}" if look.left else words


def decide_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a decision means, and for how many; on POST take it, if it still means that."""
    send = require_decider(request, pk)
    try:
        if request.method != "POST":
            return ask_first(
                request,
                read_decision(send, request.GET.get("resolution", ""), read_ticked(request)),
            )
        decision = require_confirmed(send, request.POST)
    except NewsletterError as error:
        messages.error(request, error.sentences)
        return redirect("desk_resolve", pk)
    if not is_sure(request, decision):
        return ask_first(request, decision)
    return carry_out(request, decision)


def read_ticked(request: HttpRequest) -> list[int] | None:
    """Return the numbers of the batches that were ticked; None for all there are."""
    marked = request.GET.getlist("batch")
    return None if ALL in marked else [int(number) for number in marked if number.isdecimal()]


def read_decision(send: Send, resolution: str, numbers: Sequence[int] | None) -> Decision:
    """Return the decision that was asked for, or raise `InvalidTransition` where there is none."""
    if numbers is not None and not numbers:
        raise InvalidTransition(_("No batch is ticked"), hint=_("Tick those that you decide on."))
    found = unresolved.unresolved_batches(send, numbers or ())
    if not found:
        raise InvalidTransition(_("It is not in doubt any more"), hint=_("See below what is."))
    return require_possible(
        Decision(send=send, resolution=read_resolution(resolution), doubts=found)
    )


def read_resolution(text: str) -> Resolution:
    """Return what a form says, or raise `InvalidTransition`: nothing is taken for granted."""
    if text not in set(Resolution):
        raise InvalidTransition(_("Nothing was chosen"))
    return Resolution(text)


def require_possible(decision: Decision) -> Decision:
    """Return a decision that can be taken, or raise `InvalidTransition`.

    Some people are not to be mailed again, whatever a person says.
    """
    if decision.resolution == Resolution.SUBMIT_AGAIN:
        must_be_possible(decision)
    return decision


def must_be_possible(decision: Decision) -> None:
    """Raise `InvalidTransition` where people cannot be mailed again."""
    if decision.send.state == Send.State.CANCELLED:
        raise InvalidTransition(_("The send is cancelled; nothing of it is submitted again"))
    if waiting := [str(each.number) for each in decision.doubts if each.waits]:
        raise InvalidTransition(
            _("Still waiting at the provider, and being cancelled: batch {numbers}").format(
                numbers=", ".join(waiting)
            ),
            hint=_("That resolves it automatically. Look again after the send's scheduled time."),
        )


def require_confirmed(send: Send, told: Mapping[str, str]) -> Decision:
    """Return the decision as it was shown; raise `InvalidTransition` if it means another."""
    wanted = {int(pk) for pk in told.get("attempts", "").split() if pk.isdecimal()}
    rows = Batch.objects.filter(send=send, attempts__in=wanted)
    numbers = list(rows.values_list("number", flat=True))
    found = unresolved.unresolved_batches(send, numbers) if numbers else []
    found = [each for each in found if each.attempt in wanted]
    resolution = read_resolution(told.get("resolution", ""))
    decision = Decision(send=send, resolution=resolution, doubts=found)
    if not found or len(found) != len(wanted) or str(decision.people) != told.get("people"):
        raise InvalidTransition(
            _("Something became known meanwhile"),
            hint=_("Nothing was decided; look again."),
        )
    return require_possible(decision)


def is_sure(request: HttpRequest, decision: Decision) -> bool:
    """Say whether a reason was given and, where people may get it twice, their number typed."""
    if not request.POST.get("why", "").strip():
        messages.error(request, _("Say why you decide so."))
        return False
    typed = request.POST.get("typed", "").strip().replace(",", "")
    if decision.risky and typed != str(decision.people):
        words = _("Nothing was decided: type {number} to mail them again.")
        messages.error(request, words.format(number=decision.people))
        return False
    return True


def ask_first(request: HttpRequest, decision: Decision) -> HttpResponse:
    """Show what a decision means, with figures, and a button that takes it."""
    waits = (Send.State.PAUSED, Send.State.HELD)
    shown = {
        "send": decision.send,
        "decision": decision,
        "again": decision.resolution == Resolution.SUBMIT_AGAIN,
        "numbers": [each.number for each in decision.doubts[:MAX_LISTED_BATCHES]],
        "further": len(decision.doubts[MAX_LISTED_BATCHES:]),
        "stands": decision.send.state in waits,
        "why": request.POST.get("why", ""),
    }
    return render(request, "desk/resolve_ask.html", shown)


def carry_out(request: HttpRequest, decision: Decision) -> HttpResponse:
    """Take a decision, and lead to where its effect is seen."""
    try:
        people = unresolved.resolve(
            decision.doubts,
            decision.resolution,
            by=request.user.get_username(),
            why=request.POST["why"].strip(),
            insist=decision.risky,
        )
    except NewsletterError as error:
        messages.error(request, error.sentences)
        return redirect("desk_resolve", decision.send.pk)
    recovery.close_finished_sends()
    again = decision.resolution == Resolution.SUBMIT_AGAIN
    if again:
        words = _("Resolved: the mail of {people} is submitted again.")
    else:
        words = _("Resolved: the mail of {people} counts as accepted.")
    messages.success(request, words.format(people=counted.people(people)))
    return redirect("desk_send", decision.send.pk)
