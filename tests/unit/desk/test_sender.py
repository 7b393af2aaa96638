"""Beside the sender's address stands what the provider says of it, and never more."""

from __future__ import annotations

import pytest
from django.urls import reverse

from newsletter.conf.config import Config, load
from newsletter.desk.publications.senders import describe_sender
from newsletter.publishing.models import Publication
from newsletter.transports.senders import SenderState
from sendgrid_emulator import Emulator
from tests.unit.desk.conftest import LogIn


def settings_of(transport: str, base_url: str = "http://127.0.0.1:9") -> Config:
    """Return settings with a transport."""
    config = load()
    return config.model_copy(
        update={
            "sending": config.sending.model_copy(update={"transport": transport}),
            "sendgrid": config.sendgrid.model_copy(update={"base_url": base_url}),
        }
    )


def test_verified_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """With SendGrid the words say what it says."""
    monkeypatch.setenv("SENDGRID_API_KEY", "SG.test")
    with Emulator() as emulator:
        emulator.account.settings.senders = frozenset({"tideline.example"})
        config = settings_of("sendgrid", emulator.url)

        good = describe_sender("desk@tideline.example", config)
        bad = describe_sender("desk@elsewhere.example", config)

    assert (good.state, good.label) == (SenderState.VERIFIED, "Verified")
    assert (bad.state, bad.label) == (SenderState.NOT_VERIFIED, "Not verified")
    assert "lists neither this address nor its domain" in bad.sentence


def test_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody answers, nothing is claimed."""
    monkeypatch.setenv("SENDGRID_API_KEY", "SG.test")

    found = describe_sender("desk@tideline.example", settings_of("sendgrid"))

    assert (found.state, found.label) == (SenderState.UNKNOWN, "Cannot tell")
    assert "The provider did not say" in found.sentence


@pytest.mark.parametrize(
    ("transport", "words"),
    [
        pytest.param("maildir", "only written to files", id="maildir"),
        pytest.param("smtp", "does not tell which senders it takes", id="smtp"),
    ],
)
def test_other_ways(transport: str, words: str) -> None:
    """Ways of sending that cannot be asked say so."""
    found = describe_sender("desk@tideline.example", settings_of(transport))

    assert found.state is SenderState.UNKNOWN
    assert words in found.sentence


@pytest.mark.parametrize("address", ["", "nobody", "a@b", "x y@example.org"])
def test_half_an_address(publication: Publication, log_in: LogIn, address: str) -> None:
    """While an address is being typed nothing is said."""
    answer = log_in("").get(reverse("desk_sender"), {"from_email": address})

    assert (answer.status_code, answer.content) == (200, b"")


def test_only_who_may_change_it(publication: Publication, log_in: LogIn) -> None:
    """Who may not change a publication cannot ask the provider about addresses."""
    answer = log_in("Writers").get(reverse("desk_sender"), {"from_email": "desk@example.org"})

    assert answer.status_code in {302, 403}
