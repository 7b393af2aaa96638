"""`newsletter issue approve | queue | unqueue`: from a draft to the schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli.output import Json, print_result
from newsletter.dates import format_time
from newsletter.runtime.startup import open_workspace

if TYPE_CHECKING:
    from newsletter.publishing.models import Issue

Reference = Annotated[
    str, typer.Argument(metavar="REF", help="A number such as 3.11, or the short name of an issue.")
]
Publication = Annotated[
    str,
    typer.Option(
        "--publication", help="The short name of the publication; required if there are several."
    ),
]


def approve(
    ref: Reference,
    publication: Publication = "",
    by: Annotated[
        str,
        typer.Option("--by", metavar="NAME", help="The user name of the person who approves."),
    ] = "",
    *,
    json: Json = False,
) -> None:
    """Check the draft, and approve it as it is now. Only this edition may be sent."""
    open_workspace()
    from django.utils import timezone

    from newsletter.scheduling.slots import day_out
    from newsletter.sending.planning import approvals

    issue = find(ref, publication)
    person = find_approver(by) if by else None
    edition = approvals.approve(issue, day=day_out(issue, timezone.now()), by=person)
    print_result(
        {"issue": issue.title, "edition": edition.hash, "subject": edition.subject},
        as_json=json,
        text=f"{issue.title} is approved as it stands (edition {edition.hash[:8]}).",
    )


def queue(
    ref: Reference,
    at: Annotated[
        str, typer.Option("--at", metavar="TIME", help="`now`, or a time such as 2026-11-26T09:00.")
    ] = "",
    *,
    next_slot: Annotated[
        bool, typer.Option("--next-slot", help="Queue it for the first open slot.")
    ] = False,
    segment: Annotated[
        str,
        typer.Option(
            "--segment", metavar="SLUG", help="Send only to those of the lists in this segment."
        ),
    ] = "",
    publication: Publication = "",
    json: Json = False,
) -> None:
    """Check an issue, and queue it for a time or for the next slot."""
    config = open_workspace()
    from django.utils import timezone

    from newsletter.errors import BadInput
    from newsletter.scheduling.booking import book_next_slot
    from newsletter.scheduling.send_status import describe_undo_window
    from newsletter.scheduling.times import parse_future_time
    from newsletter.sending.planning.queue import queue as queue_at
    from newsletter.sending.planning.undo_window import after_undo_window
    from subscribers.segments.saved import segment_by_slug

    if bool(at) == next_slot:
        said = "both --at and --next-slot are given" if at else "no time is given"
        raise BadInput(said, hint="Give one of the two: --next-slot, or --at TIME.")
    issue = find(ref, publication)
    part = segment_by_slug(segment) if segment else None
    now, size = timezone.now(), config.sending.batch_size
    if next_slot:
        _, send = book_next_slot(issue, now=now, batch_size=size, segment=part)
    else:
        when = parse_future_time(at, issue.publication.time_zone, now=now)
        send = queue_at(issue, at=after_undo_window(when), batch_size=size, segment=part)
    local = format_time(send.at, issue.publication.time_zone)
    soon = describe_undo_window(send, timezone.now())
    undo = f"{soon}\n  newsletter send cancel {send.pk}" if soon else ""
    print_result(
        {"send": send.pk, "issue": issue.title, "at": send.at.isoformat(), "local": local},
        as_json=json,
        text=f"{issue.title} is queued as send {send.pk} for {local}. {undo}".strip(),
    )


def unqueue(ref: Reference, publication: Publication = "", *, json: Json = False) -> None:
    """Take an issue out of the queue; its slot is open again."""
    open_workspace()
    from newsletter.errors import InvalidTransition
    from newsletter.scheduling.booking import give_back

    issue = find(ref, publication)
    send = issue.sends.filter(state="queued").first()
    if send is None:
        raise InvalidTransition(
            f"{issue.title} is not queued", hint="See all: newsletter send list"
        )
    give_back(send)
    print_result(
        {"send": send.pk, "issue": issue.title},
        as_json=json,
        text=f"{issue.title} is taken out of the queue.",
    )


def put_on_web(
    refs: Annotated[
        list[str], typer.Argument(metavar="REF", help="Numbers or short names of past issues.")
    ],
    publication: Publication = "",
    *,
    undo: Annotated[bool, typer.Option("--undo", help="Take them off the web again.")] = False,
    json: Json = False,
) -> None:
    """Put issues of the past on the web with their own dates. They are never mailed."""
    open_workspace()
    from newsletter.sending.planning import past_issues

    act = past_issues.take_all_off_web if undo else past_issues.put_all_on_web
    done = act([find(ref, publication) for ref in refs])
    said = "{} is off the web." if undo else "{} is on the web, and is never mailed: {}"
    print_result(
        {"issues": [{"ref": each.ref, "address": each.full_url} for each in done]},
        as_json=json,
        text="\n".join(said.format(each.title, each.full_url) for each in done),
    )


def find_approver(name: str) -> Any:
    """Return the user of a name who may approve, or raise `NotFound`."""
    from django.contrib.auth import get_user_model
    from django.utils.translation import gettext as _

    from newsletter.errors import NotFound

    user = get_user_model().objects.filter(username=name, is_active=True).first()
    if user is None or not user.has_perm("publishing.approve_issue"):
        raise NotFound(
            _("nobody by the name of %(name)s may approve") % {"name": name},
            hint=_("Put the person into the group Approvers, in the desk under Settings, Users."),
        )
    return user


def find(ref: str, publication: str) -> Issue:
    """Return the issue that a reference means."""
    from newsletter.publishing import numbering

    return numbering.find_issue(ref, publication)
