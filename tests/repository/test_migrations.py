"""The migrations make the tables that the models describe, on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection, models

from newsletter.publishing.rights import RIGHTS
from newsletter.sending.models import DatabaseIdentity

#: The apps with tables of ours.
OURS = ("publishing", "scheduling", "sending", "subscribers", "throttling", "tracking")


def our_models() -> Iterator[type[models.Model]]:
    """Yield each model with a table of its own, and the tables between two models."""
    for label in OURS:
        yield from apps.get_app_config(label).get_models(include_auto_created=True)


@pytest.mark.django_db
def test_migrations_are_complete() -> None:
    """No model has changed without a migration."""
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
def test_the_tables_are_those_of_the_models() -> None:
    """Each table has the columns, the constraints and the indexes of its model."""
    with connection.cursor() as cursor:
        for model in our_models():
            table = model._meta.db_table
            columns = connection.introspection.get_table_description(cursor, table)
            found = connection.introspection.get_constraints(cursor, table)

            assert {column.name for column in columns} == {
                field.column for field in model._meta.local_concrete_fields
            }
            assert set(found) >= {
                each.name for each in (*model._meta.constraints, *model._meta.indexes)
            }


@pytest.mark.django_db
def test_a_new_database_is_ready() -> None:
    """It has a key of its own, and Wagtail's editors have no right beyond the table of rights."""
    assert len(DatabaseIdentity.objects.get().key) == 32
    allowed = RIGHTS["Writers"]
    editors = Group.objects.get(name="Editors")
    named = {each.codename for each in editors.permissions.all()}
    assert named <= {"access_admin", *allowed.pictures}
    pages = editors.page_permissions.values_list("permission__codename", flat=True)
    pictures = editors.collection_permissions.values_list("permission__codename", flat=True)
    assert set(pages) <= set(allowed.pages)
    assert set(pictures) <= set(allowed.pictures)
