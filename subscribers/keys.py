"""The keys that links were signed with: every process that sends or answers needs all of them.

The database knows each by a fingerprint.  So a machine with a different key is stopped before it
mails links that no other one can read, and a lost key is noticed before links in old mails stop
working.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from newsletter.errors import ConfigError, NotFound
from newsletter.phrases import phrase
from subscribers.models import SigningKey


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """A key by its fingerprint: whether this process has it, and whether it signs with it."""

    fingerprint: str
    here: bool
    signs: bool


def fingerprint(key: str) -> str:
    """Return 16 hexadecimal digits that identify a key and reveal nothing about it."""
    return hashlib.sha256(b"fingerprint\0" + key.encode()).hexdigest()[:16]


def own_fingerprints() -> list[str]:
    """Return the fingerprints of the keys of this process; it signs with the first."""
    return [fingerprint(str(key)) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def known_keys() -> list[Known]:
    """Return all keys that links were signed with, the oldest first."""
    ours = own_fingerprints()
    return [
        Known(fingerprint=each, here=each in ours, signs=each == ours[0])
        for each in SigningKey.objects.order_by("pk").values_list("fingerprint", flat=True)
    ]


@transaction.atomic
def check_keys() -> None:
    """Raise `ConfigError` if links were signed with a key that this process does not have.

    Otherwise its own key becomes one that the other processes must have.
    """
    if missing := [key.fingerprint for key in known_keys() if not key.here]:
        raise ConfigError(
            "subscribers' links were signed with a key that is not here (fingerprint"
            f" {', '.join(missing)}); this one is {own_fingerprints()[0]}",
            setting="site.secret_key_env",
            variable=settings.CONFIG.site.secret_key_env,
            hint="Every machine needs the same NEWSLETTER_SECRET_KEY. If you changed it, put the"
            " old one into NEWSLETTER_OLD_SECRET_KEYS. If it is lost for good:"
            f" newsletter key forget {missing[0]}",
        )
    SigningKey.objects.get_or_create(fingerprint=own_fingerprints()[0])


def forget_key(which: str) -> None:
    """Give up a key: links that were signed with it may stop working.  Raises `NotFound`."""
    if not SigningKey.objects.filter(fingerprint=which).delete()[0]:
        raise NotFound(
            phrase("no key has the fingerprint {which}", which=which),
            hint=phrase("See: newsletter key list"),
        )
