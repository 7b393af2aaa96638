"""Who may log in to the desk: accounts are added, listed, disabled and enabled.

What a role may do stands in `newsletter.publishing.rights`; an owner may do everything.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from wagtail.log_actions import log

from newsletter.desk.accounts.sessions import end_others
from newsletter.errors import BadInput, InvalidTransition, NotFound
from newsletter.phrases import phrase

#: The role that is no group: it may do everything, and is what the first account has.
OWNER = "owner"
#: The group that gives people accounts.
ADMINS = "Admins"
#: How many names an error lists.
MAX_NAMED = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """What is known of an account; it is enabled, or it cannot log in."""

    name: str
    email: str
    roles: Sequence[str]
    enabled: bool
    has_password: bool
    last_login: dt.datetime | None


def list_accounts() -> list[Account]:
    """Return all accounts, by their names."""
    rows = get_user_model().objects.order_by("username").prefetch_related("groups")
    return [
        Account(
            name=row.get_username(),
            email=row.email,
            roles=roles_of(row),
            enabled=row.is_active,
            has_password=row.has_usable_password(),
            last_login=row.last_login,
        )
        for row in rows
    ]


def roles_of(account: Any) -> list[str]:
    """Return the roles of an account, by name."""
    groups = sorted(group.name for group in account.groups.all())
    return [*([OWNER] if account.is_superuser else []), *groups]


def find_account(name: str) -> Any:
    """Return the account of a name, or raise `NotFound`."""
    accounts = get_user_model().objects
    account = accounts.filter(username=name).first()
    if account is None:
        names = accounts.order_by("username").values_list("username", flat=True)[:MAX_NAMED]
        known = ", ".join(names) or phrase("none")
        raise NotFound(
            phrase("there is no account {name}", name=name),
            hint=phrase("There are: {names}.", names=known),
        )
    return account


@transaction.atomic
def add_account(
    name: str, *, email: str = "", roles: Iterable[str] = (), password: str = ""
) -> Any:
    """Return a new account; without a password it waits until one is chosen by a link.

    Raises `BadInput` for a name that is taken, and for what cannot be a name, an address, a role
    or a password.
    """
    groups, is_owner = find_roles(roles)
    account = get_user_model()(username=name, email=email, is_superuser=is_owner)
    account.is_staff = is_owner
    check_account(account)
    set_password(account, password)
    account.save()
    account.groups.set(groups)
    log(instance=account, action="wagtail.create")
    return account


def check_account(account: Any, *, asks_database: bool = True) -> None:
    """Raise `BadInput` for what cannot be a name or an address, or a name that is taken.

    The last only where the database is asked.
    """
    try:
        account.full_clean(exclude=["password"], validate_unique=asks_database)
    except ValidationError as error:
        raise BadInput(" ".join(error.messages)) from None


def set_password(account: Any, password: str) -> None:
    """Set a password, or none that could be used; raises `BadInput` for one that is too weak."""
    if not password:
        account.set_unusable_password()
        return
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise BadInput(" ".join(error.messages)) from None
    account.set_password(password)


def find_roles(names: Iterable[str]) -> tuple[list[Group], bool]:
    """Return the groups of roles, and whether one of them is the owner; raises `NotFound`.

    Names count in any case, and in the singular: `writer` is Writers.
    """
    known = {group.name.casefold(): group for group in Group.objects.order_by("name")}
    groups, is_owner = [], False
    for name in names:
        wanted = name.strip().casefold()
        group = known.get(wanted) or known.get(f"{wanted}s")
        if group is None and wanted != OWNER:
            there = ", ".join([OWNER, *(each.name for each in known.values())])
            raise NotFound(
                phrase("there is no role {name}", name=name),
                hint=phrase("There are: {names}.", names=there),
            )
        if group is None:
            is_owner = True
        else:
            groups.append(group)
    return groups, is_owner


@transaction.atomic
def disable_account(account: Any) -> bool:
    """Let somebody log in no more, and end their sessions; return whether they could until now.

    Raises `InvalidTransition` for the last who could give anybody an account again.
    """
    if not account.is_active:
        return False
    admins = Group.objects.filter(name=ADMINS).values("user")
    # Locked, so that two who are disabled at the same time are not both the last but one.
    accounts = get_user_model().objects.select_for_update().filter(is_active=True)
    chiefs = accounts.filter(Q(is_superuser=True) | Q(pk__in=admins))
    if {each.pk for each in chiefs} == {account.pk}:
        raise InvalidTransition(
            phrase("{name} is the last who may manage accounts", name=account.get_username()),
            hint=phrase("Give somebody else that role first: newsletter user add NAME"),
        )
    set_enabled(account, on=False)
    end_others(account)
    return True


def enable_account(account: Any) -> bool:
    """Let somebody log in again; return whether they could not until now."""
    if account.is_active:
        return False
    set_enabled(account, on=True)
    return True


def set_enabled(account: Any, *, on: bool) -> None:
    """Enable or disable an account, and write it into the log."""
    account.is_active = on
    account.save(update_fields=["is_active"])
    log(instance=account, action="wagtail.edit")
