"""Addresses with dots where RFC 5321 wants quotation marks, on their way out."""

from __future__ import annotations

import pytest

from newsletter.mime import on_the_wire
from newsletter.transports.base import Recipient
from newsletter.transports.mime_encoder import encode_address
from newsletter.transports.sendgrid.submission import build_personalization
from sendgrid_emulator.rules.addresses import is_address

DOTTED = {
    "user..name@docomo.ne.jp": '"user..name"@docomo.ne.jp',
    "user.@ezweb.ne.jp": '"user."@ezweb.ne.jp',
}


@pytest.mark.parametrize(("kept", "travels"), DOTTED.items())
def test_dots_are_quoted(kept: str, travels: str) -> None:
    """To SendGrid and over SMTP alike; quoted once, it stays as it is."""
    assert on_the_wire(kept) == on_the_wire(travels) == travels
    assert build_personalization(Recipient(address=kept, values={}))["to"] == [{"email": travels}]
    assert encode_address(kept) == travels
    assert is_address(travels)
    assert not is_address(kept)


@pytest.mark.parametrize("address", ["ann@example.org", "a.b@example.org", "no address", "a@b..c"])
def test_others_travel_as_they_are(address: str) -> None:
    """No quotation marks where none are needed."""
    assert on_the_wire(address) == address
