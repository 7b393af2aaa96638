"""Pause and cancel waiting mail: /v3/user/scheduled_sends."""

from __future__ import annotations

from sendgrid_emulator import answers
from sendgrid_emulator.account import Account
from sendgrid_emulator.answers import Answer
from sendgrid_emulator.api.calls import Call, Route
from sendgrid_emulator.rules import problems
from sendgrid_emulator.state.batches import Status

_PATH = "/v3/user/scheduled_sends"
_ONE = _PATH + "/{batch_id}"
_SCOPE = "user.scheduled_sends."

_UNKNOWN_BATCH = problems.make_problem("batch id not found", "batch_id")
_ALREADY_SET = problems.make_problem("batch id already has a status; update it instead", "batch_id")
_BAD_STATUS = problems.make_problem("status must be either cancel or pause", "status")


def create(account: Account, call: Call) -> Answer:
    """Cancel or pause a batch that has no status yet."""
    document = call.document()
    batch_id, status = document.get("batch_id"), _status(document.get("status"))
    batches = account.batches
    if not isinstance(batch_id, str) or not batches.knows(batch_id):
        return answers.refuse_request(400, _UNKNOWN_BATCH)
    if not batches.undocumented.empty_batches and not account.mailbox.has_batch(batch_id):
        return answers.refuse_request(400, _UNKNOWN_BATCH)
    if status is None:
        return answers.refuse_request(400, _BAD_STATUS)
    if batch_id in batches.marks:
        return answers.refuse_request(400, _ALREADY_SET)
    if batches.is_full():
        return answers.refuse_request(400, problems.MAX_STATUSES)
    account.set_batch_status(batch_id, status)
    return answers.json_answer({"batch_id": batch_id, "status": status}, 201)


def update(account: Account, call: Call) -> Answer:
    """Turn a pause into a cancellation, or back."""
    status = _status(call.document().get("status"))
    if status is None:
        return answers.refuse_request(400, _BAD_STATUS)
    if call.parts["batch_id"] not in account.batches.marks:
        return answers.refuse_request(404, problems.NOT_FOUND)
    account.set_batch_status(call.parts["batch_id"], status)
    return answers.empty_answer()


def delete(account: Account, call: Call) -> Answer:
    """Remove the status: the batch can leave again."""
    if not account.clear_batch_status(call.parts["batch_id"]):
        return answers.refuse_request(404, problems.NOT_FOUND)
    return answers.empty_answer()


def show_status(account: Account, call: Call) -> Answer:
    """Show the status of one batch, as a list of one or none."""
    return answers.json_answer(_shown(account, only=call.parts["batch_id"]))


def list_statuses(account: Account, _call: Call) -> Answer:
    """List the batches that are cancelled or paused; the others do not appear."""
    return answers.json_answer(_shown(account))


def _shown(account: Account, only: str = "") -> list[dict[str, str]]:
    marks = account.batches.marks.items()
    return [{"batch_id": b, "status": m.status} for b, m in marks if only in {"", b}]


def _status(value: object) -> Status | None:
    return next((status for status in Status if status == value), None)


ROUTES = (
    Route("POST", _PATH, _SCOPE + "create", create),
    Route("GET", _PATH, _SCOPE + "read", list_statuses),
    Route("GET", _ONE, _SCOPE + "read", show_status),
    Route("PATCH", _ONE, _SCOPE + "update", update),
    Route("DELETE", _ONE, _SCOPE + "delete", delete),
)
