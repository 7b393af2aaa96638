"""What the provider reports: unread posts, events, and events that could not be parsed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsletter.stored_phrases import PhraseField


class Post(models.Model):
    """A signed post as it came, until it is read; then the row goes.

    Reading is one transaction that locks the row, changes the ledger and deletes the row: a post
    counts once or, if the process dies, not yet.
    """

    #: The name of the transport whose provider posted it.
    provider = models.CharField(max_length=60)
    body = models.BinaryField()
    size = models.PositiveIntegerField()
    received_at = models.DateTimeField(default=timezone.now)
    #: How often it could not be read, why, and when it is tried again.
    failures = models.PositiveIntegerField(default=0)
    fault = models.CharField(max_length=200, blank=True)
    not_before = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"post {self.pk}: {self.size} bytes"


class Event(models.Model):
    """One event about one mail.  It has no address: the delivery knows the person."""

    class Kind(models.TextChoices):
        """What happened; other events are not kept."""

        DEFERRED = "deferred", _("deferred: tried again later")
        DELIVERED = "delivered", _("delivered")
        BOUNCED = "bounced", _("bounced: the address does not work")
        BLOCKED = "blocked", _("blocked: turned away this time")
        DROPPED = "dropped", _("dropped by the provider")
        COMPLAINED = "complained", _("reported as spam")
        UNSUBSCRIBED = "unsubscribed", _("unsubscribed at the provider")
        LEFT = "left", _("left this group at the provider")

    #: The provider's id: the same if it reports the same event again.
    key = models.CharField(max_length=100, unique=True)
    delivery = models.ForeignKey(
        "sending.Delivery", on_delete=models.CASCADE, related_name="events"
    )
    kind = models.CharField(max_length=12, choices=Kind.choices)
    at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            # Events that readers cause are sometimes repeated with another id.
            models.UniqueConstraint(
                fields=["delivery", "kind", "at"],
                condition=Q(kind__in=("complained", "unsubscribed", "left")),
                name="one_event_of_a_reader_per_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at}"


class CountedOpens(models.Model):
    """How often the picture in one person's mail was loaded, as the provider counts.

    No network address, program or place is kept.
    """

    delivery = models.OneToOneField(
        "sending.Delivery", on_delete=models.CASCADE, primary_key=True, related_name="opens"
    )
    #: The send of the delivery, so that a million of them are counted from an index alone.
    send = models.ForeignKey(
        "sending.Send", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    count = models.PositiveIntegerField()
    #: How many of these the provider knows as a machine's, and whether there is no other.
    by_machines = models.PositiveIntegerField()
    only_machines = models.BooleanField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = _("opens counted")
        indexes = [models.Index(fields=["send", "only_machines"], name="opens_of_send")]

    def __str__(self) -> str:
        return f"delivery {self.delivery_id}: {self.count} opens counted"


class CountedLink(models.Model):
    """A link of a send that somebody followed; `people` and `clicks` once they are summed up."""

    send = models.ForeignKey(
        "sending.Send", on_delete=models.CASCADE, related_name="counted_links", db_index=False
    )
    url = models.CharField(max_length=500)
    people = models.PositiveIntegerField(default=0)
    clicks = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["send", "url"], name="one_link_per_send")]

    def __str__(self) -> str:
        return self.url


class CountedClicks(models.Model):
    """How often one person followed one link, as the provider counts."""

    delivery = models.ForeignKey(
        "sending.Delivery", on_delete=models.CASCADE, related_name="clicks"
    )
    # Its index is the unique key that begins with it.
    link = models.ForeignKey(
        CountedLink, on_delete=models.CASCADE, related_name="followed", db_index=False
    )
    count = models.PositiveIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = _("clicks counted")
        constraints = [
            models.UniqueConstraint(fields=["link", "delivery"], name="one_count_per_link")
        ]

    def __str__(self) -> str:
        return f"delivery {self.delivery_id}: {self.count} clicks counted"


class CountedEvent(models.Model):
    """An open or a click that was counted, for as long as the provider may report it again."""

    #: The provider's id.  Some repetitions have another one: they are known by all the rest.
    key = models.CharField(max_length=100, unique=True)
    # Its index is the unique key that begins with it.
    delivery = models.ForeignKey(
        "sending.Delivery", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=5)
    at = models.DateTimeField()
    #: A hash of the link; empty for an open.
    link = models.CharField(max_length=32, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["delivery", "kind", "at", "link"], name="counted_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at}"


class CountedSum(models.Model):
    """What was counted of a send, in figures that stay when the rows of its people are gone."""

    send = models.OneToOneField(
        "sending.Send", on_delete=models.CASCADE, primary_key=True, related_name="counted_sum"
    )
    opened = models.PositiveIntegerField()
    only_machines = models.PositiveIntegerField()
    clicked = models.PositiveIntegerField()
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"send {self.send_id}: {self.opened} opened as counted"


class SuppressionPull(models.Model):
    """How far the suppression lists of a provider were read, and when they are read again."""

    #: The name of the transport.
    provider = models.CharField(max_length=60, unique=True)
    not_before = models.DateTimeField()
    #: Entries up to this time were read; none before the first reading.
    read_until = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    #: How many addresses the last reading suppressed.
    new = models.PositiveIntegerField(default=0)
    #: Why the last try failed, in words; empty where it did not.
    fault = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"suppression lists of {self.provider}"


class ProviderListRun(models.Model):
    """The provider's suppression lists, to be read or to be given ours because somebody asked."""

    class Action(models.TextChoices):
        """What is done, by the names of the commands."""

        PULL = "pull", "pull"
        PUSH = "push", "push"

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", "waiting"
        WORKING = "working", "working"
        DONE = "done", "done"
        FAILED = "failed", "failed"

    #: The name of the transport.
    provider = models.CharField(max_length=60)
    action = models.CharField(max_length=4, choices=Action.choices)
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    by = models.CharField(max_length=150, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    #: When a process last began with it, and how often one did.
    taken_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    #: Numbers of addresses: `read` and `new`, or `suppressed` and `pushed`.
    result: models.JSONField[dict[str, int], dict[str, int]] = models.JSONField(default=dict)
    #: Why it failed; empty where it did not.
    fault = PhraseField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "action"],
                condition=models.Q(done_at=None),
                name="one_open_list_run",
            )
        ]

    def __str__(self) -> str:
        return f"{self.action} of {self.provider}: {self.state}"


class UnparsedEvent(models.Model):
    """An event that could not be parsed, kept for a person to look at; without addresses."""

    at = models.DateTimeField(default=timezone.now)
    why = models.CharField(max_length=200)
    text = models.TextField()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.why


class DailyEventCount(models.Model):
    """The number of events of one sort on one day."""

    class Sort(models.TextChoices):
        """Every event that comes is counted as one of these."""

        NEW = "new", "new"
        REPEATED = "repeated", "received before"
        PROOF_ONLY = "proof_only", "proof of acceptance, and no more"
        FOREIGN = "foreign", "about mail that is not ours"
        IGNORED = "ignored", "opens and clicks that are not to be counted"
        UNPARSED = "unparsed", "not understood, kept aside"
        ACCOUNT = "account", "about the account"

    day = models.DateField()
    sort = models.CharField(max_length=10, choices=Sort.choices)
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "sort"], name="one_count_per_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.sort}: {self.count}"
