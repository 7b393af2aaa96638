"""A send knows since when it is held."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sending", "0007_delivery_parents")]

    operations = [
        migrations.AddField(
            model_name="send",
            name="held_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
