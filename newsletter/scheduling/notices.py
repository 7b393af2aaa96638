"""Mails to people about an issue, by the way of the desk's own mail; each is written once at most.

The row of a notice is stored before the mail is given to the transport.  Where the transport says
that nothing was accepted, it is tried again later; where nobody knows, it is not.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable
from email.utils import formataddr
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.db.models import F
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.models import GroupPagePermission

from newsletter.dates import format_time
from newsletter.errors import AccountError, ConfigError, NotSubmitted, Refused
from newsletter.publishing.models import Issue, Publication
from newsletter.scheduling.models import Notice, Slot

log = logging.getLogger(__name__)

#: How long a mail that was not accepted waits for the next try, and how often it is tried.
RETRY_AFTER = dt.timedelta(minutes=10)
MAX_TRIES = 6
#: This long after a draft was opened, nobody is told any more.
TOO_LATE = dt.timedelta(days=1)
#: Errors that say for certain that nobody has the mail.
NOT_ACCEPTED = (NotSubmitted, AccountError, ConfigError)


def list_writers(publication: Publication) -> list[Any]:
    """Return the people with an address who write issues: by their groups, else the admins."""
    archive = publication.archive
    above = [page.pk for page in archive.get_ancestors(inclusive=True)]
    groups = GroupPagePermission.objects.filter(
        page__in=above, permission__codename="change_page"
    ).values("group")
    users = get_user_model().objects.filter(is_active=True).exclude(email="")
    writers = list(users.filter(groups__in=groups).distinct().order_by("pk"))
    return writers or list(users.filter(is_superuser=True).order_by("pk"))


def tell_of_drafts(now: dt.datetime) -> int:
    """Tell the writers of drafts that were opened lately; return how many mails were accepted."""
    recent = Slot.objects.filter(drafted_at__gt=now - TOO_LATE, drafted_at__lte=now)
    slots = recent.select_related("publication", "issue")
    found = [(slot.issue, slot.publication) for slot in slots if slot.issue is not None]
    return sum(
        tell(Notice.Kind.DRAFT_OPENED, issue, list_writers(publication), now)
        for issue, publication in found
    )


def tell(kind: Notice.Kind, issue: Issue, people: Iterable[Any], now: dt.datetime) -> int:
    """Write to those people who were not written to; return how many mails were accepted."""
    claimed = (claim(kind, issue, each, now) for each in people)
    return sum(write(notice, now) for notice in claimed if notice is not None)


def claim(kind: Notice.Kind, issue: Issue, user: Any, now: dt.datetime) -> Notice | None:
    """Return the notice that is to be written now; None where it was, or is being, or must wait."""
    notice, is_new = Notice.objects.get_or_create(
        kind=kind, issue=issue, user=user, defaults={"at": now}
    )
    if is_new:
        return notice
    failed = Notice.objects.filter(pk=notice.pk, state=Notice.State.NOT_ACCEPTED)
    again = failed.filter(tries__lt=MAX_TRIES, at__lte=now - RETRY_AFTER)
    taken = again.update(state=Notice.State.CLAIMED, tries=F("tries") + 1, at=now)
    return notice if taken else None


def write(notice: Notice, now: dt.datetime) -> bool:
    """Give the mail of a notice to the transport; say whether it was accepted."""
    rows = Notice.objects.filter(pk=notice.pk)
    try:
        build_message(notice).send()
    except NOT_ACCEPTED as error:
        rows.update(state=Notice.State.NOT_ACCEPTED, at=now)
        log.warning("a mail about issue %s was not accepted: %s", notice.issue_id, error)
        return False
    except Refused as error:
        rows.update(state=Notice.State.NOT_ACCEPTED, tries=MAX_TRIES, at=now)
        log.warning("a mail about issue %s was refused: %s", notice.issue_id, error)
        return False
    except Exception:
        # Nobody knows whether it was accepted, so it is not written again.
        log.exception("a mail about issue %s met an error", notice.issue_id)
        return False
    rows.update(state=Notice.State.ACCEPTED, at=now)
    return True


def build_message(notice: Notice) -> EmailMessage:
    """Return the mail, in the language of the person."""
    publication, person = notice.issue.publication, notice.user
    with translation.override(language_of(person)):
        subject, body = words_of(notice.issue)
    return EmailMessage(
        subject=" ".join(subject.split()),
        body="\n\n".join(body) + "\n",
        from_email=formataddr((publication.from_name, publication.from_email)),
        to=[person.email],
    )


def words_of(issue: Issue) -> tuple[str, list[str]]:
    """Return the subject and the paragraphs of the mail about an opened draft."""
    title, slot = issue.draft_title or issue.title, Slot.objects.filter(issue=issue).first()
    said = [_("The draft of %(issue)s is open.") % {"issue": title}]
    if slot is not None:
        time = format_time(slot.at, issue.publication.time_zone)
        said.append(_("It is to go out on %(time)s.") % {"time": time})
    address = reverse("wagtailadmin_pages:edit", args=[issue.pk])
    return (
        _("The draft is open: %(issue)s") % {"issue": title},
        [" ".join(said), f"{settings.CONFIG.site.origin}{address}"],
    )


def language_of(person: Any) -> str:
    """Return the language that an account prefers and the desk speaks, else that of the site."""
    profile = getattr(person, "wagtail_userprofile", None)
    preferred = str(profile.preferred_language) if profile else ""
    return preferred if preferred in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
