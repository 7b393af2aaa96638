"""Messages joined from encoded parts are read by anybody's parser as the finished mail."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsletter.mime import MessageTemplate, encode_header, encode_quoted_printable, mailbox_header
from newsletter.whitespace import single_spaced

KEYS = ("Kq3fj81mZp0XvT5aLw9B", "Rt7yUu2pQe4sWd6fGh8J")
HOSTILE = [
    "",
    " ",
    ".",
    "..\n.",
    "=",
    "=41=?utf-8?q?x?=",
    "Ann\r\nBcc: all@example.org\r\n\r\nGone",
    "ends with a space ",
    "\tbegins with a tab",
    "x" * 75,
    "x" * 76,
    "x" * 77,
    "é" * 40,
    "安倍 愛子" * 30,
    "👩‍👩‍👧‍👦" * 9,
    "مرحبا بالعالم",
    "--=_fortnight--",
    "two  spaces",
    "carriage\rreturn",
    KEYS[1],
]
VALUES = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=120),
    st.text("a =.\n\r\té安", max_size=200),
)


def read(message: bytes) -> EmailMessage:
    """Return a message as the standard library reads it."""
    return message_from_bytes(message, policy=policy.SMTP)  # type: ignore[return-value]


def content(message: EmailMessage, kind: str) -> str:
    """Return a part as it was before it was encoded, without carriage returns."""
    part = message.get_body((kind,))
    assert part is not None
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode().replace("\r", "")


def one_line(text: str) -> str:
    """Return a text with each control sign as a space: what a header may hold."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", text)


@given(name=VALUES, place=VALUES, around=st.lists(VALUES, min_size=3, max_size=3))
@example(name="", place="", around=["", "", ""])
def test_parser_gives_back_the_parts(name: str, place: str, around: list[str]) -> None:
    """Whatever the values and the text around them, subject and parts are read as they were."""
    source = f"{around[0]}{KEYS[0]}{around[1]}{KEYS[1]}{around[2]}{KEYS[0]}"
    values = dict(zip(KEYS, (name, place), strict=True))
    expected = re.sub("|".join(KEYS), lambda key: values[key[0]], source)
    template = MessageTemplate(subject=source, html=f"<p>{source}", text=source, keys=KEYS)

    message = template.joined(values, {"To": "ann@example.org"})

    found = read(message)
    assert not found.defects
    assert str(found["Subject"]) == one_line(expected)
    assert content(found, "plain") == expected.replace("\r", "")
    assert content(found, "html") == f"<p>{expected}".replace("\r", "")


@given(value=VALUES, name=VALUES)
@example(value="", name="\xa0")
@example(value="\u3000", name=" \u3000\t")
@example(value="", name="防衛省\u3000会談\xa0")
def test_headers_cannot_be_injected(value: str, name: str) -> None:
    """A value can neither begin another header nor end the headers."""
    template = MessageTemplate(
        subject=KEYS[0],
        html="<p>",
        text="",
        keys=KEYS[:1],
        head=mailbox_header("From", name, "desk@tideline.example"),
    )

    message = template.joined({KEYS[0]: value}, {"X-Anything": value, "To": value})

    found = read(message)
    names = ["From", "X-Anything", "To", "Subject", "MIME-Version", "Content-Type"]
    assert list(found.keys()) == names
    assert found["From"].addresses[0].addr_spec == "desk@tideline.example"
    # The newer parser of the library keeps the spaces between the encoded words of a name.
    shown, _ = parseaddr(message_from_bytes(message)["From"])
    assert str(make_header(decode_header(shown))) == (
        single_spaced(one_line(name)) if name.strip() else ""
    )


@given(text=VALUES, value=VALUES)
def test_lines_are_short_and_end_in_crlf(text: str, value: str) -> None:
    """No line of a body is longer than 76 signs, and no line end is anything but CRLF."""
    template = MessageTemplate(subject="", html=f"{text}{KEYS[0]}{text}", text=text, keys=KEYS[:1])

    lines = template.joined({KEYS[0]: value}, {}).split(b"\r\n")

    assert max(map(len, lines)) <= 76
    assert not any(b"\n" in line or b"\r" in line for line in lines)


@given(text=VALUES, value=VALUES)
@example(text=".", value=".")
@example(text="a\n.", value=".b\n.")
def test_dots_are_doubled_as_in_the_whole_message(text: str, value: str) -> None:
    """For SMTP each line that begins with a dot has another one, wherever the dot comes from."""
    source = f"{text}{KEYS[0]}{text}"
    plain, doubled = (
        MessageTemplate(
            subject=source, html=source, text=source, keys=KEYS[:1], for_smtp=for_smtp
        ).joined({KEYS[0]: value}, {"X-Anything": value})
        for for_smtp in (False, True)
    )

    assert doubled == plain.replace(b"\r\n.", b"\r\n..")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("Reed beds", b"Subject: Reed beds\r\n"),
        ("", b"Subject:\r\n"),
        ("Grüße", b"Subject: =?utf-8?b?R3LDvMOfZQ==?=\r\n"),
        (
            "word " * 17 + "end",
            b"Subject: " + b"word " * 12 + b"word\r\n " + b"word " * 4 + b"end\r\n",
        ),
        ("x" * 200, b"Subject: " + b"x" * 200 + b"\r\n"),
    ],
)
def test_header_is_as_plain_as_it_can_be(value: str, written: bytes) -> None:
    """ASCII stays readable and folds at spaces; everything else becomes encoded words."""
    assert encode_header("Subject", value) == written


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("", b"From: a@b.example\r\n"),
        ("\xa0\u3000 ", b"From: a@b.example\r\n"),
        ("Ann Abe", b"From: Ann Abe <a@b.example>\r\n"),
        ('Ann "A" Abe', b'From: "Ann \\"A\\" Abe" <a@b.example>\r\n'),
        ("Abe, Inc.", b'From: "Abe, Inc." <a@b.example>\r\n'),
        ("安倍", b"From: =?utf-8?b?5a6J5YCN?= <a@b.example>\r\n"),
    ],
)
def test_mailbox_is_quoted_where_it_must_be(name: str, written: bytes) -> None:
    """A display name is written as atoms, as a quoted string, or as encoded words."""
    assert mailbox_header("From", name, "a@b.example") == written


def test_short_values_stay_as_they_are() -> None:
    """What needs no encoding is not touched."""
    assert encode_quoted_printable("Ann O'Brien") == b"Ann O'Brien"
