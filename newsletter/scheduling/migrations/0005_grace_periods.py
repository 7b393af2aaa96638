"""A held slot can be sent for a while, then it is skipped; those of long ago are skipped now."""

import datetime as dt
from typing import Any

from django.db import migrations, models

DAY = dt.timedelta(days=1)


def end_old_holds(apps: Any, _schema_editor: Any) -> None:
    """Skip the slots that were held a day ago or more, as if they had been skipped then.

    Whoever was told of one that is held since is not told again.
    """
    held = apps.get_model("scheduling", "Slot").objects.filter(state="held", send=None)
    held.update(held_at=models.F("at"), grace_until=models.F("at") + DAY)
    notices = apps.get_model("scheduling", "Notice").objects.filter(kind="held")
    for slot in held.iterator():
        key = f"slot:{slot.publication_id}:{slot.date}"
        notices.filter(key=key).update(key=f"{key}:{slot.held_at.timestamp():.0f}")
    held.filter(grace_until__lte=dt.datetime.now(dt.UTC)).update(
        state="skipped",
        note="Nothing was sent in time.",
        changed_at=models.F("at") + DAY,
        sequence=models.F("sequence") + 1,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0004_reminders"),
        ("sending", "0008_held_at"),
        ("publishing", "0013_grace_hours"),
    ]

    operations = [
        migrations.AddField(
            model_name="slot",
            name="held_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="slot",
            name="grace_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("draft_opened", "the draft of a slot was opened"),
                    ("draft_due", "a slot has no issue two days before"),
                    ("check_errors", "the check of an issue finds errors two days before"),
                    ("approval", "an issue is not approved two days before"),
                    ("tomorrow", "an issue goes out within a day"),
                    ("went", "an issue was submitted, with its account"),
                    ("held", "an issue or a slot is held, with the reason"),
                    ("skipped", "a slot was skipped, because nothing was sent in time"),
                ],
                max_length=20,
            ),
        ),
        migrations.RunPython(end_old_holds, migrations.RunPython.noop),
    ]
