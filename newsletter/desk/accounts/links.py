"""Links with which people choose a password: each works once, and for three days."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from newsletter.conf.config import load
from newsletter.errors import BadInput, InvalidTransition
from newsletter.phrases import phrase
from newsletter.publishing.languages import preferred_language


def make_link(account: Any) -> str:
    """Return a link with which somebody chooses a password; the present one holds until then.

    Raises `InvalidTransition` for an account that is disabled.
    """
    if not account.is_active:
        raise InvalidTransition(
            phrase("the account {name} is disabled", name=account.get_username()),
            hint=phrase("Enable it first: newsletter user enable {name}", name=account.username),
        )
    path = reverse(
        "wagtailadmin_password_reset_confirm",
        args=[
            urlsafe_base64_encode(force_bytes(account.pk)),
            default_token_generator.make_token(account),
        ],
    )
    return f"{load().site.origin}{path}"


def mail_link(account: Any) -> str:
    """Mail such a link to its owner; return the address.

    Raises `BadInput` for an account without one, and what the transport raises.
    """
    if not account.email:
        raise BadInput(
            phrase("the account {name} has no email address", name=account.get_username()),
            hint=phrase("Without --mail the link is printed here."),
        )
    link = make_link(account)
    with translation.override(preferred_language(account) or settings.LANGUAGE_CODE):
        subject, sentences = link_words(account, link)
    send_mail(" ".join(subject.split()), "\n\n".join(sentences) + "\n", None, [account.email])
    return str(account.email)


def link_words(account: Any, link: str) -> tuple[str, list[str]]:
    """Return subject and sentences of the mail with a link."""
    site = settings.CONFIG.site.name
    is_new = not account.has_usable_password()
    subject = _("Your account at {site}") if is_new else _("Set a new password at {site}")
    about = (
        _("There is an account for you, called “{account}”. Choose a password for it:")
        if is_new
        else _("Choose a new password for your account “{account}”:")
    )
    return (
        subject.format(site=site),
        [
            about.format(account=account.get_username()),
            link,
            _("The link works once, and for three days."),
        ],
    )


def welcome_link() -> str | None:
    """Return a link to set the first password with, or nothing once anybody has had one.

    Whoever can read the log of a program must not become its first user later, so it is for a
    site that nobody has used.
    """
    users = get_user_model().objects.all()
    if any(user.last_login or user.has_usable_password() for user in users):
        return None
    admins = users.filter(is_superuser=True, is_active=True).order_by("pk")
    if admin := admins.first():
        return make_link(admin)
    with suppress(IntegrityError), transaction.atomic():
        return make_link(get_user_model().objects.create_superuser("admin"))
    # Another process that starts at the same time was quicker, or somebody else has that name:
    # `newsletter user add` makes the owner then.
    admin = admins.first()
    return make_link(admin) if admin else None
