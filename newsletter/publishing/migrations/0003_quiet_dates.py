from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("publishing", "0002_publication_look"),
    ]

    operations = [
        migrations.AddField(
            model_name="publication",
            name="holiday_regions",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="Public holidays of these countries and regions stand in the calendar.",
                verbose_name="holidays of",
            ),
        ),
        migrations.AddField(
            model_name="publication",
            name="quiet_dates",
            field=models.TextField(
                blank=True,
                help_text="Dates of your own, one on each line: 2026-12-24 to 2027-01-01 Closed. They count as holidays.",
                verbose_name="quiet dates",
            ),
        ),
        migrations.AddField(
            model_name="publication",
            name="quiet_policy",
            field=models.CharField(
                choices=[
                    ("mark", "it goes out all the same"),
                    ("skip", "it is skipped"),
                    ("before", "it goes out the day before"),
                    ("after", "it goes out the day after"),
                ],
                default="mark",
                help_text="What becomes of a slot on such a day. If no day near it is free, the slot is skipped.",
                max_length=8,
                verbose_name="on a holiday",
            ),
        ),
        migrations.AddField(
            model_name="publication",
            name="rhythm_changed_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="publication",
            name="rhythm_version",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
    ]
