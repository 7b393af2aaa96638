"""Unsubscribe groups, and who left them: /v3/asm/groups and /v3/asm/suppressions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sendgrid_emulator import answers
from sendgrid_emulator.account import Account
from sendgrid_emulator.answers import Answer
from sendgrid_emulator.api.calls import Call, Route
from sendgrid_emulator.rules import problems
from sendgrid_emulator.rules.problems import Problem
from sendgrid_emulator.state.suppressions import Entry, Group

MAX_GROUPS = 200
MAX_NAME_LENGTH, MAX_DESCRIPTION_LENGTH = 30, 100

_GROUPS = "/v3/asm/groups"
_ONE = _GROUPS + "/{id}"
_LEFT = _ONE + "/suppressions"
_ALL = "/v3/asm/suppressions"
_SCOPE = "asm.groups."

Grouped = Callable[[Account, Call, Group], Answer]


def create(account: Account, call: Call) -> Answer:
    """Make a group."""
    document = call.document()
    if bad := _find_problem(document, whole=True):
        return answers.refuse_request(400, bad)
    if len(account.suppressions.groups) >= MAX_GROUPS:
        return answers.refuse_request(400, problems.make_problem(f"at most {MAX_GROUPS} groups"))
    group = account.form_group(
        document["name"],
        document["description"],
        is_default=document.get("is_default", False),
    )
    return answers.json_answer(_shown(account, group), 201)


def list_groups(account: Account, call: Call) -> Answer:
    """List the groups, or those of `id`, with the number of people who left each."""
    wanted = call.query.get("id", "")
    groups = account.suppressions.groups.values()
    return answers.json_answer(
        [_shown(account, each) for each in groups if wanted in {"", str(each.id)}]
    )


def _named(endpoint: Grouped) -> Callable[[Account, Call], Answer]:
    """Return an endpoint for one group, which answers 404 where there is none of that id."""

    def answer(account: Account, call: Call) -> Answer:
        number = call.parts["id"]
        group = account.suppressions.groups.get(int(number) if number.isdecimal() else 0)
        return (
            endpoint(account, call, group)
            if group
            else answers.refuse_request(404, problems.NOT_FOUND)
        )

    return answer


def _show(account: Account, _call: Call, group: Group) -> Answer:
    return answers.json_answer(_shown(account, group))


def _update(account: Account, call: Call, group: Group) -> Answer:
    document = call.document()
    if bad := _find_problem(document, whole=False):
        return answers.refuse_request(400, bad)
    given = {k: document[k] for k in ("name", "description", "is_default") if k in document}
    return answers.json_answer(_shown(account, account.change_group(replace(group, **given))), 201)


def _delete(account: Account, _call: Call, group: Group) -> Answer:
    account.dissolve_group(group)
    return answers.empty_answer()


def _leave(account: Account, call: Call, group: Group) -> Answer:
    emails = call.document().get("recipient_emails")
    if not isinstance(emails, list) or not all(isinstance(email, str) for email in emails):
        message = "recipient_emails must be a list of addresses"
        return answers.refuse_request(400, problems.make_problem(message, "recipient_emails"))
    for email in emails:
        account.suppress(group.list, Entry(email, int(account.clock.now())))
    return answers.json_answer({"recipient_emails": emails}, 201)


def _who_left(account: Account, _call: Call, group: Group) -> Answer:
    return answers.json_answer([entry.email for entry in account.suppressions.entries(group.list)])


def _come_back(account: Account, call: Call, group: Group) -> Answer:
    if not account.unsuppress(group.list, call.parts["email"]):
        return answers.refuse_request(404, problems.NOT_FOUND)
    return answers.empty_answer()


def list_everybody(account: Account, _call: Call) -> Answer:
    """List who left which group."""
    return answers.json_answer(
        [
            {
                "email": entry.email,
                "group_id": group.id,
                "group_name": group.name,
                "created_at": entry.created,
            }
            for group in account.suppressions.groups.values()
            for entry in account.suppressions.entries(group.list)
        ]
    )


def groups_of(account: Account, call: Call) -> Answer:
    """List all groups, and say for each whether an address left it."""
    suppressions = account.suppressions
    shown = [
        {
            "id": group.id,
            "name": group.name,
            "description": group.description,
            "is_default": group.is_default,
            "suppressed": suppressions.get(group.list, call.parts["email"]) is not None,
        }
        for group in suppressions.groups.values()
    ]
    return answers.json_answer({"suppressions": shown})


def _find_problem(document: dict[str, Any], *, whole: bool) -> Problem | None:
    """Return what is wrong with the fields of a group, of which a `whole` one needs two."""
    for name, longest in (("name", MAX_NAME_LENGTH), ("description", MAX_DESCRIPTION_LENGTH)):
        value = document.get(name, None if whole else "unchanged")
        if not isinstance(value, str) or not 0 < len(value) <= longest:
            return problems.make_problem(f"{name} must have 1 to {longest} characters", name)
    if not isinstance(document.get("is_default", False), bool):
        return problems.make_problem("is_default must be true or false", "is_default")
    return None


def _shown(account: Account, group: Group) -> dict[str, Any]:
    return {
        "id": group.id,
        "name": group.name,
        "description": group.description,
        "is_default": group.is_default,
        "unsubscribes": len(account.suppressions.entries(group.list)),
    }


ROUTES = (
    Route("POST", _GROUPS, _SCOPE + "create", create),
    Route("GET", _GROUPS, _SCOPE + "read", list_groups),
    Route("GET", _ONE, _SCOPE + "read", _named(_show)),
    Route("PATCH", _ONE, _SCOPE + "update", _named(_update)),
    Route("DELETE", _ONE, _SCOPE + "delete", _named(_delete)),
    Route("POST", _LEFT, _SCOPE + "suppressions.create", _named(_leave)),
    Route("GET", _LEFT, _SCOPE + "suppressions.read", _named(_who_left)),
    Route("DELETE", _LEFT + "/{email}", _SCOPE + "suppressions.delete", _named(_come_back)),
    Route("GET", _ALL, "asm.suppressions.read", list_everybody),
    Route("GET", _ALL + "/{email}", "asm.suppressions.read", groups_of),
)
