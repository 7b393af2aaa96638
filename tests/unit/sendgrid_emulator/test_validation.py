"""The published rules of POST /v3/mail/send, one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sendgrid_emulator.rules.personalizations import ValidationContext
from sendgrid_emulator.rules.problems import BAD_REQUEST
from sendgrid_emulator.rules.validation import validate_request
from tests.unit.sendgrid_emulator.samples import letter

NOW = 1_800_000_000.0
RULES = ValidationContext(
    now=NOW,
    knows_batch=lambda batch_id: batch_id == "issued",
    groups=range(1, 51),
    ip_pools=("news", "desk"),
)

Change = Callable[[dict[str, Any]], None]


def at(*path: str | int) -> Callable[[object], Change]:
    """Return a way to put a value at a path of a request."""

    def put(value: object) -> Change:
        def change(payload: dict[str, Any]) -> None:
            block: Any = payload
            for step in path[:-1]:
                block = block[step]
            block[path[-1]] = value

        return change

    return put


def without(key: str) -> Change:
    """Return a way to remove a field."""
    return lambda payload: payload.pop(key)


def first(key: str) -> Callable[[object], Change]:
    """Return a way to put a value into the first personalization."""
    return at("personalizations", 0, key)


BREACHES = [
    pytest.param(
        at("personalizations")([]), "personalizations", "at least one", id="no personalization"
    ),
    pytest.param(
        at("personalizations")(letter(people=1001)["personalizations"]),
        "personalizations",
        "limited to 1000 personalizations per API request. You have provided 1001",
        id="1001 personalizations",
    ),
    pytest.param(
        first("cc")([{"email": f"c{n}@example.org"} for n in range(1000)]),
        "personalizations",
        "limit of 1000 total recipients",
        id="1001 recipients",
    ),
    pytest.param(first("to")([]), "personalizations.0.to", "to array is required", id="no to"),
    pytest.param(
        first("to")([{"email": "not an address"}]),
        "personalizations.0.to.0.email",
        "Does not contain a valid address.",
        id="bad to",
    ),
    pytest.param(
        first("bcc")([{"email": "a..b@example.org"}]),
        "personalizations.0.bcc.0.email",
        "Does not contain a valid address.",
        id="bad bcc",
    ),
    pytest.param(
        first("cc")([{"email": "READER0@example.org"}]),
        "personalizations.0",
        "first duplicate instance of [reader0@example.org] in the personalizations.0.cc field",
        id="same person twice",
    ),
    pytest.param(
        first("to")([{"email": "a@example.org", "name": "Mori, Ogai"}]),
        "personalizations.0.to.0.name",
        "semicolon or a comma",
        id="comma in a name",
    ),
    pytest.param(
        first("headers")({"SUBJECT": "x"}),
        "personalizations.0.headers",
        "'SUBJECT' is a reserved key",
        id="reserved header of a person",
    ),
    pytest.param(
        at("headers")({"x-sg-eid": "x"}), "headers", "'x-sg-eid' is a reserved", id="reserved"
    ),
    pytest.param(at("headers")({"X Y": "x"}), "headers", "empty spaces", id="space in a header"),
    pytest.param(at("headers")({"X-É": "x"}), "headers", "non-ASCII", id="header not ASCII"),
    pytest.param(
        at("headers")({"X-A": "1", "x-a": "2"}), "headers", "must be unique", id="header twice"
    ),
    pytest.param(
        first("substitutions")({f"tag{n}": "x" for n in range(151)}),
        "personalizations.0.substitutions",
        "limited to 150",
        id="151 substitutions",
    ),
    pytest.param(
        first("substitutions")({"tag": "é" * 5000}),
        "personalizations.0.substitutions",
        "may not exceed 10000 bytes",
        id="substitutions too long",
    ),
    pytest.param(
        at("custom_args")({"nl_i": "x" * 9_990}),
        "personalizations.0.custom_args",
        "may not exceed 10000 bytes",
        id="arguments too long together",
    ),
    pytest.param(
        first("custom_args")({}), "personalizations.0.custom_args", "not be empty", id="no argument"
    ),
    pytest.param(without("from"), "from.email", "from object must be provided", id="no from"),
    pytest.param(
        at("from")({"email": "grüße@example.org"}),
        "from.email",
        "The from email does not contain a valid address.",
        id="from not ASCII",
    ),
    pytest.param(
        first("from")({"email": "other@example.net"}),
        "personalizations.0.from.email",
        "domain must match",
        id="from of another domain",
    ),
    pytest.param(without("subject"), "subject", "The subject is required.", id="no subject"),
    pytest.param(without("content"), "content", "content parameter is required", id="no content"),
    pytest.param(
        at("content", 0, "value")(""), "content.0.value", "one character", id="empty content"
    ),
    pytest.param(
        at("content", 1, "type")("html"), "content.1.type", "MIME type", id="no MIME type"
    ),
    pytest.param(
        lambda payload: payload["content"].reverse(), "content", "must come first", id="html first"
    ),
    pytest.param(
        lambda payload: payload["content"].append(payload["content"][1]),
        "content",
        "only be provided once",
        id="html twice",
    ),
    pytest.param(
        at("attachments")([{"content": "not base64!", "filename": "a.pdf"}]),
        "attachments.0.content",
        "base64",
        id="attachment not encoded",
    ),
    pytest.param(
        at("attachments")([{"content": "QQ==", "filename": "a;b.pdf"}]),
        "attachments.0.filename",
        "semicolons",
        id="attachment name",
    ),
    pytest.param(
        at("attachments")([{"content": "QQ==", "filename": "a.pdf", "type": "pdf"}]),
        "attachments.0.type",
        "MIME type",
        id="attachment type",
    ),
    pytest.param(
        at("categories")([f"c{n}" for n in range(11)]),
        "categories",
        "limit of 10 categories",
        id="11 categories",
    ),
    pytest.param(
        at("categories")(["x" * 256]), "categories.0", "255 ASCII", id="category too long"
    ),
    pytest.param(at("categories")(["é"]), "categories.0", "ASCII", id="category not ASCII"),
    pytest.param(at("categories")(["a", "a"]), "categories", "unique", id="category twice"),
    pytest.param(
        at("send_at")(int(NOW) + 72 * 3600 + 1), "send_at", "72 hours", id="too far ahead"
    ),
    pytest.param(
        at("send_at")(int(NOW) * 1000), "send_at", "72 hours", id="milliseconds by mistake"
    ),
    pytest.param(
        first("send_at")(int(NOW) + 300_000),
        "personalizations.0.send_at",
        "72 hours",
        id="person too far ahead",
    ),
    pytest.param(at("batch_id")("made-up"), "batch_id", "valid batch id", id="batch not issued"),
    pytest.param(
        at("asm")({"group_id": 1, "groups_to_display": list(range(1, 27))}),
        "asm.groups_to_display",
        "25",
        id="26 groups",
    ),
    pytest.param(at("asm")({"group_id": 51}), "asm.group_id", "of the account", id="strange group"),
    pytest.param(at("asm")({}), "asm.group_id", "of the account", id="no group"),
    pytest.param(
        at("asm")({"group_id": 1, "groups_to_display": [1, 51]}),
        "asm.groups_to_display",
        "of the account",
        id="strange group shown",
    ),
    pytest.param(at("ip_pool_name")("other"), "ip_pool_name", "of the account", id="strange pool"),
    pytest.param(at("ip_pool_name")("x"), "ip_pool_name", "between 2 and 64", id="pool name"),
    pytest.param(
        lambda p: p.update(reply_to=p["from"], reply_to_list=[p["from"]]),
        "reply_to_list",
        "Only one of",
        id="both reply_to",
    ),
    pytest.param(
        at("reply_to_list")([{"email": f"r{n}@example.org"} for n in range(1001)]),
        "reply_to_list",
        "limit of 1000",
        id="1001 reply_to",
    ),
    pytest.param(
        at("reply_to")({"email": "x"}), "reply_to.email", "valid address", id="bad reply_to"
    ),
    pytest.param(
        at("reply_to_list")([{"email": "x"}]),
        "reply_to_list.0.email",
        "valid address",
        id="bad reply_to_list",
    ),
]

WRONG_TYPES = [
    (at("custom_args")("text"), "custom_args", "Expected: object, given: string."),
    (at("personalizations")({}), "personalizations", "Expected: array, given: object."),
    (at("personalizations", 0)(None), "personalizations.0", "Expected: object, given: null."),
    (first("to")(["a@b.org"]), "personalizations.0.to.0", "Expected: object, given: string."),
    (
        first("to")([{"email": 7}]),
        "personalizations.0.to.0.email",
        "Expected: string, given: integer.",
    ),
    (at("send_at")("1800000000"), "send_at", "Expected: integer, given: string."),
    (at("send_at")(True), "send_at", "Expected: integer, given: boolean."),
    (at("subject")(1.5), "subject", "Expected: string, given: number."),
    (at("categories")([1]), "categories.0", "Expected: string, given: integer."),
    (at("content")(["x"]), "content.0", "Expected: object, given: string."),
    (at("reply_to")([]), "reply_to", "Expected: object, given: array."),
    (at("reply_to_list")(["x"]), "reply_to_list.0", "Expected: object, given: string."),
    (
        at("mail_settings")({"sandbox_mode": {"enable": "true"}}),
        "mail_settings.sandbox_mode.enable",
        "Expected: boolean, given: string.",
    ),
    (
        at("tracking_settings", "click_tracking")(False),
        "tracking_settings.click_tracking",
        "Expected: object, given: boolean.",
    ),
]

UNREADABLE = [
    pytest.param(at("custom_args")({"n": 1}), id="argument not a string"),
    pytest.param(first("custom_args")({"n": None}), id="person's argument not a string"),
    pytest.param(first("substitutions")({"tag": 3}), id="substitution not a string"),
    pytest.param(at("headers")({"X": True}), id="header not a string"),
    pytest.param(first("headers")({"X": "a\r\nBcc: b@c.de"}), id="line break in a header"),
]


def test_a_good_request_passes() -> None:
    """A request that keeps all rules has no problems."""
    assert validate_request(letter(people=1000), RULES) == []


@pytest.mark.parametrize(("change", "field", "words"), BREACHES)
def test_each_rule_is_kept(change: Change, field: str, words: str) -> None:
    """Breaking a rule names the field by its path, and says what the rule is."""
    payload = letter()
    change(payload)

    problems = validate_request(payload, RULES)

    assert {p["field"] for p in problems} == {field}
    assert words in problems[0]["message"]


@pytest.mark.parametrize(("change", "field", "words"), WRONG_TYPES)
def test_types_are_checked_first(change: Change, field: str, words: str) -> None:
    """A value of the wrong JSON type is named in the words of the API."""
    payload = letter()
    change(payload)

    [problem] = validate_request(payload, RULES)

    assert (problem["field"], problem["message"]) == (field, f"Invalid type. {words}")


@pytest.mark.parametrize("change", UNREADABLE)
def test_maps_of_strings_get_no_hint(change: Change) -> None:
    """What should be a map of strings and is not is only called a bad request."""
    payload = letter()
    change(payload)

    assert validate_request(payload, RULES) == [BAD_REQUEST]


@pytest.mark.parametrize("payload", [None, [], "text", 3])
def test_only_objects_are_read(payload: object) -> None:
    """A body that is JSON but no object is a bad request."""
    assert validate_request(payload, RULES) == [BAD_REQUEST]


def test_all_breaches_are_reported_in_order() -> None:
    """Everything wrong is told at once, the personalizations before the rest."""
    payload = letter(people=3, subject=None, send_at=int(NOW) + 10**6)
    payload["personalizations"][1]["to"][0]["email"] = "wrong"

    fields = [problem["field"] for problem in validate_request(payload, RULES)]

    assert fields == ["personalizations.1.to.0.email", "subject", "send_at"]


def test_every_bad_address_is_named() -> None:
    """One request tells all its bad addresses, so that they can all be left out of the next."""
    payload = letter("a@example.org", "b@", "c@example.org", "@d")

    fields = [problem["field"] for problem in validate_request(payload, RULES)]

    assert fields == ["personalizations.1.to.0.email", "personalizations.3.to.0.email"]


@pytest.mark.parametrize(
    "changes",
    [
        {"send_at": int(NOW) + 72 * 3600},
        {"send_at": int(NOW) - 5},
        {"batch_id": "issued"},
        {"content": None, "subject": None, "template_id": "d-1"},
        {"custom_args": None},
        {"reply_to": {"email": "r@example.org", "name": None}},
    ],
)
def test_the_edge_of_a_rule_passes(changes: dict[str, Any]) -> None:
    """What a rule just allows is accepted."""
    assert validate_request(letter(**changes), RULES) == []


def test_a_subject_for_everyone_stands_in_for_the_subject() -> None:
    """The message needs no subject if every personalization has one."""
    payload = letter(people=2, subject=None)
    for block in payload["personalizations"]:
        block["subject"] = "For you"

    assert validate_request(payload, RULES) == []


@pytest.mark.parametrize(
    ("asm", "field"),
    [
        ({"group_id": "1"}, "asm.group_id"),
        ({"group_id": True}, "asm.group_id"),
        ({"group_id": 1, "groups_to_display": 1}, "asm.groups_to_display"),
        ({"group_id": 1, "groups_to_display": ["1"]}, "asm.groups_to_display.0"),
    ],
)
def test_groups_are_numbers(asm: object, field: str) -> None:
    """The ids of groups are integers; a word that looks like one is not."""
    [problem] = validate_request(letter(asm=asm), RULES)

    assert (problem["field"], "Invalid type" in problem["message"]) == (field, True)


def test_groups_and_pools_of_the_account_are_taken() -> None:
    """Who names a group and a pool that the account has is not refused; without pools, any."""
    asm = {"group_id": 2, "groups_to_display": [1, 2, 3]}
    anything = ValidationContext(NOW, RULES.knows_batch)

    assert validate_request(letter(asm=asm, ip_pool_name="news"), RULES) == []
    assert validate_request(letter(ip_pool_name="whatever"), anything) == []


def test_the_disputed_limit_is_a_switch() -> None:
    """Substitutions of 20,000 bytes pass where the larger published limit is chosen."""
    payload = letter()
    payload["personalizations"][0]["substitutions"]["NLq7x01"] = "x" * 20_000

    lenient = ValidationContext(NOW, RULES.knows_batch, map_bytes=50_000)

    assert validate_request(payload, RULES)
    assert validate_request(payload, lenient) == []
