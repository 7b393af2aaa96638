import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0001_desk_sessions"),
        ("publishing", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="HiddenSteps",
            fields=[
                (
                    "publication",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="publishing.publication",
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="IssueWords",
            fields=[
                (
                    "issue",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="publishing.issue",
                    ),
                ),
                ("revision", models.BigIntegerField()),
                ("saved_at", models.DateTimeField(null=True)),
                ("text", models.TextField()),
            ],
        ),
    ]
