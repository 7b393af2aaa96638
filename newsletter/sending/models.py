"""The ledger: what is to be sent to whom, what was submitted, and what is known about it.

Unique keys make sure that nobody is mailed twice: an issue has one send, apart from
resends, and one live send at a time; one delivery per send and person; one live attempt per
batch.  No code checks these first; the database refuses.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsletter.stored_phrases import PhraseField


class Edition(models.Model):
    """An issue, rendered and frozen.  What was approved is what is sent.

    `document` is a `newsletter.rendering.CompiledEdition` as JSON; `hash` is its hash.
    """

    issue = models.ForeignKey("publishing.Issue", on_delete=models.PROTECT, related_name="editions")
    revision = models.ForeignKey(
        "wagtailcore.Revision", on_delete=models.PROTECT, null=True, related_name="+"
    )
    subject = models.CharField(max_length=998)
    document = models.TextField()
    hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issue", "hash"], name="one_edition_per_content")
        ]

    def __str__(self) -> str:
        return f"{self.subject} ({self.hash[:8]})"


class ApprovalRequest(models.Model):
    """A request to approve an issue as it is, and the answer to it.

    `hash` is that of the edition which the draft made when it was asked.
    """

    class State(models.TextChoices):
        """The answer."""

        OPEN = "open", _("waiting for approval")
        APPROVED = "approved", _("approved")
        SENT_BACK = "sent_back", _("sent back")

    issue = models.ForeignKey(
        "publishing.Issue", on_delete=models.CASCADE, related_name="approval_requests"
    )
    hash = models.CharField(max_length=64)
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    note = models.CharField(max_length=1000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answer = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("request for approval")
        verbose_name_plural = _("requests for approval")
        constraints = [
            models.UniqueConstraint(
                fields=["issue"], condition=Q(state="open"), name="one_open_request_per_issue"
            )
        ]

    def __str__(self) -> str:
        return f"{self.issue_id}: {self.state}"


class SendQuerySet(models.QuerySet["Send"]):
    """Queries for sends."""

    def in_progress(self) -> SendQuerySet:
        """Return the sends whose batches may be claimed."""
        return self.filter(state=Send.State.SENDING)


class Send(models.Model):
    """One edition for one audience, and what becomes of it."""

    class State(models.TextChoices):
        """Its state; `ledger.states` says which transitions are allowed."""

        QUEUED = "queued", _("queued")
        PLANNING = "planning", _("counting the audience")
        SENDING = "sending", _("sending")
        PAUSED = "paused", _("paused")
        HELD = "held", _("held: a person must act")
        UNRESOLVED = "unresolved", _("submitted; some answers are unknown")
        SENT = "sent", _("sent")
        CANCELLED = "cancelled", _("cancelled")

    class DeliveryMode(models.TextChoices):
        """When the provider gets the mail, and if it can be cancelled there (`prescheduled`)."""

        IMMEDIATE = "immediate", _("submitted at its scheduled time")
        PRESCHEDULED = "prescheduled", _("submitted before, leaves by itself")
        ON_HOLD = "on_hold", _("submitted before, leaves when released")

    class Canary(models.TextChoices):
        """Whether a few people get it first (`newsletter.sending.safeguards.canary`)."""

        NONE = "none", _("no canary")
        FIRST = "first", _("a canary goes first")
        PASSED = "passed", _("the canary came back well")

    class AutoPause(models.TextChoices):
        """Why a send was paused automatically (`safeguards`)."""

        BOUNCES = "bounces", _("too many bounces")
        COMPLAINTS = "complaints", _("too many complaints")
        CANARY = "canary", _("the canary did not come back well")
        RESTORED = "restored", _("the database may be older than what was submitted")
        LOST = "lost", _("too many answers were lost")

    issue = models.ForeignKey("publishing.Issue", on_delete=models.PROTECT, related_name="sends")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="sends")
    lists = models.ManyToManyField("subscribers.List", related_name="sends")
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    note = PhraseField(max_length=500, blank=True)
    delivery_mode = models.CharField(
        max_length=12, choices=DeliveryMode.choices, default=DeliveryMode.IMMEDIATE
    )
    #: The send that this one is a resend of: it goes to those who did not get the issue.
    resend_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="resends"
    )
    #: Whether people who joined since may be mailed too; only for a resend.
    newcomers = models.BooleanField(default=False)
    canary = models.CharField(max_length=6, choices=Canary.choices, default=Canary.NONE)
    #: Only those of the lists who are in it are candidates; its filter is frozen when queued.
    segment = models.ForeignKey(
        "subscribers.Segment",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sends",
    )
    segment_filter = models.TextField(blank=True)
    #: Of the candidates, those whom this filter finds go first, too.
    seed_filter = models.TextField(blank=True)
    #: People on this list go first, whether they are on another one or not.
    seeds = models.ForeignKey(
        "subscribers.List", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    #: The automatic pause that holds it; empty if it is not held, or if a person held it.
    held_by = models.CharField(max_length=10, choices=AutoPause.choices, blank=True)
    #: When it was held last: a person is told once of each time.
    held_at = models.DateTimeField(null=True, blank=True)
    #: Lost answers count from after this attempt: then a person resumed the send.
    lost_answers_from = models.BigIntegerField(default=0)

    #: Whether the provider counts who opens it, and who follows its links: decided as it begins.
    count_opens = models.BooleanField(default=False)
    count_clicks = models.BooleanField(default=False)

    batch_size = models.PositiveIntegerField(default=1000)
    #: Planning goes through the subscribers in the order of their ids; up to here it is done.
    planned_through = models.BigIntegerField(default=0)
    candidates = models.PositiveIntegerField(default=0)
    planned = models.PositiveIntegerField(default=0)
    excluded = models.PositiveIntegerField(default=0)

    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = SendQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("send")
        verbose_name_plural = _("sends")
        constraints = [
            models.UniqueConstraint(
                fields=["issue"],
                condition=~Q(state="cancelled") & Q(resend_of=None),
                name="one_send_per_issue",
            ),
            models.UniqueConstraint(
                fields=["issue"],
                condition=Q(state__in=("queued", "planning", "sending", "paused", "held")),
                name="one_live_send_per_issue",
            ),
        ]
        indexes = [models.Index(fields=["state", "at"], name="sends_due")]

    def __str__(self) -> str:
        return f"send {self.pk}: {self.state}"


class BatchQuerySet(models.QuerySet["Batch"]):
    """Queries for batches."""

    def claimable(self) -> BatchQuerySet:
        """Return the batches that a sender may claim now."""
        suspended = DatabaseIdentity.objects.filter(suspended_at__isnull=False)
        planned = self.filter(state=Batch.State.PLANNED, send__state=Send.State.SENDING)
        planned = planned.exclude(Exists(suspended))
        return planned.filter(Q(not_before=None) | Q(not_before__lte=Now()))


class Batch(models.Model):
    """Up to 1,000 deliveries that go in one request and share one result."""

    class State(models.TextChoices):
        """The state of every delivery in it that has no outcome of its own."""

        WAITING = "waiting", _("waiting for the canary")
        PLANNED = "planned", _("planned")
        CLAIMED = "claimed", _("claimed")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")
        UNKNOWN = "unknown", _("unknown")
        EMPTY = "empty", _("empty: everybody in it was excluded late")

    send = models.ForeignKey(Send, on_delete=models.CASCADE, related_name="batches", db_index=False)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.PLANNED)
    #: Whether it goes before the others.
    canary = models.BooleanField(default=False)
    #: The domain of all its people, if that domain has a rate of its own; else empty.
    domain = models.CharField(max_length=253, blank=True)
    #: Not before this time; set after a temporary failure, or if a rate asks to wait.
    not_before = models.DateTimeField(null=True, blank=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["send", "number"], name="one_batch_per_number")
        ]
        # In the order in which they are submitted: the first of each send, then the second.
        indexes = [models.Index(fields=["state", "number", "send"], name="batches_to_submit")]

    def __str__(self) -> str:
        return f"send {self.send_id} batch {self.number}: {self.state}"


class ProviderBatch(models.Model):
    """A batch id of the provider, under which mail waits for its time and can be cancelled.

    The batches of a send share at most eight, its groups.  A group has one live provider batch; one
    that was cancelled is followed by another.
    """

    class State(models.TextChoices):
        """Mail may only be submitted under an open one."""

        NEW = "new", _("not asked for yet")
        OPEN = "open", _("open")
        CANCELLING = "cancelling", _("being cancelled at the provider")
        RELEASING = "releasing", _("being released")
        CANCELLED = "cancelled", _("cancelled at the provider")
        RELEASED = "released", _("released")

    send = models.ForeignKey(
        Send, on_delete=models.CASCADE, related_name="provider_batches", db_index=False
    )
    group = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    #: What the provider calls it; empty while it is new.
    provider_id = models.CharField(max_length=100, blank=True)
    #: When mail under it leaves.
    at = models.DateTimeField()
    #: Whether the provider keeps a pause or a cancellation of it: it has room for ten.
    has_status = models.BooleanField(default=False)
    cancelling_since = models.DateTimeField(null=True, blank=True)
    #: Its time has passed, and nobody knows whether it was cancelled before.
    in_doubt = models.BooleanField(default=False)
    #: When the provider was last asked to let go of mail on hold; the answer may have been lost.
    release_asked_at = models.DateTimeField(null=True, blank=True)
    #: Whether people who left too late are recorded (`newsletter.sending.prescheduled.leavers`).
    leavers_named = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["send", "group"],
                condition=Q(state__in=("new", "open", "cancelling", "releasing")),
                name="one_live_provider_batch_per_group",
            )
        ]
        indexes = [models.Index(fields=["state", "at"], name="provider_batches_to_tend")]

    def __str__(self) -> str:
        return f"send {self.send_id} group {self.group}: {self.state}"


class AttemptQuerySet(models.QuerySet["Attempt"]):
    """Queries for attempts."""

    def expired(self) -> AttemptQuerySet:
        """Return the attempts whose lease is over by the database's clock."""
        return self.filter(lease_until__lte=Now())


class Attempt(models.Model):
    """One submission of a batch.  `key` travels with each mail and comes back in events."""

    class State(models.TextChoices):
        """A reserved attempt can be returned; from in flight on, the provider may have it."""

        RESERVED = "reserved", _("reserved")
        IN_FLIGHT = "in_flight", _("in flight")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")
        UNKNOWN = "unknown", _("unknown")
        NOT_SENT = "not_sent", _("not sent: nothing was accepted")
        CANCELLED = "cancelled", _("cancelled before anything left")

    #: In these states the provider has the mail, or may have it.
    TAKEN: ClassVar[tuple[State, ...]] = (State.IN_FLIGHT, State.ACCEPTED, State.UNKNOWN)

    key = models.CharField(max_length=32, unique=True)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="attempts")
    state = models.CharField(max_length=9, choices=State.choices, default=State.RESERVED)
    owner = models.CharField(max_length=80)
    lease_until = models.DateTimeField()
    size = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    posted_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    message_id = models.CharField(max_length=200, blank=True)
    answer = PhraseField(max_length=500, blank=True)
    provider_batch = models.ForeignKey(
        ProviderBatch, on_delete=models.PROTECT, null=True, blank=True, related_name="attempts"
    )
    #: When the first event came that carried its key.
    heard_at = models.DateTimeField(null=True, blank=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["batch"],
                condition=Q(state__in=("reserved", "in_flight", "accepted", "unknown")),
                name="one_live_attempt_per_batch",
            )
        ]
        indexes = [
            models.Index(fields=["state", "lease_until"], name="attempts_expired"),
            # Finds the last that was accepted among those of years.
            models.Index(fields=["state", "posted_at"], name="attempts_by_time"),
        ]

    def __str__(self) -> str:
        return f"attempt {self.key}: {self.state}"


class Evidence(models.Model):
    """Evidence for or against an unknown attempt, and a person's decision about it."""

    class Kind(models.TextChoices):
        """Where the evidence comes from."""

        EVENT = "event", _("an event names the attempt")
        ANSWER = "answer", _("the provider's answer came late")
        FOUND = "found", _("the provider's log has it")
        ABSENT = "absent", _("the provider's log does not have it")
        CONTRADICTION = "contradiction", _("mail of it went out, though it counted as not accepted")
        ACCEPTED = "accepted", _("a person took it for accepted")
        SUBMITTED_AGAIN = "again", _("a person had it submitted again")

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=13, choices=Kind.choices)
    at = models.DateTimeField(default=timezone.now)
    #: Who decided; empty if no person did.
    by = models.CharField(max_length=150, blank=True)
    note = PhraseField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"attempt {self.attempt_id}: {self.kind}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Queries for deliveries."""

    def with_mail(self) -> DeliveryQuerySet:
        """Leave out those for whom nothing was submitted, or whose mail was turned down.

        Whether the others have their mail is known by the batch.
        """
        return self.filter(Q(outcome=None) | ~Q(outcome__in=Delivery.WITHOUT_MAIL))


class Delivery(models.Model):
    """One edition for one subscriber.

    Its state is that of its batch, unless it has an `outcome` of its own.  So a
    thousand deliveries change state with one small write, and can never disagree with their batch.
    """

    class Outcome(models.TextChoices):
        """What is known of this one person beyond the batch."""

        EXCLUDED = "excluded", _("excluded late")
        REFUSED = "refused", _("refused")
        DROPPED = "dropped", _("dropped by the provider")
        DELIVERED = "delivered", _("delivered")
        BLOCKED = "blocked", _("blocked: turned away this time")
        BOUNCED = "bounced", _("bounced")
        COMPLAINED = "complained", _("complained")

    #: For these nothing was submitted, or their mail was turned down.
    WITHOUT_MAIL = (Outcome.EXCLUDED, Outcome.REFUSED, Outcome.DROPPED)

    # A unique key begins with the send; a million rows need no further index to find it.
    send = models.ForeignKey(
        Send, on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    # Likewise: the key of the two begins with the subscriber.
    subscriber = models.ForeignKey(
        "subscribers.Subscriber",
        on_delete=models.PROTECT,
        related_name="deliveries",
        db_index=False,
    )
    # Its index is the one below that begins with it.
    batch = models.ForeignKey(
        Batch, on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    address = models.CharField(max_length=254)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, null=True, blank=True)
    reason = PhraseField(max_length=200, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "send"], name="one_delivery_per_person"),
            models.UniqueConstraint(fields=["send", "address"], name="one_delivery_per_address"),
        ]
        indexes = [
            models.Index(
                fields=["send", "outcome"],
                condition=Q(outcome__isnull=False),
                name="deliveries_with_outcome",
            ),
            # Counts a million people by state without reading a row.
            models.Index(fields=["batch", "outcome"], name="deliveries_by_status"),
        ]

    def __str__(self) -> str:
        return f"send {self.send_id} to subscriber {self.subscriber_id}"


class LateLeaver(models.Model):
    """Somebody who left while their mail waited at the provider, too late to be cancelled."""

    send = models.ForeignKey(Send, on_delete=models.CASCADE, related_name="late_leavers")
    delivery = models.OneToOneField(Delivery, on_delete=models.CASCADE, related_name="+")
    left_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"send {self.send_id}: delivery {self.delivery_id} left too late"


class Exclusion(models.Model):
    """A candidate who was left out when the audience was counted, and the reason."""

    class Reason(models.TextChoices):
        """The first that applies, in this order."""

        SUPPRESSED = "suppressed", _("suppressed")
        UNSUBSCRIBED = "unsubscribed", _("unsubscribed")
        PENDING = "pending", _("not confirmed")
        ALREADY = "already", _("has this issue already")
        UNKNOWN = "unknown", _("may have this issue already")
        PAUSED = "paused", _("paused")

    send = models.ForeignKey(
        Send, on_delete=models.CASCADE, related_name="exclusions", db_index=False
    )
    subscriber = models.ForeignKey(
        "subscribers.Subscriber", on_delete=models.CASCADE, related_name="+"
    )
    reason = models.CharField(max_length=12, choices=Reason.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["send", "subscriber"], name="one_exclusion_per_person")
        ]
        indexes = [models.Index(fields=["send", "reason"], name="exclusions_by_reason")]

    def __str__(self) -> str:
        return f"send {self.send_id} without subscriber {self.subscriber_id}: {self.reason}"


class AuditEntry(models.Model):
    """One line of the audit log: what a person, or the program, did with a send."""

    class Kind(models.TextChoices):
        """What."""

        PAUSED = "paused", _("paused")
        RESUMED = "resumed", _("resumed")
        CANCELLED = "cancelled", _("cancelled")
        AUTO_PAUSED = "auto_paused", _("paused automatically")
        OVERRULED = "overruled", _("resumed against an automatic pause")
        CANARY_PASSED = "canary_passed", _("the canary came back well")
        RELEASED = "released", _("released without waiting for the canary")
        RESENT = "resent", _("sent to those who did not get it")

    send = models.ForeignKey(Send, on_delete=models.CASCADE, related_name="audit_entries")
    kind = models.CharField(max_length=13, choices=Kind.choices)
    at = models.DateTimeField(default=timezone.now)
    #: Who did it; empty if no person did.
    by = models.CharField(max_length=150, blank=True)
    auto_pause = models.CharField(max_length=10, choices=Send.AutoPause.choices, blank=True)
    note = PhraseField(max_length=500, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"send {self.send_id}: {self.kind}"


class Rate(models.Model):
    """How far ahead of its limit a key is, by the database's clock (`limits.rates`).

    `due` is the theoretical arrival time of the generic cell rate algorithm (ITU-T I.371), in
    seconds since 1970: until then everything that was submitted is paid for.
    """

    key = models.CharField(max_length=300, primary_key=True)
    due = models.FloatField()
    #: Whether the last batch that asked may go.
    granted = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.key


class DryRun(models.Model):
    """What the provider said about a queued send in advance; nobody was mailed.

    It goes through the subscribers in the order of their ids; up to `through` it is done.
    `findings` are the first of the `refused`: [id of the subscriber, why].
    """

    send = models.OneToOneField(Send, on_delete=models.CASCADE, related_name="dry_run")
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="+")
    through = models.BigIntegerField(default=0)
    asked = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    findings = models.JSONField(default=list)
    problem = PhraseField(max_length=500, blank=True)
    not_before = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"dry run of send {self.send_id}: {self.refused} of {self.asked} refused"


class DatabaseIdentity(models.Model):
    """Which database this is, where it is stored, and whether it may send; there is one row.

    `key` is the same in every backup and copy.  `place` says where it was last used for sending
    (`newsletter.sending.restores.identity`), so a copy knows that it is in another place.
    """

    class Reason(models.TextChoices):
        """Why nothing is sent."""

        BEHIND = "behind", _("it is older than what was submitted")
        UNCONFIRMED = "unconfirmed", _("nothing says whether it is older than what was submitted")
        MOVED = "moved", _("it was moved or copied")

    key = models.CharField(max_length=32)
    place = models.CharField(max_length=600, blank=True)
    #: The last heartbeat of a process that sends, by the database's clock.
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    #: The number of heartbeats: a clock may be set back, this number never decreases.
    heartbeats = models.PositiveBigIntegerField(default=0)
    #: Since when nothing is sent; null while all is well.
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspended_for = models.CharField(max_length=11, choices=Reason.choices, blank=True)
    #: The heartbeat before that: mail submitted since then may not be known.
    known_until = models.DateTimeField(null=True, blank=True)
    #: Where `newsletter move` has brought it; then this is the old one, which never sends again.
    moved_to = models.CharField(max_length=600, blank=True)
    #: When that was finished; null while it is in progress, or was killed in the middle.
    move_finished_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"database {self.key[:8]}"


class Submitter(models.Model):
    """One submission log, and so one state folder, from which mail was submitted."""

    log = models.CharField(max_length=32, unique=True)
    machine = models.CharField(max_length=80, blank=True)
    #: The counter of its last entry, as far as the database knows.
    count = models.PositiveBigIntegerField(default=0)
    seen_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"submission log {self.log} on {self.machine}: {self.count}"


class MissingAttempt(models.Model):
    """An attempt that something outside of the database names and the ledger did not know.

    `send` and `batch` are numbers, not keys: they may be missing, too.
    """

    class Source(models.TextChoices):
        """What names it."""

        SUBMISSION_LOG = "marks", _("the submission log")
        EVENT = "event", _("an event")
        PROVIDER_LOG = "log", _("the provider's log")
        MAILDIR = "maildir", _("a file in the Maildir")

    class State(models.TextChoices):
        """What became of it."""

        OPEN = "open", _("not resolved")
        RESTORED = "restored", _("written into the ledger")
        LEFT_OUT = "left-out", _("its people are left out of this issue")
        DISMISSED = "dismissed", _("a person decided that nothing follows from it")

    key = models.CharField(max_length=32, unique=True)
    source = models.CharField(max_length=8, choices=Source.choices)
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    send = models.BigIntegerField(default=0)
    batch = models.BigIntegerField(default=0)
    submitted_at = models.DateTimeField(null=True, blank=True)
    size = models.PositiveIntegerField(default=0)
    #: Subscribers, as `newsletter.sending.restores.submission_log.to_ranges` writes them.
    people = models.TextField(blank=True)
    #: The delivery that an event or a log entry names; 0 if there is none.
    delivery = models.BigIntegerField(default=0)
    #: The issue, as it can be found in an older database: its key, or its publication and number.
    issue_key = models.CharField(max_length=32, blank=True)
    publication = models.BigIntegerField(default=0)
    volume = models.PositiveIntegerField(default=0)
    issue_number = models.PositiveIntegerField(default=0)
    title = models.CharField(max_length=255, blank=True)
    found_at = models.DateTimeField(default=timezone.now)
    by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["submitted_at", "pk"]

    def __str__(self) -> str:
        return f"missing attempt {self.key} of send {self.send}: {self.state}"


class AlreadyMailed(models.Model):
    """Somebody who got an issue, or may have got it, in a send that the ledger lost."""

    issue = models.ForeignKey("publishing.Issue", on_delete=models.CASCADE, related_name="+")
    subscriber = models.ForeignKey(
        "subscribers.Subscriber", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    attempt = models.ForeignKey(MissingAttempt, on_delete=models.PROTECT, related_name="mailed")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber", "issue"], name="mailed_once_per_person_and_issue"
            )
        ]

    def __str__(self) -> str:
        return f"subscriber {self.subscriber_id} was mailed issue {self.issue_id}"
