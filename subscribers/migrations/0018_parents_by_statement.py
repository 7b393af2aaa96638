"""On PostgreSQL, check the parents of all subscriptions of a statement at once, not row by row.

An import writes a million subscriptions in one statement, and as many records of what it changed.
Their three foreign keys looked up each row by itself at the commit, which took a fifth of the time
of an import.  For each key, three triggers do the same, as they do for deliveries:

- `added`: after an INSERT, all parents are held at once by the lock that the key takes, or the
  statement is refused.  Whoever deletes a parent waits for the commit, or this one waits for theirs.
  A parent that this transaction has written itself needs no lock: nobody else can delete it.
- `moved`: after an UPDATE of the column, which is rare, row by row.
- `kept`: whoever deletes a parent is refused at the commit if rows point to it then.

The models still say that these are foreign keys: SQLite keeps them, and Django deletes by them.
"""

from django.db import migrations

#: Tables with a column, and the tables that it points to.
KEYS = (
    ("subscribers_subscription", "subscriber_id", "subscribers_subscriber"),
    ("subscribers_subscription", "list_id", "subscribers_list"),
    ("subscribers_importchange", "run_id", "subscribers_importrun"),
)

ADDED = """
CREATE FUNCTION {table}_{column}_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Row by row by the index, and no join: its plan is kept, for statements of any size.
    IF NOT EXISTS (
        SELECT FROM added
         WHERE (SELECT parent.xmin FROM {parents} AS parent WHERE parent.id = added.{column})
               IS DISTINCT FROM pg_current_xact_id()::xid) THEN
        RETURN NULL;
    END IF;
    -- One by one, too: taken for few, the parents would be joined by reading `added` for each.
    IF (SELECT COUNT(*)
          -- In one order, so that no two block each other.
          FROM (SELECT DISTINCT {column} AS id FROM added ORDER BY 1) AS wanted
         CROSS JOIN LATERAL (
               SELECT FROM {parents} AS parent
                WHERE parent.id = wanted.id
                  AND parent.xmin <> pg_current_xact_id()::xid
                  FOR KEY SHARE) AS held)
       + (SELECT COUNT(*)
            FROM (SELECT DISTINCT {column} AS id FROM added) AS wanted
           WHERE (SELECT parent.xmin FROM {parents} AS parent WHERE parent.id = wanted.id)
                 = pg_current_xact_id()::xid)
       < (SELECT COUNT(DISTINCT {column}) FROM added) THEN
        RAISE foreign_key_violation USING
            MESSAGE = 'insert on table "{table}" violates the key {column}',
            DETAIL = 'A row of it is not present in table "{parents}".';
    END IF;
    RETURN NULL;
END $$
"""
AFTER_INSERT = """
CREATE TRIGGER {table}_{column}_added AFTER INSERT ON {table}
REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION {table}_{column}_added()
"""

MOVED = """
CREATE FUNCTION {table}_{column}_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM {parents} AS parent WHERE parent.id = NEW.{column} FOR KEY SHARE;
    IF NOT FOUND THEN
        RAISE foreign_key_violation USING
            MESSAGE = 'update on table "{table}" violates the key {column}',
            DETAIL = 'A row of it is not present in table "{parents}".';
    END IF;
    RETURN NULL;
END $$
"""
AFTER_UPDATE = """
CREATE TRIGGER {table}_{column}_moved AFTER UPDATE OF {column} ON {table}
FOR EACH ROW WHEN (OLD.{column} IS DISTINCT FROM NEW.{column})
EXECUTE FUNCTION {table}_{column}_moved()
"""

KEPT = """
CREATE FUNCTION {table}_{column}_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM {table} WHERE {column} = OLD.id)
       AND NOT EXISTS (SELECT FROM {parents} AS parent WHERE parent.id = OLD.id) THEN
        RAISE foreign_key_violation USING
            MESSAGE = 'update or delete on table "{parents}" violates the key {column}'
                      ' of table "{table}"',
            DETAIL = 'A row is still referenced.';
    END IF;
    RETURN NULL;
END $$
"""
#: At the commit, as a foreign key of Django's: what is deleted together may go in any order.
AFTER_DELETE = """
CREATE CONSTRAINT TRIGGER {table}_{column}_kept AFTER DELETE ON {parents}
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION {table}_{column}_kept()
"""
AFTER_RENUMBERING = """
CREATE CONSTRAINT TRIGGER {table}_{column}_renumbered AFTER UPDATE OF id ON {parents}
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id)
EXECUTE FUNCTION {table}_{column}_kept()
"""
TRIGGERS = (ADDED, AFTER_INSERT, MOVED, AFTER_UPDATE, KEPT, AFTER_DELETE, AFTER_RENUMBERING)


def check_by_statement(_apps, schema_editor):
    """Put the triggers in the place of the keys, on PostgreSQL."""
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    for table, column, parents in KEYS:
        with connection.cursor() as cursor:
            constraints = connection.introspection.get_constraints(cursor, table)
        [key] = [
            name
            for name, each in constraints.items()
            if each["foreign_key"] and each["columns"] == [column]
        ]
        schema_editor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{key}"')
        for statement in TRIGGERS:
            names = {"table": table, "column": column, "parents": parents}
            schema_editor.execute(statement.format(**names), params=None)


class Migration(migrations.Migration):
    dependencies = [("subscribers", "0017_when_suppressions_were_written")]

    operations = [migrations.RunPython(check_by_statement, elidable=False)]
