"""What is peculiar to SendGrid: its answers, its limits, its settings."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from newsletter.errors import (
    AccountError,
    NotSubmitted,
    OutcomeUnknown,
    Refused,
    Throttled,
    TooLarge,
    TransportError,
)
from newsletter.transports.base import Message, Recipient
from newsletter.transports.sendgrid import submission as limits
from newsletter.transports.sendgrid.client import Limits
from newsletter.transports.sendgrid.submission import SendGridTransport
from sendgrid_emulator import Emulator

MESSAGE = Message(
    from_email="desk@tideline.example",
    from_name="Tideline",
    reply_to="",
    subject="Vol 1.1 for KEYname",
    html="<p>Good morning, KEYname</p>",
    text="Good morning, KEYname",
    headers={"List-Id": "<tideline.tideline.example>"},
    categories=("tideline",),
    labels={"nl_send": "1"},
)
QUICK = Limits(connect=1, answer=1)


def people(count: int) -> list[Recipient]:
    """Return N recipients."""
    return [
        Recipient(
            address=f"reader{number}@tideline.example",
            values={"KEYname": f"Reader {number}"},
            headers={"List-Unsubscribe": f"<https://tideline.example/u/{number}>"},
            labels={"nl_delivery": str(number)},
        )
        for number in range(count)
    ]


@pytest.fixture
def via_sendgrid(sendgrid: Emulator) -> Iterator[SendGridTransport]:
    """The transport to that emulator."""
    transport = SendGridTransport(base_url=sendgrid.url, api_key="SG.test", limits=QUICK)
    yield transport
    transport.close()


def test_labels_reach_their_person(sendgrid: Emulator, via_sendgrid: SendGridTransport) -> None:
    """Labels and headers reach their person and nobody else."""
    via_sendgrid.submit(MESSAGE, people(3))

    for number in range(3):
        [mail] = sendgrid.mailbox.to(f"reader{number}@tideline.example")
        assert mail.subject == f"Vol 1.1 for Reader {number}"
        assert mail.mime()["List-Unsubscribe"] == f"<https://tideline.example/u/{number}>"
        assert mail.mime()["List-Id"] == "<tideline.tideline.example>"
        assert mail.personalization["custom_args"] == {"nl_delivery": str(number)}


FAULTS = [
    pytest.param("refuse", {}, NotSubmitted, 0, id="nobody-listens"),
    pytest.param("429", {"seconds": 7}, Throttled, 0, id="asked-to-wait"),
    pytest.param("401", {}, AccountError, 0, id="wrong-key"),
    pytest.param("401_credits", {}, AccountError, 0, id="no-credits"),
    pytest.param("403", {}, AccountError, 0, id="sender-not-verified"),
    pytest.param("413", {}, TooLarge, 0, id="too-large"),
    pytest.param("reject_500", {}, OutcomeUnknown, 0, id="500"),
    pytest.param("accept_then_500", {}, OutcomeUnknown, 2, id="accepted-and-500"),
    pytest.param("accept_then_503", {}, OutcomeUnknown, 2, id="accepted-and-503"),
    pytest.param("accept_then_html502", {}, OutcomeUnknown, 2, id="accepted-and-html"),
    pytest.param("accept_then_reset", {}, OutcomeUnknown, 2, id="accepted-and-reset"),
    pytest.param("accept_then_hang", {"seconds": 30}, OutcomeUnknown, 2, id="accepted-and-silent"),
    pytest.param("read_then_reset", {"size": 64}, OutcomeUnknown, 0, id="reset-in-the-middle"),
    pytest.param("reset_before", {}, OutcomeUnknown, 0, id="reset-at-once"),
    pytest.param("302", {}, OutcomeUnknown, 0, id="redirected"),
    pytest.param("200_html", {}, OutcomeUnknown, 0, id="captive-portal"),
]


@pytest.mark.parametrize(("kind", "how", "error", "arrived"), FAULTS)
def test_fault_leads_to_its_decision(
    sendgrid: Emulator,
    via_sendgrid: SendGridTransport,
    kind: str,
    how: dict[str, float],
    error: type[TransportError],
    arrived: int,
) -> None:
    """Each way to fail has one class, and none is tried again by itself."""
    sendgrid.faults.add(kind, **how)

    with pytest.raises(TransportError) as raised:
        via_sendgrid.submit(MESSAGE, people(2))

    assert type(raised.value) is error
    assert len(sendgrid.mailbox) == arrived


def test_wait_is_as_long_as_told(sendgrid: Emulator, via_sendgrid: SendGridTransport) -> None:
    """Asked to wait, the error says how long."""
    sendgrid.faults.add("429", seconds=40)

    with pytest.raises(Throttled) as raised:
        via_sendgrid.submit(MESSAGE, people(1))

    assert 30 < raised.value.seconds <= 41


def test_bad_address_is_named(sendgrid: Emulator, via_sendgrid: SendGridTransport) -> None:
    """A refused address is named by its place, and nobody of the batch was accepted."""
    recipients = people(5)
    recipients[3] = Recipient(address="two@@tideline.example", values={})

    with pytest.raises(Refused) as raised:
        via_sendgrid.submit(MESSAGE, recipients)

    assert raised.value.persons == {3}
    assert len(sendgrid.mailbox) == 0


def test_errors_hold_no_secrets(sendgrid: Emulator, via_sendgrid: SendGridTransport) -> None:
    """Neither the key nor an address stands in an error."""
    recipients = [Recipient(address="hidden@@tideline.example", values={})]

    with pytest.raises(Refused) as refused:
        via_sendgrid.submit(MESSAGE, recipients)
    sendgrid.faults.add("401")
    with pytest.raises(AccountError) as held:
        via_sendgrid.submit(MESSAGE, people(1))

    words = f"{refused.value}{held.value}"
    assert "hidden" not in words
    assert "SG." not in words


def test_answer_that_drips_is_cut(sendgrid: Emulator, via_sendgrid: SendGridTransport) -> None:
    """A server that keeps a connection busy without answering does not hold the sender."""
    sendgrid.faults.add("delay", seconds=60)

    with pytest.raises(OutcomeUnknown):
        via_sendgrid.submit(MESSAGE, people(1))


def test_body_that_drips_is_cut(sendgrid: Emulator, via_sendgrid: SendGridTransport) -> None:
    """A body that comes byte by byte does not hold the sender either, whatever it is told."""
    sendgrid.faults.add("slow_body", seconds=90)
    started = time.monotonic()

    with suppress(OutcomeUnknown):
        via_sendgrid.submit(MESSAGE, people(1))

    assert time.monotonic() - started < 60


def test_failed_handshake_submits_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A handshake that fails, or an authority nobody trusts: nothing has left, and that is said."""
    with Emulator(tls=True) as secure:
        assert secure.certificates
        stranger = SendGridTransport(base_url=secure.url, api_key="SG.test", limits=QUICK)
        with pytest.raises(NotSubmitted, match="No secure connection"):
            stranger.submit(MESSAGE, people(1))
        stranger.close()

        (tmp_path / "authority.pem").write_bytes(secure.certificates.authority)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
        trusting = SendGridTransport(base_url=secure.url, api_key="SG.test", limits=QUICK)
        secure.faults.add("tls_fail")
        with pytest.raises(NotSubmitted, match="No secure connection"):
            trusting.submit(MESSAGE, people(1))
        assert len(secure.mailbox) == 0

        assert trusting.submit(MESSAGE, people(1)).status == 202
        trusting.close()


def test_tracking_is_stated_and_off(sendgrid: Emulator, via_sendgrid: SendGridTransport) -> None:
    """Every tracking setting is stated, so that the account's own can change nothing."""
    via_sendgrid.submit(MESSAGE, people(1))

    payload = sendgrid.mailbox.requests[0].payload
    assert {name: part["enable"] for name, part in payload["tracking_settings"].items()} == {
        "click_tracking": False,
        "open_tracking": False,
        "subscription_tracking": False,
        "ganalytics": False,
    }
    assert payload["mail_settings"]["sandbox_mode"] == {"enable": False}


def test_dry_run_is_in_the_sandbox(sendgrid: Emulator, via_sendgrid: SendGridTransport) -> None:
    """A dry run posts what a send would post, but for the switch of the sandbox."""
    via_sendgrid.dry_run(MESSAGE, people(2))
    via_sendgrid.submit(MESSAGE, people(2))

    assert len(sendgrid.mailbox) == 2
    [posted] = sendgrid.mailbox.requests
    tried = limits.request_body(MESSAGE, people(2))
    assert posted.payload == tried


def test_dry_run_without_a_sandbox_is_no_yes(
    sendgrid: Emulator, via_sendgrid: SendGridTransport
) -> None:
    """An answer that does not come from the sandbox is not taken for its yes."""
    sendgrid.faults.add("302")

    with pytest.raises(OutcomeUnknown):
        via_sendgrid.dry_run(MESSAGE, people(1))


def recipient(**values: str) -> Recipient:
    """Return one person with these values."""
    return Recipient(address="reader@tideline.example", values=values)


@pytest.mark.parametrize(
    ("person", "word"),
    [
        (recipient(KEYname="Aiko"), ""),
        (recipient(**{f"KEY{number:03}": "x" for number in range(100)}), ""),
        (recipient(**{f"KEY{number:03}": "x" for number in range(101)}), "100 places"),
        (recipient(KEYname="安" * 3000), ""),
        (recipient(KEYname="安" * 3400), "10,000 bytes"),
        (Recipient(address="a@b.example", values={}, labels={"nl": "x" * 10_000}), "labels"),
    ],
)
def test_person_beyond_the_limits_is_refused(
    sendgrid: Emulator, via_sendgrid: SendGridTransport, person: Recipient, word: str
) -> None:
    """Who needs more than SendGrid takes is named before anything is posted, nobody else."""
    why = via_sendgrid.find_over_limit(MESSAGE, [person]).get(0, "")

    assert word in why
    assert bool(word) is bool(why)
    if not why:
        assert via_sendgrid.submit(MESSAGE, [person]).status == 202


def test_request_beyond_the_limit_is_not_posted(
    sendgrid: Emulator, via_sendgrid: SendGridTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request that is too large is cut here, before it travels."""
    monkeypatch.setattr(limits, "MAX_REQUEST_LENGTH", 2000)

    assert via_sendgrid.submit(MESSAGE, people(1)).status == 202
    with pytest.raises(TooLarge):
        via_sendgrid.submit(MESSAGE, people(20))

    assert len(sendgrid.mailbox) == 1
