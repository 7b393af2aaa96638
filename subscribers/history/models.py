"""One change of a person's subscriptions or data."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Actor(models.TextChoices):
    """Who did it, if it was no account.

    The sign before it is one that no account's name may hold.
    """

    PERSON = "=person", _("the person")
    COMMAND = "=command", _("a command")
    PROVIDER = "=provider", _("the mail provider")
    PROGRAM = "=program", _("the program")
    FILE = "=file", _("a file")


def describe_actor(by: str) -> str:
    """Return an `Actor` in words, and the name of an account as it is."""
    return str(dict(Actor.choices).get(by, by))


class SubscriptionChange(models.Model):
    """What happened to a person, or to their subscription to one list.

    `kind` has no choices in the database, so that a new one needs no migration.
    """

    class Kind(models.TextChoices):
        """What was changed."""

        ADDED = "added", _("added to the list")
        IMPORTED = "imported", _("imported")
        SIGNED_UP = "signed_up", _("signed up")
        CONFIRMED = "confirmed", _("confirmed the address")
        LEFT = "left", _("left the list")
        RETURNED = "returned", _("came back to the list")
        RENAMED = "renamed", _("changed the name")
        LANGUAGE = "language", _("changed the language")
        ATTRIBUTES = "attributes", _("changed attributes")
        PAUSED = "paused", _("paused")
        RESUMED = "resumed", _("ended the pause")
        ADDRESS = "address", _("changed the address")
        SUPPRESSED = "suppressed", _("suppressed")
        LIFTED = "lifted", _("suppression removed")
        UNCOUNTED = "uncounted", _("refused to be counted")
        COUNTED = "counted", _("may be counted again")
        UNDONE = "undone", _("a bulk action was undone")
        DOWNLOADED = "downloaded", _("downloaded the data")

    subscriber = models.ForeignKey(
        "subscribers.Subscriber", on_delete=models.CASCADE, related_name="changes", db_index=False
    )
    list = models.ForeignKey(
        "subscribers.List", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(max_length=20)
    #: States of the subscription; empty if the change is not about one.
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12, blank=True)
    at = models.DateTimeField(default=timezone.now)
    #: The name of an account, or an `Actor`; empty if nobody knows.
    by = models.CharField(max_length=150, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    detail: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        default=dict, blank=True
    )

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["subscriber", "at"], name="changes_of_person")]

    def __str__(self) -> str:
        return f"subscriber {self.subscriber_id}: {self.kind}"

    def get_kind_display(self) -> str:
        """Return the kind in words; one that this version does not know stands as it is."""
        kinds = dict(self.Kind.choices)
        return str(kinds.get(self.kind, self.kind))

    def get_by_display(self) -> str:
        """Return who did it, in words."""
        return describe_actor(self.by)
