from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("publishing", "0003_quiet_dates"),
    ]

    operations = [
        migrations.AddField(
            model_name="publication",
            name="skeleton",
            field=models.JSONField(blank=True, default=dict, editable=False),
        ),
    ]
