"""Dates that a changed rhythm has no more, for calendar programs."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("publishing", "0006_lead_picture_shape"),
    ]

    operations = [
        migrations.AddField(
            model_name="publication",
            name="dropped_dates",
            field=models.JSONField(blank=True, default=dict, editable=False),
        ),
    ]
