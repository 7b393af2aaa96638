"""The page on which an issue is queued, or taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages

from newsletter.dates import format_time
from newsletter.desk.approval.status import status_of
from newsletter.desk.composer.checks import audience_of, describe_findings
from newsletter.desk.composer.issue_menu import IssueMenuItem
from newsletter.desk.composer.issue_reading import read_issue
from newsletter.desk.composer.status_band import changed_words
from newsletter.errors import NewsletterError, NotApproved, NotReady
from newsletter.phrases import translate
from newsletter.publishing.checks.readers import readers_of
from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.models import Issue
from newsletter.publishing.rights import QUEUE_ISSUE
from newsletter.scheduling import slots
from newsletter.scheduling.booking import book_next_slot, give_back, queue_again
from newsletter.scheduling.times import parse_future_time
from newsletter.sending import trusted_time
from newsletter.sending.models import Send
from newsletter.sending.planning.queue import queue
from newsletter.sending.planning.undo_window import after_undo_window
from subscribers.models import Segment

PERMISSION = QUEUE_ISSUE


class WhenForm(forms.Form):
    """When an issue is to go out, and whether to all of its lists or to a segment of them."""

    when = forms.ChoiceField(
        choices=[
            ("slot", _("In the next open slot")),
            ("now", _("Now")),
            ("at", _("At another time")),
        ],
        widget=forms.RadioSelect,
        initial="slot",
        label=_("When"),
    )
    at = forms.CharField(
        required=False,
        label=_("Date and time"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )

    segment = forms.ModelChoiceField(
        Segment.objects.all(),
        required=False,
        label=_("Who"),
        empty_label=_("Everybody on the lists"),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the time where another time was chosen."""
        cleaned = super().clean() or {}
        if cleaned.get("when") == "at" and not cleaned.get("at"):
            self.add_error("at", _("Say when."))
        return cleaned


class QueueItem(IssueMenuItem):
    """Leads from the editor to the page below; only for those who may queue."""

    name = "action-queue"
    label = _("Queue for sending…")
    icon_name = "mail"
    url_name = "desk_queue"

    def is_shown(self, context: Mapping[str, Any]) -> bool:
        """Show it on issues that exist, to people with the permission."""
        return super().is_shown(context) and bool(context["request"].user.has_perm(PERMISSION))


@hooks.register("register_page_action_menu_item")
def queue_item() -> QueueItem:
    """Add the way to the queue to the editor."""
    return QueueItem(order=90)


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the page."""
    return [
        path("issues/<int:pk>/queue/", queue_page, name="desk_queue"),
        path("issues/<int:pk>/audience/", audience_answer, name="desk_audience"),
    ]


def audience_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer with whom an issue would go to, of the segment that is asked for."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    issue = get_object_or_404(Issue, pk=pk)
    asked = request.GET.get("segment", "")
    segment = get_object_or_404(Segment, pk=asked) if asked.isdecimal() else None
    return render(request, "desk/audience.html", {"audience": audience_of(issue, segment)})


def queue_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how an issue stands; on POST queue it, or take it back."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    form = WhenForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        issue = get_object_or_404(Issue.objects.select_related("publication"), pk=pk)
        try:
            if done := do_action(request, issue, form):
                messages.success(request, done)
                return done_with(issue)
        except (NotReady, NotApproved) as error:
            # What is in the way stands below, with how to fix it, or whom to ask.
            messages.error(request, error.what)
        except NewsletterError as error:
            messages.error(request, error.sentences)
    shown = build_context(read_issue(pk), form) | {"from_queue": True}
    return render(request, "desk/queue.html", shown)


def done_with(issue: Issue) -> HttpResponse:
    """Lead to the send, where it can be undone, or back to the draft."""
    send = issue.sends.filter(state=Send.State.QUEUED).first()
    return redirect("desk_send", send.pk) if send else redirect("wagtailadmin_pages:edit", issue.pk)


def do_action(request: HttpRequest, issue: Issue, form: WhenForm) -> str:
    """Do what was asked for and return what was done; empty when the form is not right."""
    if "take_back" in request.POST:
        send = get_object_or_404(Send, issue=issue, state=Send.State.QUEUED)
        give_back(send, by=request.user)
        return gettext("{title} is taken out of the queue.").format(title=issue.title)
    if "again" in request.POST:
        return act_again(request, issue)
    if not form.is_valid():
        return ""
    now, zone = trusted_time.now(), issue.publication.time_zone
    size, segment = settings.CONFIG.sending.batch_size, form.cleaned_data["segment"]
    if form.cleaned_data["when"] == "slot":
        _, send = book_next_slot(issue, now=now, batch_size=size, by=request.user, segment=segment)
    else:
        text = form.cleaned_data["at"] if form.cleaned_data["when"] == "at" else "now"
        at_time = after_undo_window(parse_future_time(text, zone, now=now))
        send = queue(issue, at=at_time, batch_size=size, by=request.user, segment=segment)
    words = gettext("{title} is queued for {time}.")
    return words.format(title=issue.title, time=format_time(send.at, zone))


def act_again(request: HttpRequest, issue: Issue) -> str:
    """Queue the draft as it is now in place of what is queued, and say so."""
    send = get_object_or_404(Send, issue=issue, state=Send.State.QUEUED)
    fresh = queue_again(send, batch_size=settings.CONFIG.sending.batch_size, by=request.user)
    words = gettext("{title} is queued with the change, for {time}.")
    at_time = format_time(fresh.at, issue.publication.time_zone)
    return words.format(title=draft_of(issue).title, time=at_time)


def describe_change(issue: Issue, send: Send | None) -> dict[str, str]:
    """Return what the page says where the draft is not what is queued; else nothing."""
    if send is None or send.state != Send.State.QUEUED or not changed_words(issue, send):
        return {}
    return {"words": changed_words(issue, send), "label": gettext("Queue again with this change")}


def build_context(issue: Issue, form: WhenForm) -> dict[str, Any]:
    """Return what the page shows of an issue that was read by `read_issue`."""
    publication = issue.publication
    following = slots.first_open(publication, trusted_time.now(), issue)
    send = next((e for e in issue.sends.all() if e.state != Send.State.CANCELLED), None)
    findings = {} if send else describe_findings(issue, day=slots.day_of(issue, following))
    return {
        **findings,
        "audience": None if send else audience_of(issue),
        "segments": [] if send else list(Segment.objects.all()),
        "issue": draft_of(issue),
        "form": form,
        "send": send,
        "send_note": translate(send.note) if send else "",
        "again": describe_change(issue, send),
        "approval": status_of(issue, findings.get("draft_hash", "")),
        "at_time": format_time(send.at, publication.time_zone) if send else "",
        "slot": format_time(following.at, publication.time_zone) if following else "",
        "lists": [each.list for each in readers_of(publication).lists],
        "zone": publication.time_zone,
        "held_back": round(settings.CONFIG.sending.undo_seconds),
        "can_take_back": send is not None and send.state == Send.State.QUEUED,
    }
