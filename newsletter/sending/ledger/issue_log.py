"""Write down what was done with an issue, by whom: it is read in the issue's history."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from wagtail.log_actions import log

from newsletter.publishing.models import Issue

ASKED = "newsletter.approval_asked"
APPROVED = "newsletter.approved"
SENT_BACK = "newsletter.sent_back"
QUEUED = "newsletter.queued"
UNQUEUED = "newsletter.unqueued"
PUT_ON_WEB = "newsletter.put_on_web"
TAKEN_OFF_WEB = "newsletter.taken_off_web"
TESTED = "newsletter.tested"
OPENED = "newsletter.opened"


def record(issue: Issue, action: str, *, by: Any = None, **facts: str) -> None:
    """Add a line; `by` is a user, or None if a command did it."""
    said = {key: value.strip()[:1000] for key, value in facts.items()}
    user = by if getattr(by, "pk", None) else None
    log(instance=issue, action=action, user=user, data={**said, "by": name_of(by)})


def name_of(by: Any) -> str:
    """Return the name of a user, or of the command line."""
    if by is None:
        return _("the command line")
    return by if isinstance(by, str) else str(by.get_full_name() or by.get_username())
