"""The time in which what a person starts by hand can be undone."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from newsletter.sending import trusted_time


def after_undo_window(scheduled: dt.datetime) -> dt.datetime:
    """Return when what a person starts by hand leaves: there is time to undo it until then."""
    held_back = dt.timedelta(seconds=settings.CONFIG.sending.undo_seconds)
    return max(scheduled, trusted_time.now() + held_back)
