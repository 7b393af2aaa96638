"""Who is concerned by a reminder: by what they may do, and by what they have switched off."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from wagtail.models import GroupPagePermission

from newsletter.publishing.models import Publication
from newsletter.publishing.rights import APPROVE_ISSUE, BACKEND, QUEUE_ISSUE
from newsletter.scheduling.models import Notice, ReminderChoice


class Concerned(StrEnum):
    """The people of a reminder."""

    WRITERS = "writers"
    APPROVERS = "approvers"
    SENDERS = "senders"
    EVERYBODY = "everybody"


def reachable() -> QuerySet[Any]:
    """Return the active people with an address."""
    return get_user_model().objects.filter(is_active=True).exclude(email="")


def list_writers(publication: Publication) -> list[Any]:
    """Return the people who may write issues of a publication: by their groups, else the admins."""
    above = [page.pk for page in publication.archive.get_ancestors(inclusive=True)]
    groups = GroupPagePermission.objects.filter(
        page__in=above, permission__codename="change_page"
    ).values("group")
    writers = list(reachable().filter(groups__in=groups).distinct().order_by("pk"))
    return writers or list(reachable().filter(is_superuser=True).order_by("pk"))


def list_by_right(right: str) -> list[Any]:
    """Return the people who have a right; superusers have each."""
    users = get_user_model().objects.with_perm(right, backend=BACKEND)
    return list(users.filter(is_active=True).exclude(email="").order_by("pk"))


def list_everybody(publication: Publication) -> list[Any]:
    """Return the writers, the approvers and the senders, each once."""
    others = [user for right in RIGHTS.values() for user in list_by_right(right)]
    found = {each.pk: each for each in [*list_writers(publication), *others]}
    return [found[pk] for pk in sorted(found)]


#: What whoever approves or sends must be allowed to.
RIGHTS = {Concerned.APPROVERS: APPROVE_ISSUE, Concerned.SENDERS: QUEUE_ISSUE}

FOUND: Mapping[Concerned, Callable[[Publication], list[Any]]] = {
    Concerned.WRITERS: list_writers,
    Concerned.APPROVERS: lambda _publication: list_by_right(RIGHTS[Concerned.APPROVERS]),
    Concerned.SENDERS: lambda _publication: list_by_right(RIGHTS[Concerned.SENDERS]),
    Concerned.EVERYBODY: list_everybody,
}


def list_concerned(concerned: Concerned, publication: Publication, kind: Notice.Kind) -> list[Any]:
    """Return whom a reminder of a kind is for, without those who have switched it off."""
    muted = {
        choice.user_id for choice in ReminderChoice.objects.all() if kind.value in choice.muted
    }
    return [each for each in FOUND[concerned](publication) if each.pk not in muted]


def is_concerned(user: Any, concerned: Concerned, publication: Publication) -> bool:
    """Say whether a person may do what a reminder asks for, with a mail address or without."""
    if concerned == Concerned.WRITERS:
        return may_write(user, publication)
    if concerned != Concerned.EVERYBODY:
        return bool(user.has_perm(RIGHTS[concerned]))
    return any(map(user.has_perm, RIGHTS.values())) or may_write(user, publication)


def may_write(user: Any, publication: Publication) -> bool:
    """Say whether a person may write issues of a publication."""
    tester = publication.archive.permissions_for_user(user)
    return bool(user.is_superuser or "change" in tester.permissions)
