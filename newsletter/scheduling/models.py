"""Slots: the dates of a cadence for which something is stored."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Slot(models.Model):
    """One date of a publication's cadence.

    `date` is the cadence's date in the publication's zone and identifies the slot for ever;
    `at` is the time when it is due, which a person may change.
    """

    class State(models.TextChoices):
        """The state of the slot."""

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
    #: The issue that is planned for it, before it is queued.
    issue = models.OneToOneField(
        "publishing.Issue",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="planned_slot",
    )
    name = models.CharField(max_length=120, blank=True)
    #: The number that a person reserved for its issue; 0 without one, None for the next.
    volume = models.PositiveIntegerField(null=True, blank=True)
    number = models.PositiveIntegerField(null=True, blank=True)
    #: When its draft was opened by itself: once, also if somebody deletes the draft.
    drafted_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    #: Since when it is held, and until when its issue can still be sent (`scheduling.holds`).
    held_at = models.DateTimeField(null=True, blank=True)
    grace_until = models.DateTimeField(null=True, blank=True)
    #: It was skipped by the rule for holidays, not by a person: the rule may open it again.
    skipped_by_rule = models.BooleanField(default=False)
    #: How often its time or its state was changed, and when last: calendar programs ask.
    sequence = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["publication", "date"], name="one_slot_per_date"),
            models.UniqueConstraint(
                fields=["publication", "volume", "number"],
                condition=models.Q(number__gt=0),
                name="one_slot_per_number",
            ),
        ]
        indexes = [models.Index(fields=["state", "at"], name="slots_due")]

    def __str__(self) -> str:
        return f"{self.publication} {self.date}: {self.state}"


class Notice(models.Model):
    """A reminder by mail to one person; the row is there before the mail, and there is one.

    Whoever cannot add the row does not write: somebody else did, or does.  `key` names the issue,
    slot or send (`newsletter.scheduling.reminders`).
    """

    class Kind(models.TextChoices):
        """What the mail is about."""

        DRAFT_OPENED = "draft_opened", _("the draft of a slot was opened")
        DRAFT_DUE = "draft_due", _("a slot has no issue two days before")
        CHECK_ERRORS = "check_errors", _("the check of an issue finds errors two days before")
        APPROVAL_MISSING = "approval", _("an issue is not approved two days before")
        TOMORROW = "tomorrow", _("an issue goes out within a day")
        WENT = "went", _("an issue was submitted, with its account")
        HELD = "held", _("an issue or a slot is held, with the reason")
        SKIPPED = "skipped", _("a slot was skipped, because nothing was sent in time")

    class State(models.TextChoices):
        """How far it is.

        One that is submitted by a process that ends then is unknown, and not written again.
        """

        CLAIMED = "claimed", _("being written")
        SUBMITTED = "submitted", _("given to the transport, no answer yet")
        ACCEPTED = "accepted", _("accepted")
        NOT_ACCEPTED = "not accepted", _("not accepted")
        UNKNOWN = "unknown", _("unknown: no answer came")

    kind = models.CharField(max_length=20, choices=Kind.choices)
    key = models.CharField(max_length=60)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices"
    )
    state = models.CharField(max_length=12, choices=State.choices, default=State.CLAIMED)
    tries = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key", "user"], name="one_notice_each")
        ]
        indexes = [
            models.Index(
                fields=["at"], condition=models.Q(state="submitted"), name="notices_without_answer"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}: {self.state}"


class ReminderChoice(models.Model):
    """Which kinds of reminders a person has switched off; without a row, none."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reminder_choice"
    )
    muted: models.JSONField[list[str], list[str]] = models.JSONField(default=list, blank=True)

    def __str__(self) -> str:
        return f"{self.user}: without {', '.join(self.muted) or 'nothing'}"


class CalendarFeed(models.Model):
    """Lets a calendar program read the slots of one publication, or of all, at a secret address.

    It is a person's, or belongs to the publication.  `key` is random and no secret: the address
    has a signature of it, which only this deployment can make.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="calendar_feeds",
    )
    publication = models.ForeignKey(
        "publishing.Publication",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="calendar_feeds",
    )
    key = models.CharField(max_length=32, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(publication=None), name="one_feed_per_user"
            ),
            models.UniqueConstraint(
                fields=["publication"], condition=models.Q(user=None), name="one_shared_feed"
            ),
            models.CheckConstraint(
                condition=~models.Q(user=None, publication=None), name="feed_of_something"
            ),
        ]

    def __str__(self) -> str:
        return f"calendar of {self.publication or self.user}"


class ClockReading(models.Model):
    """The last time at which a running service trusted its clock; there is one row.

    A service that starts compares its clock with it (`newsletter.scheduling.wall_clock`).
    """

    #: The key of the row.
    ONLY = 1

    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S %Z}"
