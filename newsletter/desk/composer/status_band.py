"""Where an issue stands, from its draft to its send, with the one next thing to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from newsletter import counted
from newsletter.dates import format_time
from newsletter.desk.composer.issue_reading import is_draft_approved
from newsletter.publishing.checks.known_checks import read_errors
from newsletter.publishing.models import Issue
from newsletter.publishing.rights import QUEUE_ISSUE
from newsletter.sending.models import ApprovalRequest, Send
from newsletter.sending.reporting.totals import count_reached


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One step of the way: what it is called, and whether it is behind, here or ahead."""

    words: str
    state: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Band:
    """The way of an issue, what is to be said of it, and the next button."""

    steps: tuple[Step, ...]
    note: str = ""
    url: str = ""
    label: str = ""
    #: Whether the note tells of the check, which the composer itself does better.
    is_of_check: bool = False


def band_of(issue: Issue, user: Any) -> Band:
    """Return where an issue stands for somebody who looks at it."""
    # The last comes first.
    live = (send for send in issue.sends.all() if send.state != Send.State.CANCELLED)
    send = next(live, None)
    if send is not None:
        return band_of_send(issue, send, user)
    errors = read_errors(issue)
    checked = errors == 0
    approved = checked and is_draft_approved(issue)
    names = [(gettext("Draft"), True), (gettext("Checked"), checked)]
    if issue.publication.needs_approval:
        names.append((gettext("Approved"), approved))
    names += [(gettext("Queued"), False), (gettext("Sent"), False)]
    url, label = next_of_draft(issue, user, checked=checked, approved=approved)
    note = note_of_draft(issue, errors or 0, approved=approved)
    return Band(steps=list_steps(names), note=note, url=url, label=label, is_of_check=bool(errors))


def note_of_draft(issue: Issue, errors: int, *, approved: bool) -> str:
    """Say what the check found, or that somebody is asked for approval; else nothing."""
    if errors:
        return gettext("The check found {errors}.").format(errors=counted.errors(errors))
    if issue.publication.needs_approval and not approved and is_asked_for(issue):
        return gettext("Approval is asked for.")
    return ""


def is_asked_for(issue: Issue) -> bool:
    """Say whether somebody waits for an approval of the issue."""
    asked = issue.approval_requests.filter(state=ApprovalRequest.State.OPEN)
    return bool(asked.exists())


def next_of_draft(issue: Issue, user: Any, *, checked: bool, approved: bool) -> tuple[str, str]:
    """Return the next page for a draft, and what leads there is called."""
    if not checked:
        return reverse("desk_check", args=[issue.pk]), gettext("Check it")
    if issue.publication.needs_approval and not approved:
        asked = is_asked_for(issue)
        label = gettext("See the approval") if asked else gettext("Have it approved")
        return reverse("desk_approval", args=[issue.pk]), label
    if user.has_perm(QUEUE_ISSUE):
        return reverse("desk_queue", args=[issue.pk]), gettext("Queue it")
    return "", ""


def band_of_send(issue: Issue, send: Send, user: Any) -> Band:
    """Return where an issue stands that is queued, on its way, or sent."""
    zone = issue.publication.time_zone
    queued = send.state == Send.State.QUEUED
    names = [(gettext("Draft"), True), (gettext("Checked"), True)]
    if issue.publication.needs_approval:
        names.append((gettext("Approved"), send.edition.approved_at is not None))
    at = format_time(send.at, zone)
    names.append((gettext("Queued for {time}").format(time=at), True))
    names.append((gettext("Sent") if queued else words_of(send), send.state == Send.State.SENT))
    note = changed_words(issue, send)
    if queued and note and user.has_perm(QUEUE_ISSUE):
        return Band(
            steps=list_steps(names),
            note=note,
            url=reverse("desk_queue", args=[issue.pk]),
            label=gettext("Queue again with this change"),
        )
    sees = user.has_perm("sending.view_send")
    url = reverse("desk_send", args=[send.pk]) if sees else ""
    return Band(steps=list_steps(names), note=note, url=url, label=gettext("See the send"))


def words_of(send: Send) -> str:
    """Return the last step of a send that has begun: how many people have it, or how it stands."""
    if send.state == Send.State.SENT:
        return gettext("Sent to {people}").format(people=counted.people(count_reached(send)))
    return str(send.get_state_display())


def changed_words(issue: Issue, send: Send) -> str:
    """Say that the draft is not what is queued or was sent, where it is not."""
    if issue.latest_revision_id == send.edition.revision_id:
        return ""
    if send.state == Send.State.QUEUED:
        return gettext("The draft was changed since: what is queued does not have the change.")
    return gettext("The draft was changed since: readers got it as it was before.")


def list_steps(names: list[tuple[str, bool]]) -> tuple[Step, ...]:
    """Return the steps: what is behind, the first that is not, and those ahead."""
    ahead = next((at for at, (_, done) in enumerate(names) if not done), len(names))
    states = [
        "done" if done else "now" if at == ahead else "ahead" for at, (_, done) in enumerate(names)
    ]
    return tuple(
        Step(words=words, state=state) for (words, _), state in zip(names, states, strict=True)
    )
