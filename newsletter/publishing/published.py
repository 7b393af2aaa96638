"""What the archive knows of an issue on the web: written when a revision of it is published.

Lists, the search and the years come from here, so that no text of an issue is read for them.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from django.db import models


class WebEntry(models.Model):
    """An issue as its published revision has it; `words` is its `text` as the search reads it.

    `date` is that of the revision; where it has none, the day follows from the issue itself.
    `headlines` are pairs of the place on the page, such as `item-1`, and the text.
    """

    issue = models.OneToOneField(
        "publishing.Issue", on_delete=models.CASCADE, primary_key=True, related_name="web_entry"
    )
    revision = models.PositiveBigIntegerField()
    title = models.TextField()
    summary = models.TextField(blank=True)
    volume = models.PositiveIntegerField(default=0)
    number = models.PositiveIntegerField(default=0)
    date = models.DateField(null=True)
    headlines: models.JSONField[list[Any], list[Any]] = models.JSONField(default=list)
    text = models.TextField(blank=True)
    words = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.title


def plain(text: str) -> str:
    """Return a text with one form of each letter and single spaces.

    NFKC makes one of the wide and narrow letters of Japanese (Unicode Standard Annex 15).
    """
    return " ".join(unicodedata.normalize("NFKC", text).split())


def searchable(text: str) -> str:
    """Return a text as it is compared: the same in small letters."""
    return plain(text).casefold()
