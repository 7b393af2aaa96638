"""On PostgreSQL, check the parents of all deliveries of a statement at once, not row by row.

A foreign key looks up each row by itself, at the commit.  A delivery has three of them, which took
two thirds of the time of planning a million people.  For each key, three triggers do the same:

- `added`: after an INSERT, all parents are held at once by the lock that the key takes, or the
  statement is refused.  Whoever deletes a parent waits for the commit, or this one waits for theirs.
- `moved`: after an UPDATE of the column, which is rare, row by row.
- `kept`: whoever deletes a parent is refused at the commit if it has deliveries then.

The models still say that these are foreign keys: SQLite keeps them, and Django deletes by them.
"""

from django.db import migrations

#: The columns of a delivery, and the tables they point to.
PARENTS = (
    ("send_id", "sending_send"),
    ("subscriber_id", "subscribers_subscriber"),
    ("batch_id", "sending_batch"),
)

ADDED = """
CREATE FUNCTION sending_delivery_{column}_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT COUNT(*)
          FROM (SELECT parent.id FROM {parents} AS parent
                 WHERE parent.id IN (SELECT {column} FROM added)
                 -- In one order, so that no two block each other.
                 ORDER BY parent.id
                   FOR KEY SHARE) AS held)
       < (SELECT COUNT(DISTINCT {column}) FROM added) THEN
        RAISE foreign_key_violation USING
            MESSAGE = 'insert on table "sending_delivery" violates the key {column}',
            DETAIL = 'A row of it is not present in table "{parents}".';
    END IF;
    RETURN NULL;
END $$
"""
AFTER_INSERT = """
CREATE TRIGGER sending_delivery_{column}_added AFTER INSERT ON sending_delivery
REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION sending_delivery_{column}_added()
"""

MOVED = """
CREATE FUNCTION sending_delivery_{column}_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM {parents} AS parent WHERE parent.id = NEW.{column} FOR KEY SHARE;
    IF NOT FOUND THEN
        RAISE foreign_key_violation USING
            MESSAGE = 'update on table "sending_delivery" violates the key {column}',
            DETAIL = 'A row of it is not present in table "{parents}".';
    END IF;
    RETURN NULL;
END $$
"""
AFTER_UPDATE = """
CREATE TRIGGER sending_delivery_{column}_moved AFTER UPDATE OF {column} ON sending_delivery
FOR EACH ROW WHEN (OLD.{column} IS DISTINCT FROM NEW.{column})
EXECUTE FUNCTION sending_delivery_{column}_moved()
"""

KEPT = """
CREATE FUNCTION sending_delivery_{column}_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM sending_delivery WHERE {column} = OLD.id)
       AND NOT EXISTS (SELECT FROM {parents} AS parent WHERE parent.id = OLD.id) THEN
        RAISE foreign_key_violation USING
            MESSAGE = 'update or delete on table "{parents}" violates the key {column}'
                      ' of table "sending_delivery"',
            DETAIL = 'A row is still referenced.';
    END IF;
    RETURN NULL;
END $$
"""
#: At the commit, as a foreign key of Django's: what is deleted together may go in any order.
AFTER_DELETE = """
CREATE CONSTRAINT TRIGGER sending_delivery_{column}_kept AFTER DELETE ON {parents}
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION sending_delivery_{column}_kept()
"""
AFTER_RENUMBERING = """
CREATE CONSTRAINT TRIGGER sending_delivery_{column}_renumbered AFTER UPDATE OF id ON {parents}
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id)
EXECUTE FUNCTION sending_delivery_{column}_kept()
"""
TRIGGERS = (ADDED, AFTER_INSERT, MOVED, AFTER_UPDATE, KEPT, AFTER_DELETE, AFTER_RENUMBERING)


def check_by_statement(_apps, schema_editor):
    """Put the triggers in the place of the keys, on PostgreSQL."""
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, "sending_delivery")
    keys = {each["columns"][0]: name for name, each in constraints.items() if each["foreign_key"]}
    for column, parents in PARENTS:
        schema_editor.execute(f'ALTER TABLE sending_delivery DROP CONSTRAINT "{keys[column]}"')
        for statement in TRIGGERS:
            schema_editor.execute(statement.format(column=column, parents=parents), params=None)


class Migration(migrations.Migration):
    dependencies = [("sending", "0006_segments")]

    operations = [migrations.RunPython(check_by_statement, elidable=False)]
