"""Take from the groups what Wagtail left with them, and from everybody the rights to documents.

What a group lacks it gets when a publication is made ready; here only what is too much goes, since
in a new database the rights themselves are made after the migrations.  Documents were never
offered, and are no longer installed: whoever uploaded one stays its author in no table, so that
the person can still be removed.
"""

from django.db import migrations

#: As the table was when this was written (newsletter/publishing/rights.py has today's).
KEPT = {
    "Editors": {
        "wagtailcore.add_page",
        "wagtailcore.change_page",
        "wagtailimages.add_image",
        "wagtailimages.change_image",
        "wagtailimages.choose_image",
        "wagtailadmin.access_admin",
    },
    "Approvers": {
        "wagtailcore.add_page",
        "wagtailcore.change_page",
        "wagtailcore.publish_page",
        "wagtailcore.unlock_page",
        "wagtailimages.add_image",
        "wagtailimages.change_image",
        "wagtailimages.choose_image",
        "wagtailadmin.access_admin",
        "publishing.queue_issue",
        "publishing.change_publication",
        "publishing.view_publication",
        "sending.view_send",
        "subscribers.view_list",
        "subscribers.view_subscriber",
    },
}


def take_rights(apps, _schema_editor):
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    given = [
        apps.get_model("wagtailcore", name)
        for name in ("GroupCollectionPermission", "GroupPagePermission", "GroupSitePermission")
    ]
    documents = set(
        Permission.objects.filter(content_type__app_label="wagtaildocs").values_list(
            "pk", flat=True
        )
    )
    for group in Group.objects.all():
        kept = KEPT.get(group.name)
        for model in given:
            for right in model.objects.filter(group=group).select_related(
                "permission__content_type"
            ):
                if too_much(right.permission, kept):
                    right.delete()
        too_many = [
            right
            for right in group.permissions.select_related("content_type")
            if too_much(right, kept)
        ]
        group.permissions.remove(*too_many)
    User = apps.get_model("auth", "User")
    User.user_permissions.through.objects.filter(permission_id__in=documents).delete()
    Permission.objects.filter(pk__in=documents).delete()


def too_much(permission, kept):
    app_label = permission.content_type.app_label
    if kept is None:
        return app_label == "wagtaildocs"
    return f"{app_label}.{permission.codename}" not in kept


def forget_authors(_apps, schema_editor):
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        if "wagtaildocs_document" in connection.introspection.table_names(cursor):
            cursor.execute("UPDATE wagtaildocs_document SET uploaded_by_user_id = NULL")


class Migration(migrations.Migration):
    dependencies = [
        ("publishing", "0006_day_of_queued_issues"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("wagtailcore", "0095_groupsitepermission"),
    ]

    operations = [
        migrations.RunPython(take_rights, migrations.RunPython.noop),
        migrations.RunPython(forget_authors, migrations.RunPython.noop),
    ]
