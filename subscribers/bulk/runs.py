"""Bulk actions as runs: see what would become, do it, undo it; each step for desk and commands."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from newsletter.errors import BadInput, InvalidTransition, NewsletterError, NotFound
from subscribers import lists
from subscribers.bulk.actions import Action, apply
from subscribers.bulk.models import FORGOTTEN, BulkChange, BulkRun
from subscribers.bulk.outcomes import decide, read_known, target_of
from subscribers.bulk.undoing import (
    ledger_ends,
    must_be_undoable,
    must_not_be_followed,
    undo_chunk,
)
from subscribers.changing import check_attributes, must_say_why
from subscribers.finding.filters import PeopleFilter, build_condition, read_filter
from subscribers.finding.pages import Search, split_chunks
from subscribers.importing import unfinished
from subscribers.importing.runs import Reason, require_basis
from subscribers.models import List, Subscriber
from subscribers.people import hold_people
from subscribers.segments.saved import segment_by_slug

State = BulkRun.State
#: The time after which a long count gives a sign of work.
SIGN_OF_WORK = dt.timedelta(seconds=5)


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """What is asked for: an action with what it needs, for whom a filter finds.

    `to` is the list to add to or to leave; none leaves all.  `basis` and `reason` say why the
    people may be mailed (as of an import), or why they are unsubscribed.
    """

    action: str
    of: PeopleFilter
    to: List | None = None
    attribute: str = ""
    value: str = ""
    basis: str = ""
    reason: str = ""
    by: str = ""


def prepare(order: Order) -> BulkRun:
    """Return the run of an order, not saved yet, or raise `BadInput` for what is missing."""
    if order.action not in Action.values:
        raise BadInput(
            _("{action} is not a bulk action").format(action=repr(order.action)),
            hint=_("One of: {names}").format(names=", ".join(Action.values)),
        )
    attribute, value = "", ""
    if order.action == Action.ADD:
        if order.to is None:
            raise BadInput(_("choose a list"))
        lists.must_take_people(order.to)
    if order.action == Action.SET:
        attribute, value = order.attribute.strip(), order.value.strip()
        kept = check_attributes({attribute: value or "x"})
        value = kept[attribute] if value else ""
    takes_list = order.action in (Action.ADD, Action.UNSUBSCRIBE)
    return BulkRun(
        action=order.action,
        filter=order.of.as_dict(),
        segment_filter=segment_by_slug(order.of.segment).filter if order.of.segment else "",
        list=order.to if takes_list else None,
        attribute=attribute,
        value=value,
        basis=order.basis,
        reason=" ".join(order.reason.split())[:300],
        by=order.by[:150],
        language=get_language() or "",
        last_id=Subscriber.objects.aggregate(last=Max("pk"))["last"] or 0,
    )


def preview(order: Order) -> dict[str, int]:
    """Return how many would have which outcome, of all who are found.

    A million take some minutes at most: pages ask for it by `previews.ask_for_preview`.
    """
    run, figures = prepare(order), Counter[str]()
    for ids in chunks_of(run):
        figures.update(decide(run, read_known(run, ids)).values())
    return dict(figures)


def begin_run(order: Order) -> BulkRun:
    """Ask for an order to be done in the background; raise `BadInput` for what is missing."""
    run = prepare(order)
    check_reasons(run)
    return start(run)


def check_reasons(run: BulkRun) -> None:
    """Raise `BadInput` unless a run says why people may be mailed, or why they are unsubscribed."""
    if run.action == Action.ADD:
        require_basis(Reason(basis=run.basis, note=run.reason, by=run.by))
    if run.action == Action.UNSUBSCRIBE:
        run.reason = must_say_why(run.reason)


def start(run: BulkRun) -> BulkRun:
    """Save a new run as work for `worker`."""
    if run.action == Action.ADD:
        run.ledger_ends = ledger_ends()
    run.save()
    return run


def filter_of(run: BulkRun) -> PeopleFilter:
    """Return the filter of a run, or raise `InvalidTransition` where it is another by now."""
    of = read_filter(run.filter)
    if of.text == FORGOTTEN:
        raise InvalidTransition(
            _("the text that was searched for was removed with the data of a person"),
            hint=_("Look at the preview once more, and begin again."),
        )
    if of.segment and segment_by_slug(of.segment).filter != run.segment_filter:
        raise InvalidTransition(
            _("the segment {slug} was changed since").format(slug=of.segment),
            hint=_("Look at the preview once more, and begin again."),
        )
    return of


def chunks_of(run: BulkRun) -> Iterator[list[int]]:
    """Yield the ids of those who are still to be done, in their order, some at a time."""
    yield from split_chunks(Search(filter_of(run)).ids(after=run.position, last=run.last_id))


def apply_run(run: BulkRun) -> None:
    """Do what is left of a run, chunk by chunk; raise `InvalidTransition` if it is not to be."""
    if not run.rows_total:
        BulkRun.objects.filter(pk=run.pk).update(rows_total=count_people(run))
    for ids in chunks_of(run):
        apply_chunk(run, ids)
    change_state(run, State.APPLYING, State.APPLIED, worked_at=None)


def count_people(run: BulkRun) -> int:
    """Count who is still to be done; a sign of work now and then keeps the run ours."""
    people, last = 0, timezone.now()
    for ids in chunks_of(run):
        people += len(ids)
        if (now := timezone.now()) - last >= SIGN_OF_WORK:
            BulkRun.objects.filter(pk=run.pk, state=run.state).update(worked_at=now)
            last = now
    return people


@transaction.atomic
def apply_chunk(run: BulkRun, ids: list[int]) -> None:
    """Do it for some people, and keep how far it is, in one transaction.

    Who is done already, by another process that took the run for abandoned, is left out.
    """
    locked = hold(run, State.APPLYING)
    ids = [pk for pk in ids if pk > locked.position]
    if not ids:
        return
    if locked.action == Action.ADD:
        lists.must_take_people(target_of(locked))
    hold_people(ids)
    # Looked at again once they are locked, by another statement: who had to be waited for has
    # changed, and the one that waited does not see by which subscriptions.
    rows = Subscriber.objects.filter(build_condition(filter_of(run)), pk__in=ids)
    now = timezone.now()
    outcomes = apply(locked, list(rows.order_by("pk")), now)
    locked.result = dict(Counter(locked.result) + Counter(map(str, outcomes.values())))
    locked.position, locked.worked_at = ids[-1], now
    locked.rows_done += len(ids)
    locked.save(update_fields=["result", "position", "worked_at", "rows_done"])


def hold(run: BulkRun, state: str) -> BulkRun:
    """Return a run, locked, or raise `InvalidTransition` unless it is in a state."""
    rows = BulkRun.objects.select_for_update(of=("self",)).select_related("list")
    locked = rows.filter(pk=run.pk, state=state).first()
    if locked is None:
        raise InvalidTransition(_("bulk action {number} was stopped").format(number=run.pk))
    return locked


def change_state(run: BulkRun, source: str, to: str, **values: object) -> None:
    """Change the state of a run, or raise `InvalidTransition` when somebody was quicker."""
    if not BulkRun.objects.filter(pk=run.pk, state=source).update(state=to, **values):
        raise InvalidTransition(describe_state(run))
    run.refresh_from_db()


def describe_state(run: BulkRun) -> str:
    """Say which state a run has by now.

    The run stays as it was known here, so that `fail` does not stop what others did.
    """
    found = BulkRun.objects.filter(pk=run.pk).first()
    state = found.get_state_display() if found else _("discarded, or begun")
    return _("bulk action {number} is {state}").format(number=run.pk, state=state)


def find_run(number: int) -> BulkRun:
    """Return a run by its number, or raise `NotFound`."""
    run = BulkRun.objects.select_related("list").filter(pk=number).first()
    if run is None:
        raise NotFound(_("there is no bulk action {number}").format(number=number))
    return run


def ask_to_undo(run: BulkRun) -> None:
    """Ask for a run to be undone; raise `InvalidTransition` when that is not possible."""
    must_be_undoable(run)
    change_state(run, run.state, State.UNDOING, attempts=0, worked_at=None, problem="", rows_done=0)


def undo_run(run: BulkRun) -> None:
    """Take back what is left of a run's changes, chunk by chunk."""
    must_be_undoable(run)
    while undo_some(run):
        pass
    change_state(run, State.UNDOING, State.UNDONE, undone_at=timezone.now(), worked_at=None)


@transaction.atomic
def undo_some(run: BulkRun) -> bool:
    """Take back some changes; return whether there were any."""
    locked = hold(run, State.UNDOING)
    changes = list(BulkChange.objects.filter(run=run).order_by("pk")[:500])
    hold_people([change.subscriber_id for change in changes])
    # Asked once they are locked: whoever was quicker has written it down.
    must_not_be_followed(locked)
    figures = undo_chunk(locked, changes)
    undone = dict(Counter(locked.result.get("undo", {})) + Counter(figures))
    locked.result = {**locked.result, "undo": undone}
    locked.rows_done += len(changes)
    locked.worked_at = timezone.now()
    locked.save(update_fields=["result", "rows_done", "worked_at"])
    BulkChange.objects.filter(pk__in=[change.pk for change in changes]).delete()
    return bool(changes)


def do_now(order: Order) -> BulkRun:
    """Do an order at once; return its run, by which it can be undone.

    Raises `InvalidTransition` while an import is half-written: it may be taken back.
    """
    with transaction.atomic():
        unfinished.must_be_none()
        run = begin_run(order)
        take_run(run)
    return finish(run, apply_run)


def undo_now(run: BulkRun) -> BulkRun:
    """Undo a run at once; raise `InvalidTransition` when that is not possible, as in `do_now`."""
    with transaction.atomic():
        unfinished.must_be_none()
        ask_to_undo(run)
        take_run(run)
    return finish(run, undo_run)


def take_run(run: BulkRun) -> None:
    """Work on a run here: no thread takes it up meanwhile."""
    BulkRun.objects.filter(pk=run.pk).update(worked_at=timezone.now(), attempts=1)


def finish(run: BulkRun, work: Callable[[BulkRun], None]) -> BulkRun:
    """Do the work of a run, and note why it stopped if it does; return the run as it is then."""
    try:
        work(run)
    except NewsletterError as error:
        fail(run, error)
        raise
    run.refresh_from_db()
    return run


def fail(run: BulkRun, error: NewsletterError) -> None:
    """Note why a run stopped; what it did until then stays, and can be undone."""
    after = {State.UNDOING: State.APPLIED, State.COUNTING: State.UNCOUNTED}.get(
        State(run.state), State.FAILED
    )
    values = {"state": after, "problem": error.sentences, "worked_at": None}
    BulkRun.objects.filter(pk=run.pk, state=run.state).update(**values)
