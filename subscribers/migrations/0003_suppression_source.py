import django.utils.timezone
from django.db import migrations, models

REASONS = [
    ("bounced", "the mailbox does not exist"),
    ("complained", "reported as spam"),
    ("invalid", "not a valid address"),
    ("manual", "suppressed by hand"),
]
SOURCES = [("hand", "a person here"), ("file", "a file"), ("provider", "the mail provider")]


def told_by_the_provider(apps, _schema_editor):
    """Bounces, complaints and invalid addresses of before came from the provider's events."""
    suppression = apps.get_model("subscribers", "Suppression")
    suppression.objects.exclude(reason="manual").update(source="provider")


class Migration(migrations.Migration):
    dependencies = [
        ("subscribers", "0002_signing_key"),
    ]

    operations = [
        migrations.AddField(
            model_name="suppression",
            name="source",
            field=models.CharField(choices=SOURCES, default="hand", max_length=12),
        ),
        migrations.CreateModel(
            name="SuppressionRemoval",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.EmailField(max_length=254)),
                ("key", models.CharField(db_index=True, editable=False, max_length=254)),
                ("reason", models.CharField(choices=REASONS, max_length=12)),
                ("source", models.CharField(choices=SOURCES, max_length=12)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("suppressed_at", models.DateTimeField()),
                ("why", models.CharField(max_length=300)),
                ("by", models.CharField(blank=True, max_length=150)),
                (
                    "removed_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
            ],
            options={"ordering": ["-removed_at"]},
        ),
        migrations.RunPython(told_by_the_provider, migrations.RunPython.noop),
    ]
