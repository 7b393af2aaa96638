"""Whatever a program sends, the emulator answers; whatever it accepts, it can show."""

from __future__ import annotations

from typing import Any

import orjson
from hypothesis import example, given
from hypothesis import strategies as st

from sendgrid_emulator.account import Account
from sendgrid_emulator.api.calls import Call
from sendgrid_emulator.api.mail import accept_mail
from sendgrid_emulator.checks.invariants import check_invariants
from sendgrid_emulator.events.outcomes import outcome_of
from tests.unit.sendgrid_emulator.samples import letter

TEXT = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    ["a@e.org", "x; y", "a\r\nb", "", "text/html", "multipart/mixed", "QQ==", "Date", "{{ x }}"]
)
NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.sampled_from(
    [
        *("personalizations", "from", "reply_to", "reply_to_list", "subject", "content"),
        *("attachments", "template_id", "headers", "categories", "custom_args", "send_at"),
        *("batch_id", "asm", "ip_pool_name", "mail_settings", "tracking_settings", "other"),
    ]
)
PERSONAL = st.sampled_from(
    ["to", "cc", "bcc", "from", "subject", "headers", "substitutions", "custom_args", "send_at"]
)
WORDS = st.dictionaries(TEXT, TEXT, max_size=3)
PEOPLE = st.lists(st.fixed_dictionaries({"email": TEXT}, optional={"name": TEXT}), max_size=2)


def answered(payload: object) -> Account:
    """Send a request, and look at whatever came of it in every way there is."""
    account = Account()
    call = Call(orjson.dumps(payload), headers={"content-type": "application/json"})

    given_answer = accept_mail(account, call)

    assert given_answer.status in {200, 202, 400}
    assert (given_answer.status == 202) == bool(len(account.mailbox))
    account.clock.advance(10)
    account.timeline.run_due(account.clock.now)
    for message in account.mailbox:
        assert message.source()
        assert outcome_of(message, account.clock.now()).word
    check_invariants(account)
    return account


@given(JSON)
def test_any_json_is_answered(payload: object) -> None:
    """A body that is any JSON at all gets an answer, not a breakdown."""
    answered(payload)


@given(st.dictionaries(FIELDS, JSON, max_size=3))
def test_a_good_request_with_anything_in_it_is_answered(changes: dict[str, Any]) -> None:
    """A good request with any values in some fields gets an answer."""
    answered({**letter(people=2), **changes})


@given(st.dictionaries(PERSONAL, WORDS | PEOPLE | TEXT, min_size=1, max_size=3))
def test_what_is_accepted_can_be_shown(changes: dict[str, Any]) -> None:
    """Personalizations with odd names, headers, tags and values can be shown if accepted."""
    payload = letter(people=2)
    payload["personalizations"][0] |= changes
    answered(payload)


@example({"X-Team": "\x850"}, "Reed\u2028beds", "text/plain")
@given(WORDS, TEXT, TEXT)
def test_odd_headers_can_be_shown(headers: dict[str, str], subject: str, kind: str) -> None:
    """Messages with odd headers, subjects and content types can be shown if accepted."""
    payload = letter(headers=headers, subject=subject)
    payload["content"].append({"type": kind, "value": subject})
    answered(payload)
