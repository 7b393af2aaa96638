"""Say of each post from which provider it came; until now there was one."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column."""

    dependencies = [("tracking", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="post",
            name="provider",
            field=models.CharField(default="sendgrid", max_length=60),
            preserve_default=False,
        ),
    ]
