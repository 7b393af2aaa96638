"""A notice is about whatever its key names, and a person can switch kinds of them off."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0003_numbers_and_drafts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.DeleteModel(name="Notice"),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("draft_opened", "the draft of a slot was opened"),
                            ("draft_due", "a slot has no issue two days before"),
                            (
                                "check_errors",
                                "the check of an issue finds errors two days before",
                            ),
                            ("approval", "an issue is not approved two days before"),
                            ("tomorrow", "an issue goes out within a day"),
                            ("went", "an issue was submitted, with its account"),
                            ("held", "an issue or a slot is held, with the reason"),
                        ],
                        max_length=20,
                    ),
                ),
                ("key", models.CharField(max_length=60)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("claimed", "being written"),
                            ("accepted", "accepted"),
                            ("not accepted", "not accepted"),
                        ],
                        default="claimed",
                        max_length=12,
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=1)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "key", "user"), name="one_notice_each")
                ],
            },
        ),
        migrations.CreateModel(
            name="ReminderChoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("muted", models.JSONField(blank=True, default=list)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminder_choice",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
    ]
