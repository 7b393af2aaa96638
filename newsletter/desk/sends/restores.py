"""What the desk says while nothing is sent because the database may be an older one."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import translation
from django.utils.translation import gettext
from wagtail import hooks
from wagtail.admin import messages

from newsletter import counted
from newsletter.dates import format_time
from newsletter.desk.sends.queueing import PERMISSION
from newsletter.phrases import translate
from newsletter.sending.models import DatabaseIdentity
from newsletter.sending.restores import suspensions
from newsletter.tracking import restoring


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the page that brings back what is known."""
    return [path("sends/restore/", restore_page, name="desk_restore")]


def describe_suspension(request: HttpRequest) -> dict[str, object] | None:
    """Return what is to be said, and whether this person may act on it; None while all is well."""
    found = suspensions.get_suspension()
    if found is None:
        return None
    moved = found.suspended_for == DatabaseIdentity.Reason.MOVED
    return {
        "sentences": [
            translate(sentence)
            for sentence in suspensions.describe_suspension(
                found, lambda at: format_time(at, settings.TIME_ZONE)
            )
        ],
        "may_restore": request.user.has_perm(PERMISSION) and not moved,
    }


def restore_page(request: HttpRequest) -> HttpResponse:
    """On POST bring back what the evidence says, and say what came of it."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    if request.method == "POST" and suspensions.get_suspension():
        # What it writes into the ledger is read by everybody, in whatever language.
        with translation.override(settings.LANGUAGE_CODE):
            came = restoring.bring_back(settings.CONFIG)
        said = gettext("Written back: {attempts}.").format(attempts=counted.attempts(came.restored))
        if came.resumed:
            messages.success(request, f"{said} {gettext('Sending goes on.')}")
        else:
            left = gettext("{number} are left; all sends stay held.").format(number=came.left)
            lost = (lost_issue(issue) for issue in came.lost_issues)
            messages.error(request, " ".join((said, left, *lost)))
    return redirect("wagtailadmin_home")


def lost_issue(issue: str) -> str:
    """Say what to do about an issue that was sent and is not here."""
    return gettext(
        "Issue {issue} is not in this database: write or import it under this number,"
        " then bring back again."
    ).format(issue=issue)
