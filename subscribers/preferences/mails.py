"""The two mails about a change of address, written in the background.

They are no issues: they go to one address each, through Django's mail, which the site connects to
its transport.  Whoever claims a row writes its mail; a mail that cannot leave is tried again.
"""

from __future__ import annotations

import datetime as dt
import logging
from email.utils import formataddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from newsletter.errors import AccountError, NewsletterError, NotSubmitted, TransportError
from subscribers import suppressions
from subscribers.addresses import mask_address
from subscribers.links import preferences_url
from subscribers.models import List, Subscriber
from subscribers.preferences.address_changes import VALID, make_secret
from subscribers.preferences.models import AddressChange

log = logging.getLogger(__name__)

#: What cannot leave is tried again for so long, and not before so long.
TRY_AGAIN = dt.timedelta(hours=6)
RETRY = dt.timedelta(minutes=1)


def has_waiting() -> bool:
    """Say whether a mail waits, be it for its time."""
    since = timezone.now() - TRY_AGAIN
    return AddressChange.objects.filter(new_since(since) | moved_since(since)).exists()


def new_since(since: dt.datetime) -> Q:
    """Return which changes ask for a mail to the new address."""
    return Q(mailed_at=None, confirmed_at=None, created_at__gte=since)


def moved_since(since: dt.datetime) -> Q:
    """Return which changes ask for a mail to the old address."""
    return Q(told_at=None, confirmed_at__gte=since)


def write_due_mails() -> int:
    """Write the mails that wait; return how many were submitted."""
    now = timezone.now()
    since = now - TRY_AGAIN
    due = AddressChange.objects.filter(Q(not_before=None) | Q(not_before__lte=now))
    new, moved = due.filter(new_since(since)), due.filter(moved_since(since))
    submitted = sum(write_mail(each, "mailed_at") for each in new.order_by("pk")[:100])
    return submitted + sum(write_mail(each, "told_at") for each in moved.order_by("pk")[:100])


def write_mail(change: AddressChange, mark: str) -> bool:
    """Claim a mail by its mark and submit it; return whether it was submitted.

    The mark is taken back only where nothing can have left; else the mail might leave twice.
    """
    row = AddressChange.objects.filter(pk=change.pk)
    if not row.filter(**{mark: None}).update(**{mark: timezone.now()}):
        return False
    address = change.email if mark == "mailed_at" else change.old_email
    try:
        done = not suppressions.is_suppressed(address) and submit(change, mark, address)
    except NewsletterError as error:
        # Neither the address nor the answer of a mail server, which may repeat it.
        name = type(error).__name__
        if not has_left(error):
            log.warning("a mail about a change of address waits: %s", name)
            row.update(**{mark: None}, not_before=timezone.now() + RETRY)
            return False
        log.warning("a mail about a change of address is not sent again: %s", name)
        done = False
    if mark == "told_at":
        row.update(old_email="")
    return done


def has_left(error: NewsletterError) -> bool:
    """Say whether a mail may have left, or was refused for good: it is not made again then."""
    return isinstance(error, TransportError) and not isinstance(error, NotSubmitted | AccountError)


def submit(change: AddressChange, mark: str, address: str) -> bool:
    """Submit the mail to the new address, or the one to the old address."""
    with translation.override(change.language or settings.LANGUAGE_CODE):
        build = ask_new_address if mark == "mailed_at" else tell_old_address
        subject, body = build(change)
        message = EmailMessage(
            subject=subject, body=body, from_email=sender_for(change.subscriber), to=[address]
        )
        return bool(message.send())


def ask_new_address(change: AddressChange) -> tuple[str, str]:
    """Return the subject and the text of the mail with the link that confirms."""
    path = reverse("confirm_address", args=[make_secret(change)])
    link = f"{settings.CONFIG.site.origin}{path}"
    said = [
        _("Somebody asked us to send our mail to this address from now on."),
        _("If it was you, open this page and press the button:"),
        link,
        _("The link works for %(days)s days. If it was not you, do nothing: nothing changes.")
        % {"days": VALID.days},
    ]
    return _("Please confirm your new address"), "\n\n".join(said) + "\n"


def tell_old_address(change: AddressChange) -> tuple[str, str]:
    """Return the subject and the text of the mail that tells the old address."""
    # Never the page of somebody who had the new address already: this mailbox may be another's.
    owner = change.subscriber_id
    said = [
        _("Our mail to you goes to another address from now on: %(address)s")
        % {"address": mask_address(change.email)},
        _("If you did not ask for this, change it back here:"),
        preferences_url(settings.CONFIG.site.base_url, owner),
        _("An issue that is on its way now may still arrive here."),
    ]
    return _("Your address was changed"), "\n\n".join(said) + "\n"


def sender_for(person: Subscriber) -> str | None:
    """Return the sender of a publication that the person is subscribed to; None: the site's."""
    for one in List.objects.filter(subscriptions__subscriber=person).order_by("pk"):
        for publication in one.publications.all():
            return formataddr((publication.from_name, publication.from_email))
    return None
