"""On PostgreSQL, look up the parents of new rows by index, whatever plan the session keeps.

A session that wrote its first subscription while there was nobody kept a plan that reads all people
for each subscription: its next large import took minutes.
"""

from django.db import migrations

#: Tables with a column whose parents are looked up after an INSERT (see 0018).
KEYS = (
    ("subscribers_subscription", "subscriber_id"),
    ("subscribers_subscription", "list_id"),
    ("subscribers_importchange", "run_id"),
)


def look_up_by_index(_apps, schema_editor):
    """Forbid the functions of the triggers to read whole tables, on PostgreSQL."""
    if schema_editor.connection.vendor != "postgresql":
        return
    for table, column in KEYS:
        schema_editor.execute(
            f"ALTER FUNCTION {table}_{column}_added() SET enable_seqscan = off", params=None
        )


class Migration(migrations.Migration):
    dependencies = [("subscribers", "0019_half_written_imports")]

    operations = [migrations.RunPython(look_up_by_index, elidable=False)]
