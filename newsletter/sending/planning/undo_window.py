"""The undo window: the time in which a send that a person started can be stopped."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from newsletter.sending import trusted_time


def after_undo_window(scheduled: dt.datetime) -> dt.datetime:
    """Return when a send that a person starts now leaves: the end of the undo window."""
    held_back = dt.timedelta(seconds=settings.CONFIG.sending.undo_seconds)
    return max(scheduled, trusted_time.now() + held_back)
