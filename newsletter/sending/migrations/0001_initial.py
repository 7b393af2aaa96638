import secrets
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


def name_database(apps, _schema_editor):
    """Give the database a key of its own."""
    key = secrets.token_hex(16)
    apps.get_model("sending", "DatabaseIdentity").objects.create(pk=1, key=key)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("publishing", "0001_initial"),
        ("subscribers", "0001_initial"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
    ]

    operations = [
        migrations.CreateModel(
            name="Edition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "issue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="editions",
                        to="publishing.issue",
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wagtailcore.revision",
                    ),
                ),
                ("subject", models.CharField(max_length=998)),
                ("document", models.TextField()),
                ("hash", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("issue", "hash"), name="one_edition_per_content"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Send",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "issue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sends",
                        to="publishing.issue",
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sends",
                        to="sending.edition",
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "queued"),
                            ("planning", "counting the audience"),
                            ("sending", "sending"),
                            ("paused", "paused"),
                            ("held", "held: a person must act"),
                            ("unresolved", "submitted; some answers are unknown"),
                            ("sent", "sent"),
                            ("cancelled", "cancelled"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500)),
                (
                    "delivery_mode",
                    models.CharField(
                        choices=[
                            ("immediate", "submitted at its scheduled time"),
                            ("prescheduled", "submitted before, leaves by itself"),
                            ("on_hold", "submitted before, leaves when released"),
                        ],
                        default="immediate",
                        max_length=12,
                    ),
                ),
                (
                    "resend_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="resends",
                        to="sending.send",
                    ),
                ),
                ("newcomers", models.BooleanField(default=False)),
                (
                    "canary",
                    models.CharField(
                        choices=[
                            ("none", "no canary"),
                            ("first", "a canary goes first"),
                            ("passed", "the canary came back well"),
                        ],
                        default="none",
                        max_length=6,
                    ),
                ),
                (
                    "seeds",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="subscribers.list",
                    ),
                ),
                (
                    "held_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("bounces", "too many bounces"),
                            ("complaints", "too many complaints"),
                            ("canary", "the canary did not come back well"),
                            ("restored", "the database may be older than what was submitted"),
                            ("lost", "too many answers were lost"),
                        ],
                        max_length=10,
                    ),
                ),
                ("lost_answers_from", models.BigIntegerField(default=0)),
                ("batch_size", models.PositiveIntegerField(default=1000)),
                ("planned_through", models.BigIntegerField(default=0)),
                ("candidates", models.PositiveIntegerField(default=0)),
                ("planned", models.PositiveIntegerField(default=0)),
                ("excluded", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("lists", models.ManyToManyField(related_name="sends", to="subscribers.list")),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["state", "at"], name="sends_due")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            models.Q(("state", "cancelled"), _negated=True), ("resend_of", None)
                        ),
                        fields=("issue",),
                        name="one_send_per_issue",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state__in", ("queued", "planning", "sending", "paused", "held"))
                        ),
                        fields=("issue",),
                        name="one_live_send_per_issue",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "send",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="batches",
                        to="sending.send",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting for the canary"),
                            ("planned", "planned"),
                            ("claimed", "claimed"),
                            ("accepted", "accepted"),
                            ("refused", "refused"),
                            ("unknown", "unknown"),
                            ("empty", "empty: everybody in it was excluded late"),
                        ],
                        default="planned",
                        max_length=8,
                    ),
                ),
                ("canary", models.BooleanField(default=False)),
                ("domain", models.CharField(blank=True, max_length=253)),
                ("not_before", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["state", "number", "send"], name="batches_to_submit")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("send", "number"), name="one_batch_per_number")
                ],
            },
        ),
        migrations.CreateModel(
            name="ProviderBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "send",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="provider_batches",
                        to="sending.send",
                    ),
                ),
                ("group", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "not asked for yet"),
                            ("open", "open"),
                            ("cancelling", "being cancelled at the provider"),
                            ("releasing", "being released"),
                            ("cancelled", "cancelled at the provider"),
                            ("released", "released"),
                        ],
                        default="new",
                        max_length=10,
                    ),
                ),
                ("provider_id", models.CharField(blank=True, max_length=100)),
                ("at", models.DateTimeField()),
                ("has_status", models.BooleanField(default=False)),
                ("cancelling_since", models.DateTimeField(blank=True, null=True)),
                ("in_doubt", models.BooleanField(default=False)),
                ("release_asked_at", models.DateTimeField(blank=True, null=True)),
                ("leavers_named", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [models.Index(fields=["state", "at"], name="provider_batches_to_tend")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state__in", ("new", "open", "cancelling", "releasing"))
                        ),
                        fields=("send", "group"),
                        name="one_live_provider_batch_per_group",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=32, unique=True)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attempts",
                        to="sending.batch",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reserved", "reserved"),
                            ("in_flight", "in flight"),
                            ("accepted", "accepted"),
                            ("refused", "refused"),
                            ("unknown", "unknown"),
                            ("not_sent", "not sent: nothing was accepted"),
                            ("cancelled", "cancelled before anything left"),
                        ],
                        default="reserved",
                        max_length=9,
                    ),
                ),
                ("owner", models.CharField(max_length=80)),
                ("lease_until", models.DateTimeField()),
                ("size", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("posted_at", models.DateTimeField(blank=True, null=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("message_id", models.CharField(blank=True, max_length=200)),
                ("answer", models.CharField(blank=True, max_length=500)),
                (
                    "provider_batch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attempts",
                        to="sending.providerbatch",
                    ),
                ),
                ("heard_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["state", "lease_until"], name="attempts_expired")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state__in", ("reserved", "in_flight", "accepted", "unknown"))
                        ),
                        fields=("batch",),
                        name="one_live_attempt_per_batch",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "attempt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="evidence",
                        to="sending.attempt",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("event", "an event names the attempt"),
                            ("answer", "the provider's answer came late"),
                            ("found", "the provider's log has it"),
                            ("absent", "the provider's log does not have it"),
                            (
                                "contradiction",
                                "mail of it went out, though it counted as not accepted",
                            ),
                            ("accepted", "a person took it for accepted"),
                            ("again", "a person had it submitted again"),
                        ],
                        max_length=13,
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("by", models.CharField(blank=True, max_length=150)),
                ("note", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "send",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="sending.send",
                    ),
                ),
                (
                    "subscriber",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="subscribers.subscriber",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="sending.batch",
                    ),
                ),
                ("address", models.CharField(max_length=254)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("excluded", "excluded late"),
                            ("refused", "refused"),
                            ("dropped", "dropped by the provider"),
                            ("delivered", "delivered"),
                            ("blocked", "blocked: turned away this time"),
                            ("bounced", "bounced"),
                            ("complained", "complained"),
                        ],
                        max_length=10,
                        null=True,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("outcome__isnull", False)),
                        fields=["send", "outcome"],
                        name="deliveries_with_outcome",
                    ),
                    models.Index(fields=["batch", "outcome"], name="deliveries_by_status"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subscriber", "send"), name="one_delivery_per_person"
                    ),
                    models.UniqueConstraint(
                        fields=("send", "address"), name="one_delivery_per_address"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LateLeaver",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "send",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="late_leavers",
                        to="sending.send",
                    ),
                ),
                (
                    "delivery",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="sending.delivery",
                    ),
                ),
                ("left_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Exclusion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "send",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="exclusions",
                        to="sending.send",
                    ),
                ),
                (
                    "subscriber",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="subscribers.subscriber",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("suppressed", "suppressed"),
                            ("unsubscribed", "unsubscribed"),
                            ("pending", "not confirmed"),
                            ("already", "has this issue already"),
                            ("unknown", "may have this issue already"),
                        ],
                        max_length=12,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["send", "reason"], name="exclusions_by_reason")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("send", "subscriber"), name="one_exclusion_per_person"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "send",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="audit_entries",
                        to="sending.send",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("paused", "paused"),
                            ("resumed", "resumed"),
                            ("cancelled", "cancelled"),
                            ("auto_paused", "paused automatically"),
                            ("overruled", "resumed against an automatic pause"),
                            ("canary_passed", "the canary came back well"),
                            ("released", "released without waiting for the canary"),
                            ("resent", "sent to those who did not get it"),
                        ],
                        max_length=13,
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("by", models.CharField(blank=True, max_length=150)),
                (
                    "auto_pause",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("bounces", "too many bounces"),
                            ("complaints", "too many complaints"),
                            ("canary", "the canary did not come back well"),
                            ("restored", "the database may be older than what was submitted"),
                            ("lost", "too many answers were lost"),
                        ],
                        max_length=10,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Rate",
            fields=[
                ("key", models.CharField(max_length=300, primary_key=True, serialize=False)),
                ("due", models.FloatField()),
                ("granted", models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            name="DryRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "send",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="dry_run",
                        to="sending.send",
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="sending.edition",
                    ),
                ),
                ("through", models.BigIntegerField(default=0)),
                ("asked", models.PositiveIntegerField(default=0)),
                ("refused", models.PositiveIntegerField(default=0)),
                ("findings", models.JSONField(default=list)),
                ("problem", models.CharField(blank=True, max_length=500)),
                ("not_before", models.DateTimeField(blank=True, null=True)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="DatabaseIdentity",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=32)),
                ("place", models.CharField(blank=True, max_length=600)),
                ("heartbeat_at", models.DateTimeField(blank=True, null=True)),
                ("heartbeats", models.PositiveBigIntegerField(default=0)),
                ("suspended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "suspended_for",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("behind", "it is older than what was submitted"),
                            (
                                "unconfirmed",
                                "nothing says whether it is older than what was submitted",
                            ),
                            ("moved", "it was moved or copied"),
                        ],
                        max_length=11,
                    ),
                ),
                ("known_until", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Submitter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("log", models.CharField(max_length=32, unique=True)),
                ("machine", models.CharField(blank=True, max_length=80)),
                ("count", models.PositiveBigIntegerField(default=0)),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="MissingAttempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=32, unique=True)),
                (
                    "witness",
                    models.CharField(
                        choices=[
                            ("marks", "the submission log"),
                            ("event", "an event"),
                            ("log", "the provider's log"),
                            ("maildir", "a file in the Maildir"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "not resolved"),
                            ("restored", "written into the ledger"),
                            ("left-out", "its people are left out of this issue"),
                            ("dismissed", "a person decided that nothing follows from it"),
                        ],
                        default="open",
                        max_length=9,
                    ),
                ),
                ("send", models.BigIntegerField(default=0)),
                ("batch", models.BigIntegerField(default=0)),
                ("submitted_at", models.DateTimeField(blank=True, null=True)),
                ("size", models.PositiveIntegerField(default=0)),
                ("people", models.TextField(blank=True)),
                ("delivery", models.BigIntegerField(default=0)),
                ("issue_key", models.CharField(blank=True, max_length=32)),
                ("publication", models.BigIntegerField(default=0)),
                ("volume", models.PositiveIntegerField(default=0)),
                ("issue_number", models.PositiveIntegerField(default=0)),
                ("title", models.CharField(blank=True, max_length=255)),
                ("found_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("by", models.CharField(blank=True, max_length=150)),
            ],
            options={
                "ordering": ["submitted_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="AlreadyMailed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "issue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="publishing.issue",
                    ),
                ),
                (
                    "subscriber",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="subscribers.subscriber",
                    ),
                ),
                (
                    "attempt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mailed",
                        to="sending.missingattempt",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subscriber", "issue"), name="mailed_once_per_person_and_issue"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ApprovalRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("hash", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "waiting for approval"),
                            ("approved", "approved"),
                            ("sent_back", "sent back"),
                        ],
                        default="open",
                        max_length=9,
                    ),
                ),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("note", models.CharField(blank=True, max_length=1000)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("answer", models.CharField(blank=True, max_length=1000)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "issue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="approval_requests",
                        to="publishing.issue",
                    ),
                ),
            ],
            options={
                "verbose_name": "request for approval",
                "verbose_name_plural": "requests for approval",
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("issue",),
                        name="one_open_request_per_issue",
                    )
                ],
            },
        ),
        migrations.RunPython(name_database, migrations.RunPython.noop),
    ]
