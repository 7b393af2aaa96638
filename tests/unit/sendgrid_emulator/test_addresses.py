"""Which addresses the API takes."""

from __future__ import annotations

import pytest

from sendgrid_emulator.rules.addresses import ascii_form, is_address


@pytest.mark.parametrize(
    "address",
    [
        "a@example.org",
        "first.last+tag@sub.example.co.jp",
        "o'brien=x@example.org",
        "a@xn--bcher-kva.example",
        "a@bücher.example",
        "x" * 242 + "@example.org",
    ],
)
def test_taken(address: str) -> None:
    """Ordinary, tagged and international addresses are taken."""
    assert is_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "a@",
        "@example.org",
        "a@localhost",
        ".a@example.org",
        "a.@example.org",
        "a..b@example.org",
        "a b@example.org",
        "a@exa mple.org",
        "a@-example.org",
        "a@example.org\n",
        "é@example.org",
        "a@b@example.org",
        "x" * 243 + "@example.org",
        "a@" + "x" * 64 + ".org",
        "a@ü" + "x" * 70 + ".org",
        None,
        7,
    ],
)
def test_not_taken(address: object) -> None:
    """Missing parts, misplaced dots, blanks, letters beyond ASCII before the @, excess length."""
    assert not is_address(address)


def test_international_domains_have_an_ascii_form() -> None:
    """A domain beyond ASCII is written in its IDNA form; what has none stays as it is."""
    assert ascii_form("a@bücher.example") == "a@xn--bcher-kva.example"
    assert ascii_form("a@" + "ü" * 70 + ".org") == "a@" + "ü" * 70 + ".org"
