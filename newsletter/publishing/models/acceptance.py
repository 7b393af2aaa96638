"""Findings that somebody accepted, so that an issue goes out in spite of them."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from newsletter.publishing.models.issue import Issue


class Acceptance(models.Model):
    """Somebody's reason to send an issue although preflight finds an error in it.

    It holds for one finding: `fingerprint` is that of its code, place and message, which stand
    beside it for people.  `by` is a name, as the person may leave and the record stays.
    """

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="acceptances")
    fingerprint = models.CharField(max_length=64)
    code = models.CharField(max_length=60)
    place = models.CharField(max_length=300, blank=True)
    message = models.TextField()
    reason = models.CharField(max_length=500)
    by = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["issue", "fingerprint"], name="one_acceptance_per_finding"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} accepted by {self.by}: {self.reason}"
