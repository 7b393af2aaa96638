"""What the web answered when the check last asked it for a link."""

from __future__ import annotations

from django.db import models

from newsletter.stored_phrases import PhraseField


class LinkAnswer(models.Model):
    """The last answer of an address, by its hash: `rendering.preflight.addresses.Answer`."""

    #: sha256 of the address, in hex.
    address_hash = models.CharField(max_length=64, primary_key=True)
    asked_at = models.DateTimeField(db_index=True)
    status = models.PositiveIntegerField()
    size = models.PositiveBigIntegerField()
    problem = PhraseField(max_length=500, blank=True)
    private = models.BooleanField()
    unknown = models.BooleanField()

    class Meta:
        app_label = "publishing"
