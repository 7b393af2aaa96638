"""Pauses and changes of address, as people ask for them."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Pause(models.Model):
    """Somebody who wants no mail for the next `issues` issues that would come to them.

    It ends by itself: each issue that left the person out is a `PausedIssue`.
    """

    subscriber = models.OneToOneField(
        "subscribers.Subscriber", on_delete=models.CASCADE, related_name="pause"
    )
    issues = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"subscriber {self.subscriber_id} pauses for {self.issues}"


class PausedIssue(models.Model):
    """An issue that left a paused person out; written with the audience, in one transaction.

    `issue` and `send` are numbers, not keys: this package knows neither.
    """

    pause = models.ForeignKey(Pause, on_delete=models.CASCADE, related_name="used", db_index=False)
    issue = models.BigIntegerField()
    send = models.BigIntegerField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pause", "issue"], name="paused_once_per_issue")
        ]

    def __str__(self) -> str:
        return f"pause {self.pause_id} left out of issue {self.issue}"


class AddressChange(models.Model):
    """Somebody who asked to get their mail at another address; it waits to be confirmed there.

    The link in the mail is known by a hash alone.  The old address is kept until it was told.
    """

    subscriber = models.ForeignKey(
        "subscribers.Subscriber", on_delete=models.CASCADE, related_name="address_changes"
    )
    email = models.EmailField(max_length=254)
    key = models.CharField(max_length=254)
    old_email = models.EmailField(max_length=254, blank=True)
    #: The language of the page on which the person asked.
    language = models.CharField(max_length=35, blank=True)
    secret_hash = models.CharField(max_length=64, blank=True, db_index=True)
    created_at = models.DateTimeField(default=timezone.now)
    #: When the mail to the new address was submitted, or found to be one that must not be.
    mailed_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True, db_index=True)
    #: Who had the new address already, and now has the lists of both.
    merged_into = models.ForeignKey(
        "subscribers.Subscriber", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    told_at = models.DateTimeField(null=True, blank=True)
    #: A mail that could not leave is not tried again before.
    not_before = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"subscriber {self.subscriber_id} changes the address"


class CountingRefusal(models.Model):
    """Somebody who does not want it counted whether they open mail and follow links.

    It is about every publication.  One that was taken back stays with its end: until then nothing
    was counted, so nobody can say that the person opened nothing.
    """

    subscriber = models.OneToOneField(
        "subscribers.Subscriber", on_delete=models.CASCADE, related_name="counting_refusal"
    )
    since = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = _("refusals to be counted")

    def __str__(self) -> str:
        return f"subscriber {self.subscriber_id} is not counted"
