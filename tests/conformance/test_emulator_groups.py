"""Unsubscribe groups as the official client sees them, and what they do to mail."""

from __future__ import annotations

import json
from typing import Any

import pytest
from python_http_client.exceptions import BadRequestsError, NotFoundError

from sendgrid_emulator import Emulator
from tests.unit.sendgrid_emulator.samples import letter


def make(client: Any, name: str, **more: object) -> Any:
    """Make a group and return it as shown."""
    request = {"name": name, "description": "What it is about", **more}
    return client.asm.groups.post(request_body=request).to_dict


def test_a_group_is_made_changed_and_removed(client: Any) -> None:
    """A group has an id, a name and a description; one is the default; gone it is 404."""
    first, second = make(client, "Digest", is_default=True), make(client, "Letters")
    one = client.asm.groups._(second["id"])

    changed = one.patch(request_body={"name": "Post", "is_default": True})

    assert (changed.status_code, changed.to_dict["name"]) == (201, "Post")
    shown = client.asm.groups.get().to_dict
    assert [(group["name"], group["is_default"]) for group in shown] == [
        ("Digest", False),
        ("Post", True),
    ]
    assert client.asm.groups.get(query_params={"id": first["id"]}).to_dict == [shown[0]]
    assert one.get().to_dict["unsubscribes"] == 0
    assert one.delete().status_code == 204
    for gone in (one.get, one.delete, one.suppressions.get):
        with pytest.raises(NotFoundError):
            gone()


def test_people_leave_and_come_back(client: Any) -> None:
    """Who left is listed with the group, for all groups and for one address, until taken off."""
    digest, letters = make(client, "Digest"), make(client, "Letters")
    left = client.asm.groups._(digest["id"]).suppressions
    posted = left.post(request_body={"recipient_emails": ["a@example.org", "b@example.org"]})

    assert posted.status_code == 201
    assert set(left.get().to_dict) == {"a@example.org", "b@example.org"}
    assert {entry["group_name"] for entry in client.asm.suppressions.get().to_dict} == {"Digest"}
    one = client.asm.suppressions._("a@example.org").get().to_dict["suppressions"]
    assert {group["id"]: group["suppressed"] for group in one} == {
        digest["id"]: True,
        letters["id"]: False,
    }

    assert left._("a@example.org").delete().status_code == 204
    assert left.get().to_dict == ["b@example.org"]
    with pytest.raises(NotFoundError):
        left._("a@example.org").delete()


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"description": "x"}, "name"),
        ({"name": "x" * 31, "description": "x"}, "name"),
        ({"name": "x"}, "description"),
        ({"name": "x", "description": "x", "is_default": "yes"}, "is_default"),
    ],
)
def test_groups_have_rules(client: Any, document: dict[str, object], field: str) -> None:
    """What is wrong with a group is named by its field."""
    with pytest.raises(BadRequestsError) as raised:
        client.asm.groups.post(request_body=document)

    [error] = json.loads(raised.value.body)["errors"]
    assert error["field"] == field


def test_who_left_must_be_a_list(client: Any) -> None:
    """People leave as a list of addresses; anything else is refused."""
    group = make(client, "Digest")

    with pytest.raises(BadRequestsError):
        client.asm.groups._(group["id"]).suppressions.post(request_body={"recipient_emails": "a"})


def test_a_group_keeps_mail_from_those_who_left_it(sendgrid: Emulator, client: Any) -> None:
    """Mail of the group is dropped for them, other mail is not; every event names the group."""
    group = make(client, "Digest")["id"]
    client.mail.send.post(
        request_body=letter(
            "groupunsubscribe@example.org", "groupresubscribe@example.org", asm={"group_id": group}
        )
    )
    sendgrid.clock.advance(5)
    told = [event for occurrence in sendgrid.account.recent for event in occurrence]
    assert {event["asm_group_id"] for event in told} == {group}
    assert {"group_unsubscribe", "group_resubscribe"} <= {event["event"] for event in told}

    for asm in ({"group_id": group}, None):
        client.mail.send.post(
            request_body=letter(
                "groupunsubscribe@example.org", "groupresubscribe@example.org", asm=asm
            )
        )
    sendgrid.clock.advance(1)

    _, of_group, of_none = sendgrid.mailbox.requests
    assert of_group.dropped == {0: "Unsubscribed Address"}
    assert of_none.dropped == {}


@pytest.mark.parametrize(("charges", "left"), [(True, 7), (False, 10)])
def test_cancelled_mail_may_be_charged(
    sendgrid: Emulator, client: Any, charges: bool, left: int
) -> None:
    """Whether credits come back for mail that never left is not documented, so it is a switch."""
    sendgrid.undocumented.charges_cancelled = charges
    sendgrid.settings.credits = 10
    batch_id = client.mail.batch.post().to_dict["batch_id"]
    client.user.scheduled_sends.post(request_body={"batch_id": batch_id, "status": "cancel"})

    client.mail.send.post(request_body=letter(people=3, batch_id=batch_id))
    sendgrid.clock.advance(0)

    assert sendgrid.settings.credits == left
