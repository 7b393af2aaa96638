"""Signed links: what they carry, and that nobody else can make one."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from newsletter.errors import NotFound
from subscribers import links

IDS = st.integers(min_value=0, max_value=2**63 - 1)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@given(IDS, st.lists(IDS, max_size=5))
def test_a_token_is_read_as_it_was_written(subscriber: int, lists: list[int]) -> None:
    """Subscriber and lists come back, whatever their numbers."""
    assert links.read(links.token(subscriber, lists)) == (subscriber, tuple(lists))


@given(IDS, st.data())
def test_a_changed_token_is_refused(subscriber: int, data: st.DataObject) -> None:
    """No other letter in any place passes, the last one included, whose bits are not all used."""
    token = links.token(subscriber, [1])
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from(ALPHABET.replace(token[place], "")))

    with pytest.raises(NotFound):
        links.read(token[:place] + letter + token[place + 1 :])


@given(st.text() | st.text(ALPHABET, max_size=60) | st.binary().map(bytes.hex))
def test_any_other_text_is_refused(text: str) -> None:
    """Cut, lengthened, empty or foreign: nothing but `NotFound` is raised."""
    with pytest.raises(NotFound):
        links.read(text)


@pytest.mark.parametrize("change", ["{}=", "{}==", " {}", "{}\n", "{}A", "{}/"])
def test_only_the_spelling_given_out_is_good(change: str) -> None:
    """What base64 would forgive is refused all the same."""
    with pytest.raises(NotFound):
        links.read(change.format(links.token(5, [1])))


def test_the_signature_is_128_bits_of_hmac_sha256(settings: Settings) -> None:
    """The quick way to sign gives what RFC 2104 says, with a key for these links alone."""
    token = links.token(5, [1])
    signed = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    key = hashlib.sha256(b"subscribers.links\0" + settings.SECRET_KEY.encode()).digest()

    assert signed[:-16] == bytes([1, 5, 1])
    assert signed[-16:] == hmac.digest(key, signed[:-16], "sha256")[:16]


def test_links_outlive_a_new_signing_key(settings: Settings) -> None:
    """With the old key among the fallbacks old mails still work; without it they do not."""
    token, old = links.token(5, [1]), settings.SECRET_KEY
    settings.SECRET_KEY = "another"

    with pytest.raises(NotFound):
        links.read(token)
    settings.SECRET_KEY_FALLBACKS = [old]

    assert links.read(token) == (5, (1,))


def test_a_token_of_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A later form of tokens cannot be mistaken for this one."""
    monkeypatch.setattr(links, "VERSION", 2)
    token = links.token(5, [1])
    monkeypatch.undo()

    with pytest.raises(NotFound):
        links.read(token)


def test_a_negative_number_is_a_bug() -> None:
    """It is refused instead of written for ever."""
    with pytest.raises(ValueError, match="never negative"):
        links.token(-1)


def test_links_are_short_and_hold_no_address() -> None:
    """Paths without a closing slash, fit for a header line."""
    assert links.unsubscribe_url("https://news.example.org", 5, [1]) == (
        f"https://news.example.org/u/{links.token(5, [1])}"
    )
    assert links.preferences_url("https://news.example.org", 5, [1]) == (
        f"https://news.example.org/p/{links.token(5, [1])}"
    )
    assert len(links.token(10_000_000, [100])) <= 30
