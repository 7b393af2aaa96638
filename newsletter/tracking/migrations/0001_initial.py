import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("sending", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Post",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("provider", models.CharField(max_length=60)),
                ("body", models.BinaryField()),
                ("size", models.PositiveIntegerField()),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("fault", models.CharField(blank=True, max_length=200)),
                ("not_before", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=100, unique=True)),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="sending.delivery",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("deferred", "deferred: tried again later"),
                            ("delivered", "delivered"),
                            ("bounced", "bounced: the address does not work"),
                            ("blocked", "blocked: turned away this time"),
                            ("dropped", "dropped by the provider"),
                            ("complained", "reported as spam"),
                            ("unsubscribed", "unsubscribed at the provider"),
                            ("left", "left this group at the provider"),
                        ],
                        max_length=12,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("reason", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind__in", ("complained", "unsubscribed", "left"))),
                        fields=("delivery", "kind", "at"),
                        name="one_event_of_a_reader_per_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="UnparsedEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("why", models.CharField(max_length=200)),
                ("text", models.TextField()),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="DailyEventCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                (
                    "sort",
                    models.CharField(
                        choices=[
                            ("new", "new"),
                            ("repeated", "received before"),
                            ("proof_only", "proof of acceptance, and no more"),
                            ("foreign", "about mail that is not ours"),
                            ("unparsed", "not understood, kept aside"),
                            ("account", "about the account"),
                        ],
                        max_length=10,
                    ),
                ),
                ("count", models.PositiveBigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("day", "sort"), name="one_count_per_day")
                ],
            },
        ),
    ]
