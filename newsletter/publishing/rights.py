"""What each group of the desk may do: exactly what stands in `RIGHTS`, and nothing besides.

`docs/how-to/composing.md` shows this table.  Wagtail brings groups of other names with rights that
we do not give, such as to documents; they are deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.contrib.auth.models import Group, Permission
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    GroupSitePermission,
    Page,
)

#: The rights to approve issues and to queue them, which pages ask for.
APPROVE_ISSUE = "publishing.approve_issue"
QUEUE_ISSUE = "publishing.queue_issue"
#: Of those in the settings, the one that knows accounts by their password, and what they may do.
BACKEND = "newsletter.desk.accounts.backend.DeskAccounts"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rights:
    """What a group may do: to all pages, to all pictures, and otherwise (`app_label.codename`)."""

    pages: tuple[str, ...]
    pictures: tuple[str, ...]
    others: tuple[str, ...]

    def more(self, *, pages: tuple[str, ...] = (), others: tuple[str, ...] = ()) -> Rights:
        """Return these rights and some more."""
        return replace(self, pages=self.pages + pages, others=self.others + others)

    def named(self) -> set[str]:
        """Return all of them as `app_label.codename`."""
        return {
            *(f"wagtailcore.{each}" for each in self.pages),
            *(f"wagtailimages.{each}" for each in self.pictures),
            *self.others,
        }


_WRITE = Rights(
    pages=("add_page", "change_page"),
    pictures=("add_image", "change_image", "choose_image"),
    others=("wagtailadmin.access_admin",),
)
_APPROVE = _WRITE.more(others=(APPROVE_ISSUE, "sending.view_send"))
_SEND = _WRITE.more(
    pages=("publish_page", "unlock_page"),
    others=(
        QUEUE_ISSUE,
        "publishing.view_publication",
        "sending.view_send",
        "subscribers.view_list",
        "subscribers.view_subscriber",
    ),
)
#: The four roles.  Who has two of them has the rights of both.
RIGHTS: Mapping[str, Rights] = {
    "Writers": _WRITE,
    "Approvers": _APPROVE,
    "Senders": _SEND,
    "Admins": _SEND.more(
        others=(
            APPROVE_ISSUE,
            "publishing.add_publication",
            "publishing.change_publication",
            "subscribers.add_list",
            "subscribers.change_list",
            "subscribers.delete_list",
            "subscribers.add_subscriber",
            "subscribers.change_subscriber",
            "subscribers.delete_subscriber",
            "subscribers.change_suppression",
            "auth.add_user",
            "auth.change_user",
            "auth.delete_user",
        )
    ),
}


def give_rights(root: Page) -> None:
    """Make the groups, and let each do exactly what the table says, below a page."""
    for name, rights in RIGHTS.items():
        group, _ = Group.objects.get_or_create(name=name)
        set_rights(group, rights, root)


def set_rights(group: Group, rights: Rights, root: Page) -> None:
    """Let a group do exactly this: what is missing is added, what is too much is removed."""
    pages = find_permissions(f"wagtailcore.{codename}" for codename in rights.pages)
    pictures = find_permissions(f"wagtailimages.{codename}" for codename in rights.pictures)
    collection = Collection.get_first_root_node()
    on_pages = GroupPagePermission.objects.filter(group=group)
    on_pages.exclude(page=root, permission__in=pages).delete()
    for permission in pages:
        on_pages.get_or_create(group=group, page=root, permission=permission)
    on_pictures = GroupCollectionPermission.objects.filter(group=group)
    on_pictures.exclude(collection=collection, permission__in=pictures).delete()
    for permission in pictures:
        on_pictures.get_or_create(group=group, collection=collection, permission=permission)
    GroupSitePermission.objects.filter(group=group).delete()
    group.permissions.set(find_permissions(rights.others))


def find_permissions(names: Iterable[str]) -> list[Permission]:
    """Return rights that the apps define, by `app_label.codename`."""
    parts = (name.split(".") for name in names)
    return [
        Permission.objects.get(content_type__app_label=app_label, codename=codename)
        for app_label, codename in parts
    ]
