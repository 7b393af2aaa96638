"""`newsletter send resolve`: what is known of a send's unknown batches, and a person's decision."""

from __future__ import annotations

import dataclasses
import getpass
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli import send as sends
from newsletter.cli.output import Json, print_result
from newsletter.runtime.startup import open_workspace

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from newsletter.conf.config import Config
    from newsletter.sending.resolution.unresolved import UnresolvedBatch
    from newsletter.tracking.restoring import Restoration

Batches = Annotated[
    list[int] | None,
    typer.Option("--batch", help="Only the batch with this number; may be repeated."),
]


def resolve(
    number: Annotated[
        int | None,
        typer.Argument(
            metavar="ID", help="The number of the send. Without it: what a restored database lacks."
        ),
    ] = None,
    batch: Batches = None,
    *,
    accepted: Annotated[
        bool,
        typer.Option("--accepted", help="Count them as accepted; nobody in them is mailed again."),
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Submit them to the provider again.")
    ] = False,
    why: Annotated[
        str, typer.Option("--why", help="The reason; it is recorded with your name.")
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    json: Json = False,
) -> None:
    """Show what is known about batches whose answer was lost, and resolve them.

    After a restore of the database, first restore what the database lacks.
    """
    if accepted and again:
        raise typer.BadParameter("choose one of --accepted and --again")
    config = open_workspace()
    awaited = attempts_in_flight()
    restoration = restore(config, quiet=json)
    if number is None:
        whole_database(restoration, accepted=accepted, again=again, yes=yes or json, json=json)
        return
    from newsletter.sending.resolution.unresolved import awaited_attempts, unresolved_batches
    from newsletter.tracking.evidence import gather_evidence

    send = sends.find_send(number)
    log_fault = gather_evidence(send, config).fault
    found = unresolved_batches(send, batch or ())
    if not json:
        show(send, found, log_fault)
    resolution = "accepted" if accepted else "again" if again else ""
    resolved = decide_doubts(found, resolution, why, ask=not (yes or json)) if found else None
    if json:
        result = summary(send, found, resolved, log_fault) | {"restoration": restoration}
        print_result(result, as_json=True, text="")
    # What was posted since is a send that goes on, and needs nobody.
    if unresolved_batches(send) or awaited_attempts(send).filter(pk__in=awaited).exists():
        raise typer.Exit(1)


def attempts_in_flight() -> list[int]:
    """Return the attempts of all sends that are in flight now."""
    from newsletter.sending.models import Attempt

    return list(Attempt.objects.filter(state=Attempt.State.IN_FLIGHT).values_list("pk", flat=True))


def restore(config: Config, *, quiet: bool) -> dict[str, Any] | None:
    """Bring back what the database lacks; return what came of it, None where it lacks nothing."""
    from newsletter.sending.models import DatabaseIdentity
    from newsletter.sending.restores import suspensions
    from newsletter.tracking import restoring

    suspensions.check_log()
    found = suspensions.get_suspension()
    if found is None:
        return None
    if not quiet:
        print("\n".join(suspensions.describe_suspension(found, sends.in_local_words)))
    if found.suspended_for == DatabaseIdentity.Reason.MOVED:
        return {"reason": found.suspended_for}
    came = restoring.bring_back(config)
    if not quiet:
        print(in_sentences(came))
        tell_of_move()
    return {"reason": found.suspended_for, **dataclasses.asdict(came)}


def tell_of_move() -> None:
    """Say what else keeps everything held: the database lies elsewhere, besides being older."""
    from newsletter.sending.models import DatabaseIdentity
    from newsletter.sending.restores import suspensions

    found = suspensions.get_suspension()
    if found and found.suspended_for == DatabaseIdentity.Reason.MOVED:
        print("\n".join(suspensions.describe_suspension(found, sends.in_local_words)))


def in_sentences(came: Restoration) -> str:
    """Say what came of bringing back what the database lacks."""
    said = [f"Written back: {came.restored} attempts."]
    if not came.asked:
        said.append("The provider could not be asked what it has.")
    if came.left:
        said.append(f"{came.left} attempts are of sends or people that are not in this database.")
        said += [
            f"Issue {issue} is not in it: import or write it under this number, then resolve again."
            for issue in came.lost_issues
        ]
    elif came.whole:
        said.append("The submission log is whole: what it does not name has not left.")
    else:
        said.append("Who else was planned stays unknown until you decide: send resolve ID.")
    said.append("Sending goes on." if came.resumed else "All sends stay held.")
    return "\n".join(said)


def whole_database(
    restoration: dict[str, Any] | None, *, accepted: bool, again: bool, yes: bool, json: bool
) -> None:
    """Show what is left of what the database lacked, and dismiss it if told so."""
    from newsletter.sending.restores import suspensions
    from newsletter.tracking import restoring

    if again:
        raise typer.BadParameter("--again needs the number of a send")
    left = suspensions.open_attempts().count()
    dismissed = 0
    if accepted and left:
        if not yes:
            question = f"Take it that nothing follows from {left} attempts that are not in here?"
            typer.confirm(question, abort=True)
        dismissed = restoring.dismiss_missing(by=current_person())
    suspended = sends.summarise_suspension()
    result = {"restoration": restoration, "dismissed": dismissed, "suspended": suspended}
    if json:
        print_result(result, as_json=True, text="")
    elif dismissed:
        print(f"Dismissed: {dismissed} attempts.")
    elif restoration is None:
        print("The database knows everything that was submitted from here.")
    elif left:
        print(
            "If that issue will never be sent again, or its people may get it twice:"
            " newsletter send resolve --accepted"
        )
    if suspended:
        raise typer.Exit(1)


def decide_doubts(
    found: Sequence[UnresolvedBatch], resolution: str, why: str, *, ask: bool
) -> dict[str, Any] | None:
    """Resolve doubts as told, or as a person answers; return what was done, None for nothing."""
    from newsletter import counted
    from newsletter.sending.delivery import recovery
    from newsletter.sending.resolution.unresolved import Resolution, resolve

    if not resolution and ask and sys.stdin.isatty():
        resolution = typer.prompt("accepted, again or later?", default="later")
    if resolution not in set(Resolution):
        return None
    people = sum(each.people for each in found)
    insist = False
    if (
        ask
        and resolution == Resolution.SUBMIT_AGAIN
        and not all(each.negative_evidence.holds for each in found)
    ):
        typed = typer.prompt(
            f"Up to {counted.people(people)} may get it twice. Type {people} to submit it again"
        )
        insist = typed.strip() == str(people)
    elif ask:
        typer.confirm(f"Resolve for {counted.people(people)}: {resolution}?", abort=True)
    resolve(found, Resolution(resolution), by=current_person(), why=why, insist=insist)
    recovery.close_finished_sends()
    if ask:
        print(f"Resolved for {counted.people(people)}.")
    return {"resolution": resolution, "people": people}


def current_person() -> str:
    """Return who decides, as this machine knows them."""
    try:
        return f"{getpass.getuser()} on the command line"
    except (KeyError, OSError):
        return "somebody on the command line"


def show(send: Any, found: Sequence[UnresolvedBatch], log_fault: str) -> None:
    """Print each doubt with what speaks for and against it, and what can be done."""
    from newsletter import counted

    print(f"Send {send.pk}: {send.issue.title}, {send.get_state_display()}")
    show_awaited(send)
    if not found:
        print("Nothing is in doubt.")
        return
    for each in found:
        posted = format_known_time(each.posted_at, send)
        print(f"\nBatch {each.number}: {counted.people(each.people)}, posted {posted}")
        print(f"  answer    {each.answer}")
        for entry in each.evidence:
            words = f"{entry.get_kind_display()} ({format_known_time(entry.at, send)})"
            print(f"  evidence  {words}" + (f", by {entry.by}" if entry.by else ""))
        if each.waits:
            print("  waits     it has not left the provider, and is being cancelled")
        for words in each.negative_evidence.missing:
            print(f"  missing   {words}")
    if log_fault:
        print(f"\nThe provider's log could not be asked: {log_fault}")
    print(f"\nIn doubt: {counted.people(sum(each.people for each in found))}.")
    print("  --accepted  the provider has them; nobody is mailed again, and some may never get it")
    if all(each.negative_evidence.holds for each in found):
        print("  --again     submit them again: all there is speaks against acceptance")
    else:
        print("  --again     submit them again, though they may get it twice; wait if you can")


def show_awaited(send: Any) -> None:
    """Print what may still be answered, and when to look again."""
    from newsletter import counted
    from newsletter.sending.resolution.unresolved import awaited_attempts

    for attempt in awaited_attempts(send):
        print(
            f"\nBatch {attempt.batch.number}: {counted.people(attempt.size)}, in flight. Their"
            f" answer may come until {format_known_time(attempt.lease_until, send)};"
            f" after that they count as unknown. Then look again: newsletter send resolve {send.pk}"
        )


def format_known_time(at: dt.datetime | None, send: Any) -> str:
    """Return a time in the zone of the publication."""
    from newsletter.dates import format_time

    return format_time(at, sends.zone_of(send)) if at else "never"


def summary(
    send: Any, found: Sequence[UnresolvedBatch], resolved: dict[str, Any] | None, log_fault: str
) -> dict[str, Any]:
    """Return what programs want to know."""
    from newsletter.sending.resolution.unresolved import awaited_attempts

    send.refresh_from_db()
    return {
        **sends.summarise_send(send),
        "unresolved": [
            {
                "batch": each.number,
                "people": each.people,
                "posted_at": each.posted_at,
                "answer": each.answer,
                "evidence": [
                    {"kind": entry.kind, "at": entry.at, "by": entry.by, "note": entry.note}
                    for entry in each.evidence
                ],
                "waits": each.waits,
                "absent": each.negative_evidence.holds,
                "missing": each.negative_evidence.missing,
            }
            for each in found
        ],
        "in_flight": [
            {"batch": each.batch.number, "people": each.size, "until": each.lease_until}
            for each in awaited_attempts(send)
        ],
        "resolved": resolved,
        "log_fault": log_fault,
    }
