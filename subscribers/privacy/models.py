"""What is left of people who were erased, and when old data was cleaned."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone


class ErasedAddress(models.Model):
    """An address that was erased and must not be mailed, by a keyed hash: it cannot be read.

    `signing_key` is the fingerprint of the key (`subscribers.keys`).  `reason` and `source` are
    those of the suppression that it takes the place of; without one, the reason is empty.
    """

    hash = models.CharField(max_length=64, unique=True)
    signing_key = models.CharField(max_length=16)
    reason = models.CharField(max_length=12)
    source = models.CharField(max_length=12)
    erased_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"erased address {self.hash[:8]}"


class Cleaning(models.Model):
    """The cleaning of one day, and how much of each kind it removed."""

    day = models.DateField(unique=True)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    removed: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"cleaning of {self.day}"
