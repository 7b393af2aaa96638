"""Alarms, and the messages about them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsletter.stored_phrases import PhraseField


class Alarm(models.Model):
    """Something that needs a person, from when it was seen until it is over."""

    class Kind(models.TextChoices):
        """What it is about; the names are for programs, and do not change."""

        SEND_HELD = "send-held", _("a send is held")
        AUTO_PAUSED = "auto-paused", _("a send was paused automatically")
        UNRESOLVED = "unresolved", _("answers are unknown")
        SUSPENDED = "suspended", _("nothing is sent")
        SLOT_HELD = "slot-held", _("a slot is held")
        SLOT_MISSED = "slot-missed", _("a slot was missed")
        WEBHOOK_SILENT = "webhook-silent", _("no events come")
        EVENTS_WAIT = "events-wait", _("events are not read")
        NO_WORKER = "no-worker", _("nobody sends")
        IMPORT_STUCK = "import-stuck", _("an import is half-written")
        DISK_LOW = "disk-low", _("the disk is almost full")
        TEST = "test", _("a test")

    kind = models.CharField(max_length=20, choices=Kind.choices)
    #: Which of its kind: `send:12`; empty where there can be one only.
    key = models.CharField(max_length=80, blank=True)
    words = PhraseField(max_length=600)
    fix = PhraseField(max_length=600, blank=True)
    #: Where in the desk it can be seen; empty where nowhere.
    path = models.CharField(max_length=200, blank=True)
    raised_at = models.DateTimeField(default=timezone.now)
    #: Since when it is not seen any more; it may come back within minutes.
    unseen_since = models.DateTimeField(null=True, blank=True)
    over_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"], condition=Q(over_at=None), name="one_open_alarm"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}".strip()


class AlarmMessage(models.Model):
    """One message about an alarm: that it was raised, or that it is over."""

    class Way(models.TextChoices):
        """How it is told."""

        MAIL = "mail", _("mail")
        WEBHOOK = "webhook", _("webhook")

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", _("waiting")
        CLAIMED = "claimed", _("being sent")
        ACCEPTED = "accepted", _("accepted")
        GIVEN_UP = "given_up", _("given up")

    #: States in which there is still something to do.
    OPEN: ClassVar[tuple[State, ...]] = (State.WAITING, State.CLAIMED)

    alarm = models.ForeignKey(Alarm, on_delete=models.CASCADE, related_name="messages")
    over = models.BooleanField(default=False)
    way = models.CharField(max_length=8, choices=Way.choices)
    #: The address, for a mail; empty for the webhook, whose address may be a secret.
    to = models.CharField(max_length=254, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["alarm", "over", "way", "to"], name="one_message_per_alarm_and_way"
            )
        ]
        indexes = [models.Index(fields=["state", "not_before"], name="alarm_messages_due")]

    def __str__(self) -> str:
        return f"{self.way} about alarm {self.alarm_id}: {self.state}"
