"""The suppression lists: /v3/suppression/… and /v3/asm/suppressions/global."""

from __future__ import annotations

from typing import Any

from sendgrid_emulator import answers
from sendgrid_emulator.account import Account
from sendgrid_emulator.answers import Answer
from sendgrid_emulator.api.calls import Call, Route
from sendgrid_emulator.rules import problems
from sendgrid_emulator.state.suppressions import LISTS, SPAM, UNSUBSCRIBES, Entry

MAX_ENTRIES = 500

_LIST = "/v3/suppression/{list}"
_ONE = _LIST + "/{email}"
_GLOBAL = "/v3/asm/suppressions/global"
_BAD_NUMBER = problems.make_problem("must be a whole number")


def list_entries(account: Account, call: Call) -> Answer:
    """List entries, the newest first; times are inclusive Unix seconds, 500 at most at once."""
    if call.parts["list"] not in LISTS:
        return answers.refuse_request(404, problems.NOT_FOUND)
    try:
        start, end = int(call.query.get("start_time", 0)), int(call.query.get("end_time", 2**62))
        limit, offset = int(call.query.get("limit", MAX_ENTRIES)), int(call.query.get("offset", 0))
    except ValueError:
        return answers.refuse_request(400, _BAD_NUMBER)
    wanted = call.query.get("email", "").lower()
    found = [
        _shown(call.parts["list"], entry)
        for entry in account.suppressions.entries(call.parts["list"])
        if start <= entry.created <= end and wanted in {"", entry.email.lower()}
    ]
    return answers.json_answer(found[max(0, offset) :][: max(0, min(limit, MAX_ENTRIES))])


def show_entry(account: Account, call: Call) -> Answer:
    """Show the entry of one address, as a list of one or none."""
    if call.parts["list"] not in LISTS:
        return answers.refuse_request(404, problems.NOT_FOUND)
    entry = account.suppressions.get(call.parts["list"], call.parts["email"])
    return answers.json_answer([_shown(call.parts["list"], entry)] if entry else [])


def delete(account: Account, call: Call) -> Answer:
    """Take one address off a list."""
    name = call.parts["list"]
    if name not in LISTS or not account.unsuppress(name, call.parts["email"]):
        return answers.refuse_request(404, problems.NOT_FOUND)
    return answers.empty_answer()


def delete_many(account: Account, call: Call) -> Answer:
    """Take the addresses in `emails` off a list, or all of them with `delete_all`."""
    name, document = call.parts["list"], call.document()
    if name not in LISTS:
        return answers.refuse_request(404, problems.NOT_FOUND)
    emails = [entry.email for entry in account.suppressions.entries(name)]
    if document.get("delete_all") is not True:
        emails = [email for email in document.get("emails") or () if isinstance(email, str)]
        if not emails:
            return answers.refuse_request(
                400, problems.make_problem("emails or delete_all is required")
            )
    for email in emails:
        account.unsuppress(name, email)
    return answers.empty_answer()


def unsubscribe(account: Account, call: Call) -> Answer:
    """Put addresses on the global unsubscribe list."""
    emails = call.document().get("recipient_emails")
    if not isinstance(emails, list) or not all(isinstance(email, str) for email in emails):
        message = "recipient_emails must be a list of addresses"
        return answers.refuse_request(400, problems.make_problem(message, "recipient_emails"))
    for email in emails:
        account.suppress(UNSUBSCRIBES, Entry(email, int(account.clock.now())))
    return answers.json_answer({"recipient_emails": emails}, 201)


def show_unsubscribed(account: Account, call: Call) -> Answer:
    """Show whether an address is unsubscribed from everything."""
    entry = account.suppressions.get(UNSUBSCRIBES, call.parts["email"])
    return answers.json_answer({"recipient_email": entry.email} if entry else {})


def resubscribe(account: Account, call: Call) -> Answer:
    """Take an address off the global unsubscribe list."""
    if not account.unsuppress(UNSUBSCRIBES, call.parts["email"]):
        return answers.refuse_request(404, problems.NOT_FOUND)
    return answers.empty_answer()


def _shown(name: str, entry: Entry) -> dict[str, Any]:
    shown: dict[str, Any] = {"created": entry.created, "email": entry.email}
    if name == SPAM:
        return {**shown, "ip": "192.0.2.1"}
    if name != UNSUBSCRIBES:
        shown |= {"reason": entry.reason, "status": entry.status}
    return shown


ROUTES = (
    Route("GET", _LIST, "suppression.read", list_entries),
    Route("DELETE", _LIST, "suppression.delete", delete_many),
    Route("GET", _ONE, "suppression.read", show_entry),
    Route("DELETE", _ONE, "suppression.delete", delete),
    Route("POST", _GLOBAL, "suppression.update", unsubscribe),
    Route("GET", _GLOBAL + "/{email}", "suppression.read", show_unsubscribed),
    Route("DELETE", _GLOBAL + "/{email}", "suppression.delete", resubscribe),
)
