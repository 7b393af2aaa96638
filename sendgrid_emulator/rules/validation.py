"""The published rules of POST /v3/mail/send, as pure functions.

Sources: https://www.twilio.com/docs/sendgrid/api-reference/mail-send/limitations, .../errors and
the OpenAPI description of the API.  The request is checked in three steps, and each of them ends
the check if it finds a problem: what cannot be decoded, what has the wrong type, what breaks a
rule. All problems of a step are reported at once, and one of them refuses the whole request.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from sendgrid_emulator.rules.addresses import is_address
from sendgrid_emulator.rules.personalizations import (
    ValidationContext,
    check_headers,
    check_personalization,
    custom_args,
    send_at,
)
from sendgrid_emulator.rules.problems import BAD_REQUEST, Problem, make_problem
from sendgrid_emulator.rules.schema import PEOPLE, Json, is_decodable, wrong_types

MAX_PERSONALIZATIONS = 1000
MAX_RECIPIENTS = 1000
MAX_CATEGORIES = 10
MAX_CATEGORY_LENGTH = 255
MAX_REPLY_TO = 1000
MAX_GROUPS_SHOWN = 25

_MIME_TYPE = re.compile(r"[A-Za-z0-9.+_-]+/[A-Za-z0-9.+_-]+").fullmatch
_CONTENT_ORDER = {"text/plain": 0, "text/html": 1}


def validate_request(payload: object, context: ValidationContext) -> list[Problem]:
    """Return what is wrong with a decoded request; an empty list means it is accepted."""
    if not isinstance(payload, dict) or not is_decodable(payload):
        return [BAD_REQUEST]
    return list(wrong_types(payload)) or list(_breaches(payload, context))


def _breaches(payload: Json, context: ValidationContext) -> Iterator[Problem]:
    blocks = payload.get("personalizations") or []
    yield from _count_of_personalizations(blocks)
    yield from _count_of_recipients(blocks)
    for i, block in enumerate(blocks):
        yield from check_personalization(block, f"personalizations.{i}", payload, context)
    yield from check_headers(payload, "headers")
    yield from custom_args(payload, {}, "custom_args", context)
    yield from _sender(payload)
    yield from _subject(payload, blocks)
    yield from _content(payload)
    yield from _attachments(payload)
    yield from _categories(payload)
    yield from send_at(payload, "send_at", context)
    yield from _batch(payload, context)
    yield from _groups(payload.get("asm"), context)
    yield from _pool(payload, context)
    yield from _reply_to(payload)


def _count_of_personalizations(blocks: list[Any]) -> Iterator[Problem]:
    anchor = "personalizations"
    if not blocks:
        message = "You must have at least one personalization."
        yield make_problem(message, "personalizations", anchor)
    if len(blocks) > MAX_PERSONALIZATIONS:
        yield make_problem(
            f"The personalization block is limited to {MAX_PERSONALIZATIONS} personalizations per"
            f" API request. You have provided {len(blocks)} personalizations. Please consider"
            " splitting this into multiple requests and resending your request.",
            "personalizations",
            anchor,
        )


def _count_of_recipients(blocks: list[Any]) -> Iterator[Problem]:
    total = sum(len(block.get(key, ())) for block in blocks for key in PEOPLE)
    if total > MAX_RECIPIENTS:
        yield make_problem(
            f"There is a limit of {MAX_RECIPIENTS} total recipients (to + cc + bcc) per request.",
            "personalizations",
            "recipient-errors",
        )


def _sender(payload: Json) -> Iterator[Problem]:
    sender = payload.get("from")
    if not sender:
        message = (
            "The from object must be provided for every email send. It is an object that requires"
            " the email parameter, but may also contain a name parameter."
        )
        yield make_problem(message, "from.email", "from")
    elif not is_address(sender.get("email")):
        yield make_problem("The from email does not contain a valid address.", "from.email", "from")


def _subject(payload: Json, blocks: list[Any]) -> Iterator[Problem]:
    if payload.get("subject") or payload.get("template_id"):
        return
    if not blocks or not all(block.get("subject") for block in blocks):
        yield make_problem(
            "The subject is required. You can get around this requirement if you use a template"
            " with a subject defined or if every personalization has a subject defined.",
            "subject",
            "subject",
        )


def _content(payload: Json) -> Iterator[Problem]:
    parts = payload.get("content")
    if not parts:
        if not payload.get("template_id"):
            yield make_problem(
                "Unless a valid template_id is provided, the content parameter is required. There"
                " must be at least one defined content block.",
                "content",
                "content",
            )
        return
    for j, part in enumerate(parts):
        yield from _part(part, f"content.{j}")
    order = [_CONTENT_ORDER.get(str(part.get("type")), 2) for part in parts]
    if order != sorted(order) or order.count(0) > 1 or order.count(1) > 1:
        message = (
            "If present, text/plain and text/html may only be provided once, and text/plain must"
            " come first, followed by text/html and then any other content."
        )
        yield make_problem(message, "content", "content")


def _part(part: Json, path: str) -> Iterator[Problem]:
    kind, value = part.get("type"), part.get("value")
    if type(kind) is not str or not _MIME_TYPE(kind):
        message = "The content type must be a valid MIME type, such as text/html."
        yield make_problem(message, f"{path}.type", "content.type")
    if type(value) is not str or not value:
        message = "The content value must be a string at least one character in length."
        yield make_problem(message, f"{path}.value", "content.value")


def _attachments(payload: Json) -> Iterator[Problem]:
    for j, attached in enumerate(payload.get("attachments", ())):
        content, filename = attached.get("content"), attached.get("filename")
        if type(content) is not str or not content or not _is_base64(content):
            message = "The attachment content must be base64 encoded."
            yield make_problem(message, f"attachments.{j}.content", "attachments.content")
        if type(filename) is not str or not filename or set(filename) & set("\r\n;"):
            message = "The filename of the attachment is required, without CRLF and semicolons."
            yield make_problem(message, f"attachments.{j}.filename", "attachments.filename")
        kind = attached.get("type", "application/octet-stream")
        if type(kind) is not str or not _MIME_TYPE(kind):
            message = "The type of the attachment must be a valid MIME type."
            yield make_problem(message, f"attachments.{j}.type", "attachments.type")


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return False
    return True


def _categories(payload: Json) -> Iterator[Problem]:
    categories = payload.get("categories", ())
    if len(categories) > MAX_CATEGORIES:
        message = f"There is a limit of {MAX_CATEGORIES} categories per request."
        yield make_problem(message, "categories", "categories")
    for j, category in enumerate(categories):
        if len(category) > MAX_CATEGORY_LENGTH or not category.isascii():
            message = f"A category is at most {MAX_CATEGORY_LENGTH} ASCII characters long."
            yield make_problem(message, f"categories.{j}", "categories")
    for category, count in Counter(categories).items():
        if count > 1:
            message = f"Categories must be unique. '{category}' is given more than once."
            yield make_problem(message, "categories", "categories")


def _batch(payload: Json, context: ValidationContext) -> Iterator[Problem]:
    if "batch_id" in payload and not context.knows_batch(payload["batch_id"]):
        yield make_problem("The batch_id must be a valid batch id.", "batch_id", "batch_id")


def _groups(asm: Json | None, context: ValidationContext) -> Iterator[Problem]:
    if asm is None:
        return
    shown = asm.get("groups_to_display", [])
    if asm.get("group_id") not in context.groups:
        message = "The group_id must be the id of an unsubscribe group of the account."
        yield make_problem(message, "asm.group_id", "asm.group_id")
    if len(shown) > MAX_GROUPS_SHOWN:
        message = f"At most {MAX_GROUPS_SHOWN} unsubscribe groups may be displayed."
        yield make_problem(message, "asm.groups_to_display", "asm")
    if any(group not in context.groups for group in shown):
        message = "All groups_to_display must be unsubscribe groups of the account."
        yield make_problem(message, "asm.groups_to_display", "asm.groups_to_display")


def _pool(payload: Json, context: ValidationContext) -> Iterator[Problem]:
    if "ip_pool_name" not in payload:
        return
    name = payload["ip_pool_name"]
    if not 2 <= len(name) <= 64:
        message = "The ip_pool_name must be between 2 and 64 characters long."
        yield make_problem(message, "ip_pool_name", "ip_pool_name")
    elif context.ip_pools and name not in context.ip_pools:
        message = "The ip_pool_name must be the name of a pool of the account."
        yield make_problem(message, "ip_pool_name", "ip_pool_name")


def _reply_to(payload: Json) -> Iterator[Problem]:
    listed = payload.get("reply_to_list", [])
    if "reply_to" in payload and "reply_to_list" in payload:
        message = "Only one of reply_to or reply_to_list may be used."
        yield make_problem(message, "reply_to_list", "reply_to")
    if len(listed) > MAX_REPLY_TO:
        message = f"There is a limit of {MAX_REPLY_TO} addresses in reply_to_list."
        yield make_problem(message, "reply_to_list", "reply_to")
    if "reply_to" in payload and not is_address(payload["reply_to"].get("email")):
        message = "The reply_to email does not contain a valid address."
        yield make_problem(message, "reply_to.email", "reply_to")
    for j, person in enumerate(listed):
        if not is_address(person.get("email")):
            message = "Does not contain a valid address."
            yield make_problem(message, f"reply_to_list.{j}.email", "reply_to")
