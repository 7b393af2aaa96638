"""Forget what is not needed any more: hashes of addresses, and sign-ups that came to nothing."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from newsletter.conf.config import load
from subscribers.sign_up.models import Consent, SignUp


def forget_old(now: dt.datetime) -> int:
    """Forget what is older than the settings keep it; return how many rows changed or went.

    A consent stays; it is the proof.  So does a confirmed sign-up whose mail is still due.
    """
    rules = load().sign_up
    hashed_before = now - dt.timedelta(days=rules.ip_hash_days)
    kept_since = now - dt.timedelta(days=rules.unconfirmed_days)
    forgotten = Consent.objects.filter(given_at__lt=hashed_before).exclude(ip_hash="")
    hashes = SignUp.objects.filter(asked_at__lt=hashed_before).exclude(ip_hash="")
    over = SignUp.objects.filter(asked_at__lt=kept_since, due_at=None, welcome_due_at=None)
    deleted, _ = over.filter(Q(confirmed_at=None) | Q(confirmed_at__lt=kept_since)).delete()
    return forgotten.update(ip_hash="") + hashes.update(ip_hash="") + deleted
