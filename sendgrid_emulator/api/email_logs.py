"""The email logs: /v3/logs."""

from __future__ import annotations

from itertools import islice

from sendgrid_emulator import answers
from sendgrid_emulator.account import Account
from sendgrid_emulator.answers import Answer
from sendgrid_emulator.api.calls import Call, Route
from sendgrid_emulator.events import email_log
from sendgrid_emulator.rules import problems

_SCOPE = "messages.read"


def search(account: Account, call: Call) -> Answer:
    """Answer with the mails that meet `query`, `limit` at most; there is no second page."""
    document = call.document()
    query, limit = document.get("query", ""), document.get("limit", email_log.USUAL_MESSAGES)
    if type(limit) is not int or not 1 <= limit <= email_log.MAX_MESSAGES:
        message = f"limit must be between 1 and {email_log.MAX_MESSAGES}"
        return answers.refuse_request(400, problems.make_problem(message, "limit"))
    try:
        found = email_log.search_mails(
            account.mailbox, str(query), account.clock.now() - account.settings.logs_lag
        )
    except email_log.BadQuery as bad:
        return answers.refuse_request(400, problems.make_problem(str(bad), "query"))
    return answers.json_answer({"messages": [mail.summary() for mail in islice(found, limit)]})


def show_mail(account: Account, call: Call) -> Answer:
    """Answer with one mail, its custom arguments and all its events."""
    logged = email_log.find_mail(account.mailbox, call.parts["sg_message_id"], _horizon(account))
    if logged is None:
        return answers.refuse_request(404, problems.NOT_FOUND)
    return answers.json_answer(logged.details())


def _horizon(account: Account) -> float:
    """Return the time up to which the logs know what happened."""
    return account.clock.now() - account.settings.logs_lag


ROUTES = (
    Route("POST", "/v3/logs", _SCOPE, search),
    Route("GET", "/v3/logs/{sg_message_id}", _SCOPE, show_mail),
)
