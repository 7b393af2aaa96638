"""What is believed to be from SendGrid, and what is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sendgrid.helpers.eventwebhook import EventWebhook

from newsletter.conf.config import Config
from newsletter.errors import ConfigError
from newsletter.transports.sendgrid.event_signature import (
    Signed,
    find_fault,
    public_keys,
    read_keys,
)
from sendgrid_emulator.events.signature import Signer

NOW = 1_764_061_980
DAY = 25 * 3600.0

#: A key of ours and what it signed once, in the form of those that SendGrid publishes: the body
#: ends with CRLF, and that is signed, too.
GOLDEN_KEY = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEc+Y70lyJwDwP+sVx+YeM52mIwf"
    "9mQfv+XuqgAwSJlLSofC+STjKHMbVSjNeawBQ6X1Vu6VHA0FjiPg27MRm4Zw=="
)
GOLDEN = Signed(
    b'[{"email":"reader@example.org","event":"delivered","timestamp":1764061980}]\r\n',
    "1764061980",
    "MEUCICSn6t7wqYrVgE5nD6LdNplAHY0PSz6VFejMYtUahUhVAiEA5vnycUdpgJdz1EVh4BEDwwAOkmh+ybQJKxO5F6z+Q5U=",
)


def signed(body: bytes, signer: Signer, when: int = NOW) -> Signed:
    """Sign a body as SendGrid does."""
    headers = signer.headers(body, when)
    return Signed(body, str(when), headers["X-Twilio-Email-Event-Webhook-Signature"])


def why(post: Signed, *keys: str, now: float = NOW) -> str:
    """Return why a post is refused under these keys."""
    return find_fault(post, read_keys(" ".join(keys)), now=now, tolerance=DAY)


def test_the_golden_vector_holds() -> None:
    """What was signed once is believed for ever, and the official helper agrees."""
    assert why(GOLDEN, GOLDEN_KEY) == ""
    assert EventWebhook(GOLDEN_KEY).verify_signature(
        GOLDEN.body.decode(), GOLDEN.signature, GOLDEN.timestamp
    )


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"body": GOLDEN.body.rstrip()}, id="without-crlf"),
        pytest.param({"body": GOLDEN.body.replace(b"delivered", b"complained")}, id="body"),
        pytest.param({"timestamp": "1764061981"}, id="timestamp"),
        pytest.param({"timestamp": "17640619801"}, id="long-timestamp"),
        pytest.param({"timestamp": "１７６４０６１９８０"}, id="wide-digits"),
        pytest.param({"timestamp": ""}, id="no-timestamp"),
        pytest.param({"signature": ""}, id="no-signature"),
        pytest.param({"signature": GOLDEN.signature[:-4]}, id="cut-signature"),
        pytest.param({"signature": "!" + GOLDEN.signature}, id="not-base64"),
        pytest.param({"body": b""}, id="nothing"),
    ],
)
def test_whatever_is_changed_is_noticed(changed: dict[str, Any]) -> None:
    """Not one byte of body, timestamp or signature can be another."""
    fields = {"body": GOLDEN.body, "timestamp": GOLDEN.timestamp, "signature": GOLDEN.signature}

    assert why(Signed(**{**fields, **changed}), GOLDEN_KEY)


def test_no_byte_passes_from_timestamp_to_body() -> None:
    """A digit that moves across the seam is noticed though the signed bytes are the same."""
    signer = Signer()
    post = signed(b"1[]", signer, NOW)
    moved = Signed(b"[]", f"{NOW}1", post.signature)

    assert why(post, signer.public_key)
    assert why(moved, signer.public_key)


def test_every_accepted_key_counts_while_keys_are_exchanged() -> None:
    """During a rotation the old key and the new one are believed, and no third one."""
    old, new, other = Signer(), Signer(), Signer()
    keys = (old.public_key, new.public_key)

    assert why(signed(b"[]", old), *keys) == ""
    assert why(signed(b"[]", new), *keys) == ""
    assert "no key" in why(signed(b"[]", other), *keys)


@pytest.mark.parametrize("seconds", [-DAY - 1, DAY + 1])
def test_what_is_old_is_refused(seconds: float) -> None:
    """A post is believed for a day and an hour, on either side of our clock."""
    signer = Signer()

    assert why(signed(b"[]", signer), signer.public_key, now=NOW + seconds)
    assert not why(signed(b"[]", signer), signer.public_key, now=NOW + seconds * 0.99)


def test_keys_come_from_the_environment() -> None:
    """Spaces, commas and line ends separate them; without the variable there are none."""
    name = Config().sendgrid.webhook_keys_env
    one, two = Signer().public_key, Signer().public_key

    assert len(public_keys(Config(), {name: f" {one},\n{two} "})) == 2
    assert public_keys(Config(), {}) == ()


#: A public key on another curve, and a text that is no key.
P_384 = (
    "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEsnZjAhe8Yw2prIXDMfYgX0++pfvmrlMyOVm/VDIdYOv/bC8k"
    "fmLoyAC9f5qxn0y/ymyaTZ4rATfO/kBHoN3hnDQSPWwGescxdQb3bHez+92Nboxi2BV9eqvBUDpIeV74"
)


@pytest.mark.parametrize("text", ["not-a-key", "AAAA", P_384])
def test_a_bad_key_is_named(text: str) -> None:
    """The error says which variable and which key, and repeats nothing of it."""
    with pytest.raises(ConfigError, match="SENDGRID_WEBHOOK_KEYS: key 2 ") as caught:
        public_keys(Config(), {"SENDGRID_WEBHOOK_KEYS": f"{Signer().public_key} {text}"})

    assert text not in str(caught.value)
    assert Path("config.toml").name in str(caught.value)
