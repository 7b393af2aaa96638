from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Counter",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("account", models.CharField(blank=True, db_index=True, default="", max_length=64)),
                ("count", models.PositiveIntegerField(default=0)),
                ("ends_at", models.BigIntegerField(db_index=True)),
            ],
        ),
    ]
