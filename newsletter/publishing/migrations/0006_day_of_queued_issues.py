from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.db import migrations


def remember(apps: Any, _editor: Any) -> None:
    """Give issues without a date the day that their mail says: the one of its rendering."""
    send_model = apps.get_model("sending", "Send")
    issue_model = apps.get_model("publishing", "Issue")
    kept = send_model.objects.exclude(state="cancelled", started_at=None)
    for send in kept.filter(issue__date=None).order_by("pk").select_related("edition", "issue"):
        zone = ZoneInfo(send.issue.publication.time_zone)
        day = send.edition.created_at.astimezone(zone).date()
        issue_model.objects.filter(pk=send.issue_id, issued_on=None).update(issued_on=day)


class Migration(migrations.Migration):
    dependencies = [
        ("publishing", "0005_issued_on"),
        ("sending", "0007_fence_in_doubt"),
    ]

    operations = [migrations.RunPython(remember, migrations.RunPython.noop)]
