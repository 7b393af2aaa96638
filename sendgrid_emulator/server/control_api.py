"""The control API, /_ctl/…, for tests in other processes and for the pages, as JSON.

It needs no key, so it asks for `Content-Type: application/json` on everything that changes
something: no web page can make a browser send that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, fields
from typing import Any

from aiohttp import web

from sendgrid_emulator import answers
from sendgrid_emulator.account import Account
from sendgrid_emulator.answers import Answer
from sendgrid_emulator.api.calls import Call, Endpoint
from sendgrid_emulator.checks.invariants import SENDER_RULES, check_invariants
from sendgrid_emulator.events.email_log import Logged
from sendgrid_emulator.events.event import event_of, history_of
from sendgrid_emulator.events.webhooks import Webhook
from sendgrid_emulator.rules import problems
from sendgrid_emulator.server.gateway import build_response, read
from sendgrid_emulator.state.messages import Message

_PAGE = 100
#: Settings that are sets; in JSON they are lists.
NAMED_SETS = frozenset(
    {
        *("keys", "senders", "ip_pools"),
        *("verified_senders", "pending_senders", "pending_domains"),
    }
)


def overview(account: Account, _call: Call) -> Answer:
    """Return the counts and the time."""
    return answers.json_answer(
        {
            "mails": len(account.mailbox),
            "requests": account.request_log.total,
            "accepted": len(account.mailbox.requests),
            "statuses": {str(status): n for status, n in account.request_log.statuses.items()},
            "events_taken": account.webhook_sender.taken,
            "now": account.clock.now(),
        }
    )


def reset(account: Account, _call: Call) -> Answer:
    """Forget everything but settings."""
    account.reset()
    return answers.empty_answer()


def requests(account: Account, call: Call) -> Answer:
    """List requests, the newest first."""
    newest = account.request_log.newest(_number(call, "start", 0), _number(call, "count", _PAGE))
    return answers.json_answer([asdict(exchange) for exchange in newest])


def faults(account: Account, _call: Call) -> Answer:
    """List the faults in force."""
    return answers.json_answer([asdict(fault) for fault in account.faults])


def add_fault(account: Account, call: Call) -> Answer:
    """Add a fault: `{"kind": "429", "times": 3, "seconds": 30}`; see `faults.Fault`."""
    document = call.document()
    try:
        fault = account.faults.add(str(document.pop("kind", "")), **document)
    except (TypeError, ValueError) as bad:
        return answers.refuse_request(400, problems.make_problem(str(bad), "kind"))
    return answers.json_answer(asdict(fault), 201)


def clear_faults(account: Account, _call: Call) -> Answer:
    """Remove all faults."""
    account.faults.clear()
    return answers.empty_answer()


def mailbox(account: Account, call: Call) -> Answer:
    """List mails, the newest first: `to` is a whole address, `search` part of one or a subject."""
    start, count = _number(call, "start", 0), _number(call, "count", _PAGE)
    if to := call.query.get("to"):
        messages = account.mailbox.to(to)[::-1]
        total, shown = len(messages), messages[start : start + count]
    else:
        found = account.mailbox.search(call.query.get("search", ""), start=start, count=count)
        total, shown = found.total, list(found.messages)
    now = account.clock.now()
    return answers.json_answer({"total": total, "mails": [_brief(mail, now) for mail in shown]})


def mail(account: Account, call: Call) -> Answer:
    """Show one mail with its parts, headers and events."""
    message = account.mailbox.message(call.parts["id"])
    if message is None:
        return answers.refuse_request(404, problems.NOT_FOUND)
    now = account.clock.now()
    return answers.json_answer(
        {
            **_brief(message, now),
            "headers": message.headers,
            "custom_args": message.custom_args,
            "text": message.text,
            "html": message.html,
            "source": message.source().decode("ascii", "replace"),
            "events": [event_of(message, step, at) for at, step in history_of(message, now)],
        }
    )


def invariants(account: Account, _call: Call) -> Answer:
    """Check what a good sender never does."""
    found = check_invariants(account)
    return answers.json_answer(
        {"holds": not found, "rules": SENDER_RULES, "violations": [asdict(v) for v in found]}
    )


def forbid(account: Account, call: Call) -> Answer:
    """Declare that `address` must not be mailed any more."""
    account.forbid(str(call.document().get("address", "")))
    return answers.empty_answer()


def pause_events(account: Account, _call: Call) -> Answer:
    """Pause events."""
    account.webhook_sender.pause()
    return answers.empty_answer()


def resume_events(account: Account, _call: Call) -> Answer:
    """Resume events."""
    account.webhook_sender.resume()
    return answers.empty_answer()


def post_events(account: Account, call: Call) -> Answer:
    """Post events to `url` from now on; answers with the public key."""
    webhook = Webhook(str(call.document().get("url", "")), account.clock.now())
    account.webhooks.all.append(webhook)
    return answers.json_answer(webhook.as_json(), 201)


def advance(account: Account, call: Call) -> Answer:
    """Move the clock forward by `seconds`."""
    seconds = call.document().get("seconds")
    if not isinstance(seconds, int | float) or seconds < 0:
        return answers.refuse_request(
            400, problems.make_problem("must be a number, 0 or more", "seconds")
        )
    account.clock.advance(seconds)
    return answers.json_answer({"now": account.clock.now()})


def change(account: Account, call: Call) -> Answer:
    """Change settings, how events travel, and what SendGrid's documents leave open."""
    groups: dict[str, Any] = {
        "settings": account.settings,
        "delivery_conditions": account.webhook_sender.conditions,
        "undocumented": account.batches.undocumented,
    }
    for name, values in call.document().items():
        if name not in groups:
            return answers.refuse_request(
                400, problems.make_problem(f"known here: {sorted(groups)}", name)
            )
        known = {field.name for field in fields(groups[name])}
        if not isinstance(values, dict) or set(values) - known:
            return answers.refuse_request(
                400, problems.make_problem(f"known here: {sorted(known)}", name)
            )
        for key, value in values.items():
            kept = frozenset(value) if key in NAMED_SETS else value
            setattr(groups[name], key, kept)
    return answers.empty_answer()


def _number(call: Call, name: str, usual: int) -> int:
    text = call.query.get(name, "")
    return int(text) if text.isdecimal() else usual


def _brief(message: Message, now: float) -> dict[str, Any]:
    return {
        "id": message.id,
        "to": message.address,
        "subject": message.subject,
        "phase": message.request.phase,
        "status": Logged(message, now).status,
        "at": message.request.at,
    }


#: The GET requests below /_ctl/.
GETS: dict[str, Endpoint] = {
    "overview": overview,
    "requests": requests,
    "fault": faults,
    "mailbox": mailbox,
    "mailbox/{id}": mail,
    "invariants": invariants,
}
#: The POST requests below /_ctl/.
POSTS: dict[str, Endpoint] = {
    "reset": reset,
    "fault": add_fault,
    "fault/clear": clear_faults,
    "forbid": forbid,
    "events/pause": pause_events,
    "events/resume": resume_events,
    "events/to": post_events,
    "clock/advance": advance,
    "settings": change,
}


class Control:
    """Serves the control API of one account."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def add_to(self, app: web.Application) -> None:
        """Register all endpoints."""
        for path, endpoint in GETS.items():
            app.router.add_get(f"/_ctl/{path}", self._handler(endpoint, changes=False))
        for path, endpoint in POSTS.items():
            app.router.add_post(f"/_ctl/{path}", self._handler(endpoint, changes=True))

    def _handler(
        self, endpoint: Endpoint, *, changes: bool
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            call = await read(request)
            if changes and not call.is_json:
                given = answers.refuse_request(415, problems.UNSUPPORTED_TYPE)
            elif endpoint is invariants:
                # This takes seconds for a large mailbox: the API must go on meanwhile.
                given = await asyncio.to_thread(endpoint, self.account, call)
            else:
                given = endpoint(self.account, call)
            return build_response(given, now=self.account.clock.now())

        return handle
