"""An edition as MIME messages: the finished parts, whole, for every person."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from newsletter import rendering
from newsletter.rendering import CompiledEdition
from tests.unit.rendering import samples
from tests.unit.rendering.samples import ANN, NAMELESS

HEADERS = {"From": "Harbour Institute <digest@news.example.org>", "Message-ID": "<1@example.org>"}


@cache
def edition() -> CompiledEdition:
    """Return the digest as it ships, with the sample issue."""
    return rendering.compile(samples.ENGLISH, rendering.load_template(samples.TEMPLATES, "digest"))


def content(message: EmailMessage, kind: str) -> str:
    """Return a part as it was before it was encoded; line ends are one sign."""
    part = message.get_body((kind,))
    assert part is not None
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode().replace("\r\n", "\n")


@given(
    name=st.one_of(st.sampled_from(samples.HARD_STRINGS), st.text(max_size=90)),
    city=st.text(max_size=90),
)
def test_message_is_the_finished_parts(name: str, city: str) -> None:
    """Read by the standard library, a message gives the parts of that person, and no more."""
    person = ANN._replace(name=name, first_name=name, attributes={"city": city})
    variant = edition().variant(person)

    message = message_from_bytes(variant.mime(person, HEADERS), policy=policy.SMTP)

    parts = variant.parts(person)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    assert str(message["Subject"]) == parts.subject
    assert content(message, "plain") == parts.text
    assert content(message, "html") == parts.html


def test_headers_are_the_callers() -> None:
    """To is the person; what the caller gives stands beside it and may name it again."""
    message = edition().variant(NAMELESS).mime(NAMELESS, {**HEADERS, "To": "X <x@example.org>"})

    found = message_from_bytes(message, policy=policy.SMTP)
    assert found["From"].addresses[0].display_name == "Harbour Institute"
    assert [each.addr_spec for each in found["To"].addresses] == [NAMELESS.email]
    assert found["Message-ID"] == "<1@example.org>"


def test_no_key_is_left() -> None:
    """No key stands in a finished message."""
    variant = edition().variant(ANN)

    message = variant.mime(ANN, HEADERS)

    assert not [key for key in variant.keys if key.encode() in message]
