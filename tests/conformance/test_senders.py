"""What SendGrid says of senders: single addresses, domains, and when it does not say anything."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from newsletter.errors import AccountError, TransportError
from newsletter.testing import SenderConformance, SendersUnderTest
from newsletter.transports.senders import SenderReason, SenderState
from newsletter.transports.sendgrid.client import Limits
from newsletter.transports.sendgrid.senders import PAGE, SendGridSenders
from sendgrid_emulator import Emulator

QUICK = Limits(connect=1, answer=2)


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """An account that knows some senders."""
    with Emulator() as running:
        settings = running.account.settings
        settings.senders = frozenset({"tideline.example"})
        settings.verified_senders = frozenset({"ann@post.example"})
        settings.pending_senders = frozenset({"bo@post.example"})
        settings.pending_domains = frozenset({"later.example"})
        yield running


@pytest.fixture
def directory(emulator: Emulator) -> Iterator[SendGridSenders]:
    """What asks it."""
    opened = SendGridSenders(base_url=emulator.url, api_key="SG.test", limits=QUICK)
    yield opened
    opened.close()


class TestSendGridSenders(SenderConformance):
    """The API, with the emulator behind it."""

    @pytest.fixture
    def senders(self, emulator: Emulator, directory: SendGridSenders) -> SendersUnderTest:
        """A directory of an account of its own, which can be given another key."""

        def change_key() -> None:
            emulator.account.settings.keys = frozenset({"SG.another"})

        return SendersUnderTest(
            directory=directory,
            verified="ann@post.example",
            stranger="eve@elsewhere.example",
            fail=change_key,
            secrets=("SG.",),
        )


@pytest.mark.parametrize(
    ("address", "state", "reason"),
    [
        ("desk@tideline.example", SenderState.VERIFIED, SenderReason.DOMAIN),
        ("ann@post.example", SenderState.VERIFIED, SenderReason.ADDRESS),
        ("bo@post.example", SenderState.NOT_VERIFIED, SenderReason.ADDRESS_PENDING),
        ("desk@later.example", SenderState.NOT_VERIFIED, SenderReason.DOMAIN_PENDING),
        ("desk@news.tideline.example", SenderState.UNKNOWN, SenderReason.PARENT_DOMAIN),
        ("cy@post.example", SenderState.NOT_VERIFIED, SenderReason.NOT_LISTED),
        ("desk@nottideline.example", SenderState.NOT_VERIFIED, SenderReason.NOT_LISTED),
    ],
)
def test_what_is_known(
    directory: SendGridSenders, address: str, state: SenderState, reason: SenderReason
) -> None:
    """The answer names why; a domain above the sender's own is no proof."""
    found = directory.check(address)

    assert (found.state, found.reason) == (state, reason)


def test_mail_goes_out_as_it_was_said(emulator: Emulator) -> None:
    """The emulator takes mail from those that it calls verified, and from nobody else."""
    takes = emulator.account.takes_sender

    assert takes("desk@tideline.example")
    assert takes("Ann@post.example")
    assert not takes("bo@post.example")
    assert not takes("desk@later.example")


def test_an_account_without_limits(emulator: Emulator, directory: SendGridSenders) -> None:
    """An emulator that takes mail from everywhere has verified whatever it is asked for."""
    emulator.account.settings.senders = frozenset()
    emulator.account.settings.verified_senders = frozenset()

    assert directory.check("desk@anywhere.example").state is SenderState.VERIFIED


def test_many_senders(emulator: Emulator, directory: SendGridSenders) -> None:
    """The address is found on whatever page of the list it stands."""
    many = {f"reader{number:03}@post.example" for number in range(PAGE + 20)}
    emulator.account.settings.verified_senders = frozenset(many)

    found = directory.check(f"reader{PAGE + 10:03}@post.example")

    assert found.state is SenderState.VERIFIED


def test_a_key_without_the_right(emulator: Emulator, directory: SendGridSenders) -> None:
    """A key that may only send mail cannot tell; that is an error about the account."""
    emulator.account.settings.scopes = ("mail.send",)

    with pytest.raises(AccountError, match="403"):
        directory.check("desk@tideline.example")


def test_nobody_there() -> None:
    """Where nobody listens nothing is known."""
    gone = SendGridSenders(base_url="http://127.0.0.1:9", api_key="SG.test", limits=QUICK)

    with pytest.raises(TransportError):
        gone.check("desk@tideline.example")
