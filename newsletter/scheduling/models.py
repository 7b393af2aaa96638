"""Slots: the dates of a cadence that something is known about."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Slot(models.Model):
    """One date of a publication's cadence.

    `date` is the cadence's own date in the publication's zone and names the slot for good;
    `at` is the time it opens, which a person may move.
    """

    class State(models.TextChoices):
        """What became of it."""

        OPEN = "open", _("open")
        FILLED = "filled", _("filled")
        HELD = "held", _("held")
        SKIPPED = "skipped", _("skipped")
        SENT = "sent", _("sent")

    publication = models.ForeignKey(
        "publishing.Publication", on_delete=models.PROTECT, related_name="slots"
    )
    date = models.DateField()
    at = models.DateTimeField()
    moved = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    send = models.OneToOneField(
        "sending.Send", on_delete=models.PROTECT, null=True, blank=True, related_name="slot"
    )
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["publication", "date"], name="one_slot_per_date")
        ]
        indexes = [models.Index(fields=["state", "at"], name="slots_due")]

    def __str__(self) -> str:
        return f"{self.publication} {self.date}: {self.state}"


class ClockReading(models.Model):
    """The last time at which a running service believed its clock; there is one row.

    A service that starts compares its clock with it (`newsletter.scheduling.wall_clock`).
    """

    #: The key of the row.
    ONLY = 1

    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S %Z}"
