"""SendGrid's refusals: the form of its error bodies, and the text of its messages.

Published at https://www.twilio.com/docs/sendgrid/api-reference/mail-send/errors; the texts are
part of the interface, since senders read `field` and people search for `message`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

HELP = "http://sendgrid.com/docs/API_Reference/Web_API_v3/Mail/errors.html#message."

#: JSON's names for Python's types, as the API's messages spell them.
JSON_NAMES: dict[type, str] = {
    dict: "object",
    list: "array",
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    type(None): "null",
}


class Problem(TypedDict):
    """One entry of `errors`: the message, the path of the field, a link."""

    message: str
    field: str | None
    help: str | None


class Body(TypedDict):
    """A whole error body."""

    errors: list[Problem]


def make_problem(message: str, field: str | None = None, anchor: str = "") -> Problem:
    """Return one error; `anchor` is the part of the help link after `message.`."""
    return {"message": message, "field": field, "help": HELP + anchor if anchor else None}


def wrong_type(expected: type, given: object, field: str) -> Problem:
    """Return the error for a value of the wrong JSON type at `field`."""
    names = JSON_NAMES[expected], JSON_NAMES.get(type(given), "unknown")
    anchor = ".".join(part for part in field.split(".") if not part.isdigit())
    return make_problem("Invalid type. Expected: {}, given: {}.".format(*names), field, anchor)


def error_body(problems: Sequence[Problem]) -> Body:
    """Return the error body for `problems`."""
    return {"errors": list(problems)}


#: For what cannot be decoded at all; the API does not say which value it was.
BAD_REQUEST = make_problem("Bad Request")
BAD_KEY = make_problem("The provided authorization grant is invalid, expired, or revoked")
NO_CREDITS = make_problem("Maximum credits exceeded")
FORBIDDEN = make_problem("access forbidden")
UNVERIFIED_SENDER = make_problem(
    "The from address does not match a verified Sender Identity. Mail cannot be sent until this"
    " error is resolved.",
    "from",
    "from",
)
UNSUPPORTED_TYPE = make_problem("Content-Type should be application/json.")
NOT_FOUND = make_problem("resource not found")
NOT_ALLOWED = make_problem("method not allowed")
TOO_MANY = make_problem("too many requests")
MAX_STATUSES = make_problem("maximum number of cancellations/pauses reached")
UNAVAILABLE = make_problem("Internal server error")

#: The proxy in front of the API itself refuses what is too large, and not in JSON.
TOO_LARGE_PAGE = (
    "<html>\r\n<head><title>413 Request Entity Too Large</title></head>\r\n<body>\r\n"
    "<center><h1>413 Request Entity Too Large</h1></center>\r\n<hr><center>nginx</center>\r\n"
    "</body>\r\n</html>\r\n"
)
