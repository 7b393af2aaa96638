"""Others' words make no lines of their own in the log."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest

from newsletter.conf.settings import LOGGING
from newsletter.runtime.log_lines import OneLineFilter, TextFormatter
from newsletter.transports import error_text


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What the handler of the service writes."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(OneLineFilter())
    logging.getLogger("newsletter").addHandler(handler)
    yield written
    logging.getLogger("newsletter").removeHandler(handler)


@pytest.mark.parametrize(
    "words",
    ["a\nERROR: b", "a\r\nb", "a\x1b[31mb", "a\u2028b", "a\u202eb", "a\x9bb", "a\0b", "a\x85b"],
)
@pytest.mark.parametrize("kind", [str, ValueError])
def test_a_message_is_one_line(logged: io.StringIO, words: str, kind: type) -> None:
    """Whatever fills it, a text or an error."""
    logging.getLogger("newsletter").warning("%s mails: %s", 3, kind(words))

    assert len(logged.getvalue().splitlines()) == 1
    assert logged.getvalue().startswith("3 mails: a\\")
    assert logged.getvalue().rstrip("\n").isprintable()


def test_words_of_any_script_stay(logged: io.StringIO) -> None:
    """Only what is no letter is escaped; numbers keep their forms."""
    logging.getLogger("newsletter").warning("%s, %.1f s, %d", "\u6e2f\u306e\u671d é", 1.25, 2)

    assert logged.getvalue() == "\u6e2f\u306e\u671d é, 1.2 s, 2\n"


def test_an_unexpected_error_keeps_its_places(logged: io.StringIO) -> None:
    """Where it happened stands below, line by line, without its words."""
    with pytest.raises(KeyError) as caught:
        {}["-".join(("s3cret", "key"))]
    error_text.log_unexpected(caught.value)

    assert "test_log_lines.py" in logged.getvalue()
    assert "s3cret-key" not in logged.getvalue()


def test_the_service_has_it() -> None:
    """It stands at the only handler."""
    assert list(LOGGING["handlers"]) == ["stderr"]
    assert "lines" in LOGGING["handlers"]["stderr"]["filters"]


def test_nobody_is_named(logged: io.StringIO) -> None:
    """Neither in a message, nor in the traceback of an error, nor by a link of theirs."""
    handler = logging.getLogger("newsletter").handlers[-1]
    handler.setFormatter(TextFormatter("%(levelname)s %(message)s"))
    token = "AgGoY_NO4_R3LnEF9m46uSFHAA"
    error = ValueError("Key (email)=(Jane.Doe+news@lowen.example.org) already exists")
    logging.getLogger("newsletter").error(
        "refused: <ann@lowen.org>, %s", f"/p/{token}", exc_info=error
    )

    text = logged.getvalue()
    assert "ERROR refused: <…@lowen.org>, /p/…" in text
    assert "Key (email)=(…@lowen.example.org)" in text
    assert "Jane" not in text
    assert token not in text
