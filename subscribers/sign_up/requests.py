"""Take a request to sign up.  The work and the answer are the same whoever the address belongs to.

Nothing here reads who is subscribed, has left or is suppressed.  A request only writes one row by
one statement; `follow_up` looks at it a second later, and mails what is right.
"""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass

from django.db import connection
from django.utils.crypto import salted_hmac

from newsletter.errors import BadInput
from newsletter.throttling.counting import count_attempt_with
from subscribers.addresses import Address, cell_address
from subscribers.importing.columns import MAX_NAME_LENGTH, clean_text
from subscribers.sign_up import guards, proof
from subscribers.sign_up.models import SignUpForm
from subscribers.sign_up.typos import suggest_address


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """What somebody filled in, and where; `trap` is a field that people do not see."""

    email: str
    name: str = ""
    trap: str = ""
    proof: str = ""
    plain_pass: str = ""
    #: The address that looked mistyped, and is meant as it is.
    sure: str = ""
    source: str = ""
    site: str = ""
    language: str = ""
    consent_text: str = ""
    visitor: str = ""


class Answer(enum.StrEnum):
    """What a form says next."""

    TAKEN = "taken"
    INVALID = "invalid"
    ASK_ADDRESS = "ask_address"
    NEEDS_PROOF = "needs_proof"
    TOO_OFTEN = "too_often"


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """An answer, with what it says."""

    answer: Answer
    message: str = ""
    suggestion: str = ""
    wait: int = 0


def take_request(form: SignUpForm, entry: Entry, now: dt.datetime) -> Result:
    """Take a request, or say what is missing; the same for every good address."""
    try:
        address = cell_address(entry.email)
    except BadInput as error:
        return Result(answer=Answer.INVALID, message=error.message)
    if entry.trap:
        # A program filled in what nobody sees.  It learns nothing.
        return Result(answer=Answer.TAKEN)
    if (meant := suggest_address(address.email)) and entry.sure != address.email:
        return Result(answer=Answer.ASK_ADDRESS, suggestion=meant)
    return admit(form, entry, address, now)


def admit(form: SignUpForm, entry: Entry, address: Address, now: dt.datetime) -> Result:
    """Count a request and write it down, or return why it is not taken now."""
    kind, name = "sign-up-proof", proof.check_proof(entry.proof)
    if not name:
        kind, name = "sign-up-pass", guards.check_pass(entry.plain_pass)
    if not name:
        return Result(answer=Answer.NEEDS_PROOF)
    scripted = kind == "sign-up-proof"
    limits = guards.limits_of(form.pk, address.key, entry.visitor, scripted=scripted)
    limits += guards.use_once(kind, name, address.key)
    wait = count_attempt_with(limits, lambda: record(form, entry, address, now))
    if not wait or guards.is_repeated(kind, name, address.key):
        return Result(answer=Answer.TAKEN)
    if guards.is_full(guards.hourly(kind, 1, name)):
        # Used for another address.
        return Result(answer=Answer.NEEDS_PROOF)
    return Result(answer=Answer.TOO_OFTEN, wait=wait)


def record(form: SignUpForm, entry: Entry, address: Address, now: dt.datetime) -> None:
    """Write the request down: one statement, whether there is a row of the address or not."""
    at = connection.ops.adapt_datetimefield_value(now)
    row = {
        "email": address.email,
        "name": clean_name(entry.name) if form.asks_name else "",
        "language": entry.language[:35],
        "consent_text": entry.consent_text,
        "source": entry.source,
        "site": entry.site,
        "ip_hash": hash_visitor(entry.visitor),
        "asked_at": at,
        "due_at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(RECORD, [form.list_id, address.key, at, *(row[name] for name in RENEWED)])


#: What a later request of the same address replaces.
RENEWED = (
    "email",
    "name",
    "language",
    "consent_text",
    "source",
    "site",
    "ip_hash",
    "asked_at",
    "due_at",
)
# Written by hand: hundreds a second are, and to build the statement costs more than to run it.
RECORD = f"""
INSERT INTO subscribers_signup
       (round, mails, mail, list_id, key, first_asked_at, {", ".join(RENEWED)})
VALUES (1, 0, 'none', %s, %s, %s, {", ".join(["%s"] * len(RENEWED))})
    ON CONFLICT (list_id, key) DO UPDATE
   SET {", ".join(f"{name} = excluded.{name}" for name in RENEWED)}
"""  # noqa: S608  made of the names of columns only


def clean_name(text: str) -> str:
    """Return a name on one line, cut to what is kept."""
    return " ".join(clean_text(text).split())[:MAX_NAME_LENGTH].strip()


def hash_visitor(visitor: str) -> str:
    """Return a keyed hash of a network address; empty for none."""
    if not visitor:
        return ""
    return salted_hmac("subscribers.sign_up.visitor", visitor, algorithm="sha256").hexdigest()
