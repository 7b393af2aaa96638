"""What the desk keeps of its own: where people are logged in, words of issues, what is hidden."""

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


class IssueWords(models.Model):
    """The words of an issue's latest draft, as `newsletter.desk.listings.issue_words` folds them.

    `revision` and `saved_at` say of which draft, so that it is known when they are out of date.
    """

    issue = models.OneToOneField(
        "publishing.Issue", on_delete=models.CASCADE, primary_key=True, related_name="words"
    )
    revision = models.BigIntegerField()
    saved_at = models.DateTimeField(null=True)
    text = models.TextField()

    def __str__(self) -> str:
        return f"words of issue {self.issue_id}"


class HiddenSteps(models.Model):
    """A publication whose first steps are shown no more: all are done, or somebody hid them."""

    publication = models.OneToOneField(
        "publishing.Publication", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"publication {self.publication_id}: first steps hidden"
