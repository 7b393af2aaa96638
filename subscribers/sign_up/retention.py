"""Forget what is not needed any more: hashes of addresses, and sign-ups that came to nothing."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet
from django.utils import timezone

from subscribers.privacy.retention import Rule, register_rule, setting
from subscribers.sign_up.models import ROUND, Consent, SignUp


def register_rules() -> None:
    """Register the rules for sign-ups; called once, when the app starts."""
    register_rule(
        Rule(
            name="sign-ups",
            days=setting("unconfirmed_days"),
            count=lambda before: over(before).count(),
            remove=lambda before: over(before).delete()[0],
        )
    )
    register_rule(
        Rule(
            name="hashes",
            days=setting("ip_hash_days"),
            count=lambda before: sum(rows.count() for rows in hashed(before)),
            remove=lambda before: sum(rows.update(ip_hash="") for rows in hashed(before)),
        )
    )


def over(before: dt.datetime) -> QuerySet[SignUp]:
    """Return the sign-ups that came to nothing, or were confirmed long ago.

    They count how often an address was asked: so each stays until its round is over.  A confirmed
    one whose mail is still due stays, too.  Consent is kept apart; it is the proof.
    """
    before = min(before, timezone.now() - ROUND)
    done = SignUp.objects.filter(asked_at__lt=before, due_at=None, welcome_due_at=None)
    return done.filter(Q(confirmed_at=None) | Q(confirmed_at__lt=before))


def hashed(before: dt.datetime) -> tuple[QuerySet[Consent], QuerySet[SignUp]]:
    """Return the rows that still hold the hash of a network address."""
    return (
        Consent.objects.filter(given_at__lt=before).exclude(ip_hash=""),
        SignUp.objects.filter(asked_at__lt=before).exclude(ip_hash=""),
    )
