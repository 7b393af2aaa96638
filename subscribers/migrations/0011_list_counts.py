"""How many people a list has in each state, kept by triggers in the transactions that change them.

SQLite has one writer: its triggers change one row for each list and state.  PostgreSQL has many:
each statement adds a row that says by how much, so that nobody waits for anybody; the rows are
added up when they are read, and joined now and then (`subscribers.list_counts.join_rows`).
"""

import django.db.models.deletion
from django.db import migrations, models

SQLITE = (
    """
    CREATE TRIGGER subscribers_count_new_list AFTER INSERT ON subscribers_list BEGIN
        INSERT INTO subscribers_listcount (list_id, state, people)
        VALUES (NEW.id, 'pending', 0), (NEW.id, 'active', 0), (NEW.id, 'unsubscribed', 0);
    END
    """,
    """
    CREATE TRIGGER subscribers_count_added AFTER INSERT ON subscribers_subscription BEGIN
        UPDATE subscribers_listcount SET people = people + 1
         WHERE list_id = NEW.list_id AND state = NEW.state;
    END
    """,
    """
    CREATE TRIGGER subscribers_count_removed AFTER DELETE ON subscribers_subscription BEGIN
        UPDATE subscribers_listcount SET people = people - 1
         WHERE list_id = OLD.list_id AND state = OLD.state;
    END
    """,
    """
    CREATE TRIGGER subscribers_count_changed
     AFTER UPDATE OF list_id, state ON subscribers_subscription
      WHEN OLD.list_id <> NEW.list_id OR OLD.state <> NEW.state BEGIN
        UPDATE subscribers_listcount SET people = people - 1
         WHERE list_id = OLD.list_id AND state = OLD.state;
        UPDATE subscribers_listcount SET people = people + 1
         WHERE list_id = NEW.list_id AND state = NEW.state;
    END
    """,
    """
    INSERT INTO subscribers_listcount (list_id, state, people)
    SELECT one.id, each.state, (SELECT COUNT(*) FROM subscribers_subscription AS w
                                 WHERE w.list_id = one.id AND w.state = each.state)
      FROM subscribers_list AS one
     CROSS JOIN (SELECT 'pending' AS state UNION ALL SELECT 'active'
                  UNION ALL SELECT 'unsubscribed') AS each
    """,
)

POSTGRESQL = (
    """
    CREATE FUNCTION subscribers_count_added() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO subscribers_listcount (list_id, state, people)
        SELECT list_id, state, COUNT(*) FROM added GROUP BY list_id, state;
        RETURN NULL;
    END $$
    """,
    """
    CREATE FUNCTION subscribers_count_removed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO subscribers_listcount (list_id, state, people)
        SELECT list_id, state, -COUNT(*) FROM removed GROUP BY list_id, state;
        RETURN NULL;
    END $$
    """,
    """
    CREATE FUNCTION subscribers_count_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO subscribers_listcount (list_id, state, people)
        SELECT list_id, state, SUM(people)
          FROM (SELECT list_id, state, COUNT(*) AS people FROM added GROUP BY list_id, state
                 UNION ALL
                SELECT list_id, state, -COUNT(*) FROM removed GROUP BY list_id, state) AS each
         GROUP BY list_id, state HAVING SUM(people) <> 0;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER subscribers_count_added AFTER INSERT ON subscribers_subscription
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION subscribers_count_added()
    """,
    """
    CREATE TRIGGER subscribers_count_removed AFTER DELETE ON subscribers_subscription
    REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION subscribers_count_removed()
    """,
    """
    CREATE TRIGGER subscribers_count_changed AFTER UPDATE ON subscribers_subscription
    REFERENCING OLD TABLE AS removed NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION subscribers_count_changed()
    """,
    """
    INSERT INTO subscribers_listcount (list_id, state, people)
    SELECT list_id, state, COUNT(*) FROM subscribers_subscription GROUP BY list_id, state
    """,
)


def keep_counts(_apps, schema_editor):
    """Make the triggers, and count who is there already."""
    statements = {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]
    if schema_editor.connection.vendor == "postgresql":
        # Nobody joins between the counting and the triggers.
        schema_editor.execute("LOCK TABLE subscribers_subscription IN SHARE ROW EXCLUSIVE MODE")
    for statement in statements:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("subscribers", "0010_names")]

    operations = [
        migrations.CreateModel(
            name="ListCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("state", models.CharField(max_length=12)),
                ("people", models.BigIntegerField()),
                (
                    "list",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="subscribers.list",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["list", "state"], name="counts_of_list")],
            },
        ),
        migrations.RunPython(keep_counts, elidable=False),
    ]
