"""A new password or address ends all other sessions, and its owner is told by mail."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import is_password_usable
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from newsletter.desk.accounts.sessions import CURRENT, end_others
from newsletter.publishing.languages import language_of

log = logging.getLogger(__name__)

WATCHED = frozenset({"password", "email"})
#: Where an account keeps what it was before it is saved.
BEFORE = "_before_saving"


def remember_before(
    instance: Any, *, raw: bool = False, update_fields: Iterable[str] | None = None, **_: Any
) -> None:
    """Keep what an account was, where its password or its address may change."""
    if raw or instance.pk is None:
        return
    if update_fields is not None and not WATCHED & set(update_fields):
        return
    accounts = get_user_model().objects.filter(pk=instance.pk)
    setattr(instance, BEFORE, accounts.values("email", "password").first())


def follow_change(instance: Any, **_: Any) -> None:
    """End the other sessions of an account that has changed, and tell its owner."""
    before = instance.__dict__.pop(BEFORE, None)
    if before is None:
        return
    # Django keeps the new password there until it is saved; a mere new hash of the old one not.
    is_new = getattr(instance, "_password", None) is not None
    password = is_new and is_password_usable(before["password"])
    old, new = before["email"] or "", instance.email or ""
    moved = bool(old) and old.casefold() != new.casefold()
    if not password and not moved:
        return
    end_others(instance, keep=CURRENT.get())
    if password:
        transaction.on_commit(partial(notify_owner, instance, old or new, password_words))
    if moved:
        for address in filter(None, (old, new)):
            transaction.on_commit(partial(notify_owner, instance, address, address_words))


def notify_owner(account: Any, address: str, words: Any) -> None:
    """Write to the owner of an account, in their language; what goes wrong is only logged."""
    if not address:
        return
    with translation.override(language_of(account)):
        subject, sentences = words(account.get_username(), settings.CONFIG.site.name)
    try:
        send_mail(" ".join(subject.split()), "\n\n".join(sentences) + "\n", None, [address])
    except Exception:
        log.exception("the owner of %s could not be told of a change", account.get_username())


def password_words(account: str, site: str) -> tuple[str, list[str]]:
    """Return subject and sentences about a new password."""
    return (
        _("Your password at {site} was changed").format(site=site),
        [
            _("The password of your account “{account}” was changed.").format(account=account),
            ended_words(),
            unexpected_words(),
        ],
    )


def address_words(account: str, site: str) -> tuple[str, list[str]]:
    """Return subject and sentences about another address; neither address stands in them."""
    return (
        _("The e-mail address of your account at {site} was changed").format(site=site),
        [
            _("The e-mail address of your account “{account}” was changed.").format(
                account=account
            ),
            ended_words(),
            unexpected_words(),
        ],
    )


def second_step_words(account: str, site: str) -> tuple[str, list[str]]:
    """Return subject and sentences about a second step that somebody else has switched off."""
    return (
        _("The second step of your account at {site} was switched off").format(site=site),
        [
            _("An admin has switched off the second step of your account “{account}”.").format(
                account=account
            ),
            _("You log in with your password alone until you set it up again."),
            unexpected_words(),
        ],
    )


def ended_words() -> str:
    """Say what happened to the other sessions."""
    return _("Wherever else you were logged in, you are logged out now.")


def unexpected_words() -> str:
    """Say what to do if it was somebody else."""
    address = f"{settings.CONFIG.site.origin}{reverse('wagtailadmin_password_reset')}"
    return _(
        "If you did not expect this, set a new password at {address} and tell an admin."
    ).format(address=address)
