import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("publishing", "0001_initial"),
        ("sending", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Slot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "publication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="slots",
                        to="publishing.publication",
                    ),
                ),
                ("date", models.DateField()),
                ("at", models.DateTimeField()),
                ("moved", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("filled", "filled"),
                            ("held", "held"),
                            ("skipped", "skipped"),
                            ("sent", "sent"),
                        ],
                        default="open",
                        max_length=8,
                    ),
                ),
                (
                    "send",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="slot",
                        to="sending.send",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ["at"],
                "indexes": [models.Index(fields=["state", "at"], name="slots_due")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("publication", "date"), name="one_slot_per_date"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ClockReading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
        ),
    ]
