"""A publication says for how long the issue of a held slot can still be sent."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("publishing", "0012_published_entries")]

    operations = [
        migrations.AddField(
            model_name="publication",
            name="grace_hours",
            field=models.PositiveSmallIntegerField(
                default=24,
                help_text="A slot that is due without an approved issue is held, and people are told. For this long the issue can still be sent with one click; then the slot is skipped.",
                validators=[django.core.validators.MaxValueValidator(168)],
                verbose_name="grace period in hours",
            ),
        ),
    ]
