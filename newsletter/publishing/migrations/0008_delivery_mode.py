import django.core.validators
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def keep_undo(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """What could be undone until the last second is on hold until then; all else is immediate."""
    publications = apps.get_model("publishing", "Publication").objects.using(
        editor.connection.alias
    )
    publications.filter(undo_until_sent=True).update(delivery_mode="on_hold")


class Migration(migrations.Migration):
    dependencies = [("publishing", "0007_exact_rights")]

    operations = [
        migrations.AddField(
            model_name="publication",
            name="delivery_mode",
            field=models.CharField(
                choices=[
                    ("immediate", "immediate: submitted at the scheduled time"),
                    ("prescheduled", "pre-scheduled: submitted before, goes out by itself"),
                    ("on_hold", "on hold: submitted before, goes out when released"),
                ],
                default="immediate",
                help_text="Immediate: whoever leaves before it goes out does not get it. An answer of the provider that is lost leaves people unknown until there is evidence. Pre-scheduled: a lost answer is resolved without you, and the issue goes out even while this program is down. Who leaves in the last 11 minutes still gets it. On hold: as pre-scheduled, and you can undo it until the last second. If this program is down then, nothing goes out until it is back; after three days the provider discards it. Both need SendGrid and rely on what it documents: try them with a few addresses first.",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="publication",
            name="preschedule_minutes",
            field=models.PositiveSmallIntegerField(
                default=30,
                help_text="So long before its time an issue is submitted that is pre-scheduled or on hold.",
                validators=[
                    django.core.validators.MinValueValidator(20),
                    django.core.validators.MaxValueValidator(600),
                ],
                verbose_name="minutes before",
            ),
        ),
        migrations.RunPython(keep_undo, migrations.RunPython.noop),
        migrations.RemoveField(model_name="publication", name="undo_until_sent"),
    ]
