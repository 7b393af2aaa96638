"""A thread that deals with what was asked at the sign-up forms."""

from __future__ import annotations

from django.utils import timezone

from newsletter.runtime.background import AfterChange, BackgroundThread, Pause
from newsletter.transports.base import Transport
from newsletter.welcoming.mailer import TransportMailer
from subscribers.sign_up import follow_up

#: Seconds between two looks while the database does not change, as mails wait for their time.
REST_SECONDS = 5.0
#: Seconds until the next look after an error.
RETRY_SECONDS = 10.0


class SignUpWorker(BackgroundThread):
    """Works from `start` to `stop`; it stops between two rounds."""

    def __init__(self, transport: Transport) -> None:
        super().__init__(
            "sign-up",
            self._follow,
            retry_seconds=RETRY_SECONDS,
            has_work=follow_up.has_waiting,
        )
        self._mailer = TransportMailer(transport)

    def _follow(self) -> Pause:
        """Deal with what is due; return how long to wait."""
        done = follow_up.follow_up(self._mailer, timezone.now())
        return 0.0 if done == follow_up.AT_ONCE else AfterChange(REST_SECONDS)
