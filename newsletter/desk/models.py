"""What the desk keeps of its own: where people are logged in."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class DeskSession(models.Model):
    """A browser in which somebody is logged in, as far as they need it to know it again.

    `browser` is what the browser says of itself; `network` the first part of its address.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="desk_sessions"
    )
    key = models.CharField(max_length=40, unique=True)
    browser = models.CharField(max_length=300, blank=True)
    network = models.CharField(max_length=45, blank=True)
    began_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-seen_at"]

    def __str__(self) -> str:
        return f"{self.user}: {self.browser}"
