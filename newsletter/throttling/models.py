"""The counters."""

from __future__ import annotations

from django.db import models


class Counter(models.Model):
    """How often something was tried in a window that ends at `ends_at` (Unix time, seconds).

    Neither names nor addresses stand in it: `key` is an HMAC of what is counted, `account` one of
    the account that it is about, or empty.
    """

    key = models.CharField(max_length=64, primary_key=True)
    account = models.CharField(max_length=64, blank=True, default="", db_index=True)
    count = models.PositiveIntegerField(default=0)
    ends_at = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        return f"{self.key[:8]}: {self.count}"
