"""No process signs or reads links that another one could not."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from newsletter.errors import ConfigError, NotFound
from subscribers import keys
from subscribers.models import SigningKey

pytestmark = pytest.mark.django_db


def test_the_first_key_is_taken(settings: Settings) -> None:
    """The first process makes its key the one that all others must have."""
    keys.check_keys()
    keys.check_keys()

    assert [key.signs for key in keys.known_keys()] == [True]
    assert settings.SECRET_KEY not in SigningKey.objects.get().fingerprint


def test_another_key_is_refused(settings: Settings) -> None:
    """A process with a key of its own is told which is missing, and its own is not taken up."""
    keys.check_keys()
    (first,) = keys.known_keys()
    settings.SECRET_KEY = "of another machine"

    with pytest.raises(ConfigError, match=first.fingerprint) as caught:
        keys.check_keys()

    assert "NEWSLETTER_OLD_SECRET_KEYS" in caught.value.hint
    assert [key.here for key in keys.known_keys()] == [False]


def test_a_key_is_changed(settings: Settings) -> None:
    """With the old key among the earlier ones a new one signs, and both must be there."""
    keys.check_keys()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "new"
    keys.check_keys()

    assert [(key.here, key.signs) for key in keys.known_keys()] == [(True, False), (True, True)]
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = settings.SECRET_KEY_FALLBACKS[0], []
    with pytest.raises(ConfigError):
        keys.check_keys()


def test_a_lost_key_is_given_up(settings: Settings) -> None:
    """A key that nobody has any more can be forgotten, by its fingerprint only."""
    keys.check_keys()
    (lost,) = keys.known_keys()
    settings.SECRET_KEY = "new"

    with pytest.raises(NotFound):
        keys.forget_key("0123456789abcdef")
    keys.forget_key(lost.fingerprint)
    keys.check_keys()

    assert [key.signs for key in keys.known_keys()] == [True]
