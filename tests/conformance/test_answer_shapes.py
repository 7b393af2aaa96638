"""Answers of every form at every endpoint: what has not the expected one tells nothing."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from django.conf import settings

from newsletter.conf.config import Config
from newsletter.errors import (
    AccountError,
    OutcomeUnknown,
    Refused,
    Throttled,
    TooLarge,
    TransportError,
)
from newsletter.transports.base import Message, Recipient
from newsletter.transports.cancellation import Status
from newsletter.transports.sendgrid.cancellation import SendGridCancellation
from newsletter.transports.sendgrid.client import Limits
from newsletter.transports.sendgrid.email_log import SendGridEmailLog
from newsletter.transports.sendgrid.submission import SendGridTransport, wait_seconds
from newsletter.transports.sendgrid.webhook_setup import set_up_webhook
from tests.rawserver import Client, RawServer

LIMITS = Limits(connect=2, answer=2)
SINCE = dt.datetime(2026, 11, 27, 7, tzinfo=dt.UTC)
DATE = "Fri, 27 Nov 2026 07:00:00 GMT"
#: Forms that no endpoint answers with.
WRONG = {
    "nothing": b"",
    "html": b"<!doctype html><title>Please log in</title>",
    "half": b'{"batch_id": "on',
    "null": b"null",
    "true": b"true",
    "number": b"17",
    "text": b'"one"',
    "no-utf-8": b'{"batch_id": "\xff\xfe"}',
    "deep": b"[" * 100_000,
    "list-of-null": b"[null]",
    "list-of-numbers": b"[1, 2]",
    "list-of-texts": b'["one"]',
    "list-of-lists": b"[[]]",
    "list-of-empty": b"[{}]",
    "mixed": b'[{"batch_id": "one", "status": "cancel"}, null]',
    "other-fields": b'{"id": 1, "result": {"batch_id": "one"}}',
    "fields-are-null": b'{"batch_id": null, "status": null, "messages": null, "webhooks": null}',
    "fields-are-numbers": b'{"batch_id": 5, "status": 5, "messages": 5, "webhooks": 5}',
    "fields-are-objects": b'{"batch_id": {}, "status": {}, "messages": {}, "webhooks": {}}',
    "fields-are-lists": b'{"batch_id": [], "status": [], "messages": [null], "webhooks": [1]}',
    "fields-are-empty": b'{"batch_id": "", "status": "", "messages": "", "webhooks": ""}',
    "another-path": b'{"batch_id": "../mail/send", "status": "gone", "webhooks": [{"url": "u"}]}',
    "no-names": b'{"batch_id": "a b", "messages": [{}], "webhooks": [{"url": "u", "id": ""}]}',
    "errors": b'{"errors": [{"message": "no", "field": null}]}',
}  # fmt: skip


class Call(NamedTuple):
    """What is asked, and what was answered before the answer that is looked at."""

    ask: Callable[[str], Any]
    before: tuple[bytes, ...] = ()


def canceller(work: Callable[[SendGridCancellation], Any]) -> Callable[[str], Any]:
    """Return a call about scheduled mail."""

    def ask(url: str) -> Any:
        opened = SendGridCancellation(base_url=url, api_key="SG.test", limits=LIMITS)
        try:
            return work(opened)
        finally:
            opened.close()

    return ask


def logs(work: Callable[[SendGridEmailLog], Any]) -> Callable[[str], Any]:
    """Return a call to the log."""

    def ask(url: str) -> Any:
        opened = SendGridEmailLog(base_url=url, api_key="SG.test", limits=LIMITS)
        try:
            return work(opened)
        finally:
            opened.close()

    return ask


def webhook(url: str) -> str:
    """Have events posted."""
    config: Config = settings.CONFIG
    there = config.sendgrid.model_copy(update={"base_url": url})
    return set_up_webhook(config.model_copy(update={"sendgrid": there}), "u")


def looked_for(opened: SendGridEmailLog) -> Any:
    """Look for the mail of an attempt."""
    return opened.find("a@b.example", since=SINCE, labels=("nl_attempt", "k"))


def submitted(opened: SendGridEmailLog) -> Any:
    """Ask what was submitted."""
    return list(opened.submitted_since(SINCE, categories=["c"], known=lambda _: False))


FOUND = b'{"messages": [{"sg_message_id": "m", "sg_message_id_created_at": "2026-11-27T07:00:00"}]}'
NOTHING = b"[]"
CALLS = {
    "number": Call(canceller(SendGridCancellation.create_batch_id)),
    "marked": Call(canceller(SendGridCancellation.list_batch_ids_with_status)),
    "status": Call(canceller(lambda opened: opened.get_status("one"))),
    "shown-before": Call(canceller(lambda opened: opened.set_status("one", Status.CANCEL))),
    "marking": Call(canceller(lambda opened: opened.set_status("one", Status.CANCEL)), (NOTHING,)),
    "confirming": Call(
        canceller(lambda opened: opened.set_status("one", Status.CANCEL)),
        (b'[{"batch_id": "one", "status": "pause"}]', b""),
    ),
    "releasing": Call(canceller(lambda opened: opened.clear_status("one")), (b"{}",)),
    "searching": Call(logs(looked_for)),
    "surveying": Call(logs(submitted)),
    "webhooks": Call(webhook),
    "making-a-webhook": Call(webhook, (b'{"webhooks": []}',)),
    "signing": Call(webhook, (b'{"webhooks": []}', b'{"id": "one"}')),
}


def answer(status: str, body: bytes, *more: str) -> bytes:
    """Return a whole answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", f"Date: {DATE}", *more]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def came_of(call: Call, *bodies: bytes) -> Any:
    """Return what a call returns where these are answered one after the other."""
    said = iter((*call.before, *bodies))

    def script(client: Client) -> None:
        while client.read_request():
            client.send(answer("200 OK", next(said, bodies[-1])))

    with RawServer(script) as server:
        return call.ask(server.url)


@pytest.mark.parametrize("name", CALLS)
def test_wrong_forms_tell_nothing(name: str) -> None:
    """Not one raises what nobody expects, and not one is taken for an answer."""
    for form, body in WRONG.items():
        with pytest.raises(OutcomeUnknown) as raised:
            came_of(CALLS[name], body)
        assert "SendGrid" in str(raised.value), form


@pytest.mark.parametrize("part", ["searching", "surveying"])
@pytest.mark.parametrize(
    "entry",
    [
        *(body for form, body in WRONG.items() if not body.startswith(b"{")),
        b'{"custom_args": []}',
        b'{"custom_args": "nl_attempt"}',
        b'{"custom_args": {"nl_attempt": "k"}, "sg_message_id": 5, "status": "delivered"}',
    ],
)
def test_wrong_entries_tell_nothing(part: str, entry: bytes) -> None:
    """The entry of one mail is looked at like the search that found it."""
    if part == "surveying" and b"5" in entry:
        # Its own number is not asked of the entry, but of the search.
        assert [mail.attempt for mail in came_of(CALLS[part], FOUND, entry, b'{"messages": []}')]
        return
    with pytest.raises(OutcomeUnknown):
        came_of(CALLS[part], FOUND, entry)


def test_right_forms_are_read() -> None:
    """What SendGrid does answer is understood, with fields that are new besides."""
    entry = b'{"sg_message_id": "m.1", "status": "delivered", "custom_args": {"nl_attempt": "k"}}'
    marked = b'[{"batch_id": "one", "status": "pause"}, {"batch_id": "two", "status": "cancel"}]'
    taken = b'{"batch_id": "one", "status": "cancel", "since": 5}'
    found = came_of(CALLS["searching"], FOUND, entry)

    assert came_of(CALLS["number"], b'{"batch_id": "MzEx=", "new": 1}') == "MzEx="
    assert came_of(CALLS["marked"], marked) == {"one", "two"}
    assert came_of(CALLS["marked"], NOTHING) == set()
    assert came_of(CALLS["status"], NOTHING) is None
    assert came_of(CALLS["marking"], taken) == SINCE + dt.timedelta(seconds=1)
    assert (found.message_id, found.went_out) == ("m.1", True)
    assert came_of(CALLS["searching"], b'{"messages": []}') is None
    assert came_of(CALLS["signing"], b'{"public_key": "MFkw"}') == "MFkw"


@pytest.mark.parametrize("date", ["", "soon", "Fri, 31 Dec 9999 23:59:59 GMT", "Fri, 40 Nov 2026"])
def test_time_that_is_none(date: str) -> None:
    """Without a time that can be read, the clock is not measured."""
    body = f"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nDate: {date}\r\n\r\n[]".encode()

    def script(client: Client) -> None:
        while client.read_request():
            client.send(body)

    with RawServer(script) as server, pytest.raises(OutcomeUnknown):
        canceller(SendGridCancellation.read_clock)(server.url)


# The answer to mail itself

MESSAGE = Message(
    from_email="desk@tideline.example",
    from_name="Tideline",
    reply_to="",
    subject="Reed beds",
    html="<p>Good morning</p>",
    text="Good morning",
)
PEOPLE = [Recipient(address=f"{name}@tideline.example", values={}) for name in "ab"]


def send(said: bytes) -> Any:
    """Submit to two people; return the result or the decision."""

    def script(client: Client) -> None:
        client.read_request()
        client.send(said)

    with RawServer(script) as server:
        transport = SendGridTransport(base_url=server.url, api_key="SG.test", limits=LIMITS)
        try:
            return transport.submit(MESSAGE, PEOPLE)
        except TransportError as error:
            return error
        finally:
            transport.close()


def errors(*listed: Any) -> bytes:
    """Return an error answer."""
    return json.dumps({"errors": listed}).encode()


FORMS = [
    pytest.param(errors({"message": "bad", "field": "personalizations.1.to"}), Refused, id="one"),
    pytest.param(
        errors({"message": "bad", "field": "personalizations.2.to"}), AccountError, id="nobody"
    ),
    pytest.param(
        errors({"message": "bad", "field": f"personalizations.{'9' * 5000}.to"}),
        AccountError,
        id="huge",
    ),
    pytest.param(errors({"message": ["bad"], "field": {"a": 1}}), AccountError, id="no-texts"),
    pytest.param(
        errors({"message": "a\u0000b \ud800", "field": None}), AccountError, id="no-characters"
    ),
    pytest.param(errors({}), AccountError, id="empty-error"),
    pytest.param(errors(), OutcomeUnknown, id="no-errors"),
    pytest.param(errors(None, 5), OutcomeUnknown, id="errors-of-nothing"),
    pytest.param(b'{"errors": {"message": "bad"}}', OutcomeUnknown, id="errors-are-one"),
    *(
        pytest.param(body, OutcomeUnknown, id=form)
        for form, body in WRONG.items()
        if form != "errors"
    ),
]


@pytest.mark.parametrize(("body", "kind"), FORMS)
def test_refusals_of_every_form(body: bytes, kind: type[TransportError]) -> None:
    """A no in SendGrid's form is what it says; in any other one nobody knows."""
    decided = send(answer("400 Bad Request", body))

    assert type(decided) is kind
    assert "\x00" not in str(decided)
    str(decided).encode()


#: What SendGrid says, shortened: status, message, field, and what it means.
SAID = [
    (401, "Maximum credits exceeded", None, AccountError),
    (401, "The provided authorization grant is invalid, expired, or revoked", None, AccountError),
    (401, "authorization required", None, AccountError),
    (403, "The from address does not match a verified Sender Identity.", "from", AccountError),
    (403, "access forbidden", None, AccountError),
    (403, "You are not authorized: this account is under review", None, AccountError),
    (400, "Does not contain a valid address.", "personalizations.0.to.0.email", Refused),
    (400, "Email address must be unique in the block", "personalizations.1", Refused),
    (400, "Bad Request", None, AccountError),
    (400, "The from email does not contain a valid address.", "from.email", AccountError),
    (
        400,
        "The content value must be a string at least one character long",
        "content",
        AccountError,
    ),
    (400, "The send_at must be within 72 hours", "send_at", AccountError),
    (400, "The personalizations field is required", "personalizations", AccountError),
    (
        400,
        "Substitutions exceed the limit of 10000 bytes",
        "personalizations.0.subst",
        AccountError,
    ),
    (400, "The header value must be a string", "personalizations.1.headers.X-A", AccountError),
    (400, "Recipient limit of your plan exceeded", "personalizations.0.to.0.email", AccountError),
    (404, "Not found", None, AccountError),
    (405, "method not allowed", None, AccountError),
    (413, "The JSON payload is too large", None, TooLarge),
    (415, "Content-Type should be application/json", None, AccountError),
    (429, "too many requests", None, Throttled),
    (408, "Request timed out", None, OutcomeUnknown),
    (500, "internal error", None, OutcomeUnknown),
    (503, "service unavailable", None, OutcomeUnknown),
]


@pytest.mark.parametrize(("status", "message", "field", "kind"), SAID)
def test_what_sendgrid_says(
    status: int, message: str, field: str | None, kind: type[TransportError]
) -> None:
    """About the account, about a person, about time, or unknown."""
    decided = send(answer(f"{status} Said", errors({"message": message, "field": field})))

    assert type(decided) is kind
    if kind is AccountError:
        about_a_part = str(field).startswith(("personalizations.0.subst", "personalizations.1.h"))
        assert bool(decided.persons) is about_a_part


@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG)
def test_acceptance_is_the_status(body: bytes) -> None:
    """202 is a yes, whatever the body is: SendGrid's has none."""
    result = send(answer("202 Accepted", body, f"X-Message-Id: a\x01b{'c' * 500}"))

    assert result.status == 202
    assert result.message_id == f"a?b{'c' * 197}"


@pytest.mark.parametrize("told", ["nan", "inf", "-inf", "-5", "1e999", "soon", "", DATE])
def test_wait_that_is_none(told: str) -> None:
    """Whatever stands there, the wait is between a second and an hour."""
    decided = send(answer("429 Too Many Requests", errors(), f"Retry-After: {told}"))

    assert type(decided) is Throttled
    assert 1 <= decided.seconds <= 3600


def test_wait_is_counted_by_the_providers_clock() -> None:
    """A clock here that is three weeks off makes no difference."""
    headers = {"X-RateLimit-Reset": str(int(SINCE.timestamp()) + 40), "Date": DATE}

    assert wait_seconds(headers, now=0.0) == 40
    assert wait_seconds(headers, now=SINCE.timestamp() + 1_814_400) == 40
