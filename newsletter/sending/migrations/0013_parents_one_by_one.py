"""On PostgreSQL, look up the parents of new deliveries by their numbers, one by one.

The statement of 0007 was planned by what PostgreSQL took the tables for.  With a plan for few people
it read all of them for each delivery.  Now no plan can: each parent is looked up by its number, and
the plan that a session keeps was made with reading whole tables forbidden.
"""

from django.db import migrations

#: The columns of a delivery, and the tables they point to.
PARENTS = (
    ("send_id", "sending_send"),
    ("subscriber_id", "subscribers_subscriber"),
    ("batch_id", "sending_batch"),
)

ADDED = """
CREATE OR REPLACE FUNCTION sending_delivery_{column}_added() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off AS $$
BEGIN
    IF (SELECT COUNT(*)
          -- In one order, so that no two block each other.
          FROM (SELECT DISTINCT {column} AS id FROM added ORDER BY 1) AS wanted
         CROSS JOIN LATERAL (
               SELECT FROM {parents} AS parent
                WHERE parent.id = wanted.id
                  FOR KEY SHARE) AS held)
       < (SELECT COUNT(DISTINCT {column}) FROM added) THEN
        RAISE foreign_key_violation USING
            MESSAGE = 'insert on table "sending_delivery" violates the key {column}',
            DETAIL = 'A row of it is not present in table "{parents}".';
    END IF;
    RETURN NULL;
END $$
"""


def look_up_one_by_one(_apps, schema_editor):
    """Replace what the triggers do after an INSERT, on PostgreSQL."""
    if schema_editor.connection.vendor != "postgresql":
        return
    for column, parents in PARENTS:
        schema_editor.execute(ADDED.format(column=column, parents=parents), params=None)


class Migration(migrations.Migration):
    dependencies = [("sending", "0012_attempts_by_time")]

    operations = [migrations.RunPython(look_up_one_by_one, elidable=False)]
