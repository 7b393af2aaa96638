"""A transport that tells which senders its provider knows says what it knows, and no more."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from newsletter.errors import TransportError
from newsletter.transports.senders import SenderDirectory, SenderState


@dataclasses.dataclass(kw_only=True)
class SendersUnderTest:
    """A directory, addresses of which it knows something, and how to make it fail."""

    directory: SenderDirectory
    verified: str
    stranger: str
    #: What makes the next question fail.
    fail: Callable[[], object]
    secrets: tuple[str, ...] = ()


class SenderConformance:
    """What holds of every directory of senders."""

    @pytest.fixture
    def senders(self) -> SendersUnderTest:
        """Return the directory to test: every class has a fixture of its own."""
        raise NotImplementedError(f"{type(self).__name__} needs a fixture `senders`")

    def test_a_verified_sender(self, senders: SendersUnderTest) -> None:
        """A sender that the provider has verified is verified, however it is written."""
        for address in (senders.verified, senders.verified.upper()):
            assert senders.directory.check(address).state is SenderState.VERIFIED

    def test_a_stranger(self, senders: SendersUnderTest) -> None:
        """A sender that the provider does not list is never called verified."""
        assert senders.directory.check(senders.stranger).state is not SenderState.VERIFIED

    def test_no_answer(self, senders: SendersUnderTest) -> None:
        """Where the provider does not answer, the directory says so, and tells no secret."""
        senders.fail()

        with pytest.raises(TransportError) as failure:
            senders.directory.check(senders.verified)

        said = f"{failure.value} {failure.value.hint}"
        assert not any(secret in said for secret in senders.secrets)
