"""Call what names a missing attempt its source."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("sending", "0001_initial")]

    operations = [
        migrations.RenameField(model_name="missingattempt", old_name="witness", new_name="source"),
    ]
