"""The link of a confirmation mail: its button subscribes, once, with the consent as proof."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from newsletter.errors import NotFound
from subscribers import links
from subscribers.models import List, Subscriber, Subscription
from subscribers.privacy.erasure import erase_person
from subscribers.privacy.held import describe_person, export_person
from subscribers.sign_up import confirming, numbers, tokens
from subscribers.sign_up.confirming import Stage
from subscribers.sign_up.models import Consent, SignUp, SignUpForm
from tests.unit.subscribers.sign_up.conftest import NOW, Mailer, deal

Ask = Callable[..., SignUp]


@pytest.fixture
def token(form: SignUpForm, ask: Ask, mailer: Mailer, clock: time_machine.Traveller) -> str:
    """The token in the mail to somebody who signed up."""
    ask(name="Jane", consent_text="I agree.", language="en", source="page", ip_hash="a" * 64)
    deal(mailer)
    return mailer.token()


def test_the_button_subscribes_and_keeps_the_consent(token: str, readers: List) -> None:
    """What was agreed to, in what language, when, how, and from which form."""
    link = confirming.confirm(token, timezone.now(), ip_hash="b" * 64)

    person = Subscriber.objects.get()
    consent = Consent.objects.get()
    assert link.stage is Stage.CONFIRMED
    assert (person.email, person.name) == ("jane@example.org", "Jane")
    assert person.subscriptions.get().source == "sign-up: page"
    assert (consent.text, consent.language, consent.source) == ("I agree.", "en", "page")
    assert (consent.kind, consent.asked_at, consent.given_at) == ("double", NOW, NOW)
    assert consent.ip_hash == "b" * 64
    change = person.changes.get()
    assert (change.kind, change.to_state, change.by) == ("confirmed", "active", "=person")
    assert person.language == "en"


def test_a_person_reads_in_words_how_they_signed_up(token: str, readers: List) -> None:
    """The list, the form and the code of the network address; no column of a table."""
    confirming.confirm(token, timezone.now())

    told = describe_person(Subscriber.objects.get())

    [facts] = [kind.facts for kind in told if kind.title == "How you signed up"]
    assert [fact.text for fact in facts] == [
        f"{readers.name}: asked for by a form (page)",
        "Of the network address, for 30 days, only a code made from it.",
    ]
    assert "sign ups" not in [kind.title for kind in told]


def test_erasing_a_person_takes_their_sign_ups_away(token: str, readers: List) -> None:
    """With the consents, and requests that nobody confirmed; all of it is told before."""
    confirming.confirm(token, timezone.now())
    person = Subscriber.objects.get()
    told = export_person(person)
    assert len(told["sign_ups"]) == len(told["subscribers.consent"]) == 1

    erase_person(person)

    assert not SignUp.objects.exists()
    assert not Consent.objects.exists()


def test_a_second_press_changes_nothing(token: str, readers: List) -> None:
    """One subscription, one consent, and one in the count."""
    for _ in range(2):
        assert confirming.confirm(token, timezone.now()).stage is Stage.CONFIRMED

    counted = numbers.count_sign_ups(readers, timezone.now())
    assert (counted.asked, counted.confirmed, counted.waiting) == (1, 1, 0)
    assert Consent.objects.count() == Subscription.objects.count() == 1


def test_a_link_works_for_seven_days(token: str, clock: time_machine.Traveller) -> None:
    """Then it says that it has expired, and its button does nothing."""
    clock.move_to(NOW + dt.timedelta(days=7))
    assert confirming.open_link(token, timezone.now()).stage is Stage.OPEN

    clock.shift(dt.timedelta(seconds=1))
    assert confirming.confirm(token, timezone.now()).stage is Stage.EXPIRED
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_a_scanner_changes_nothing(client: Client, token: str, method: str) -> None:
    """Programs that open every link of a mail subscribe nobody."""
    for address in (f"/c/{token}", f"/C//{token}", f"/c/{token}.", f"/c/{token}?utm=1"):
        getattr(client, method)(address)

    assert not Subscriber.objects.exists()
    assert SignUp.objects.get().confirmed_at is None


def test_a_post_must_come_from_the_button(client: Client, token: str) -> None:
    """An empty one, or the one-click of a mail program, does not subscribe."""
    for data in ({}, {"List-Unsubscribe": "One-Click"}):
        assert client.post(f"/c/{token}", data).status_code == 400

    assert not Subscriber.objects.exists()


def test_the_pages_of_a_link(client: Client, token: str, clock: time_machine.Traveller) -> None:
    """It asks, then says that it is done; the address is shown in part only."""
    asks = client.get(f"/c/{token}").content.decode()
    done = client.post(f"/c/{token}", {"confirm": "1"}).content.decode()

    assert "Yes, subscribe me" in asks
    assert "j…@example.org" in asks
    assert "I agree." in asks
    assert "You are subscribed" in done
    assert client.get(f"/c/{token}")["Referrer-Policy"] == "no-referrer"


def test_a_link_that_is_not_ours(client: Client, form: SignUpForm) -> None:
    """It is not found, in words; so is the link of a footer."""
    foreign = links.make_token(1, [1])

    assert client.get("/c/nothing").status_code == 404
    assert client.get(f"/c/{foreign}").status_code == 404
    with pytest.raises(NotFound):
        links.read_token(tokens.make_token(1, 1, NOW))


def test_keys_rotate(token: str, settings: Settings) -> None:
    """A link that an earlier key signed works while that key is known."""
    settings.SECRET_KEY_FALLBACKS = [django_settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    assert tokens.find_confirmation(token)[1].round == 1

    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(NotFound):
        tokens.find_confirmation(token)


def test_no_token_has_an_address_or_ends_badly() -> None:
    """Mail programs cut closing dashes off."""
    made = [tokens.make_token(number, 1, NOW) for number in range(2000)]

    assert all(token[-1] not in "-_" for token in made)
    assert tokens.read_token(made[7]) == (7, 1, int(NOW.timestamp()))
