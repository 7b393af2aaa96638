"""What the log says of a request that Django refuses: one line, without a traceback.

Anybody can send a host name that is not ours, or a form of ten thousand fields.  Nothing in the
program is wrong then, so there is no place in it to look at; and twenty lines for each such request
would hide what matters.
"""

from __future__ import annotations

import logging
import re

#: The logger of what Django calls a suspicious operation; each kind has a logger below it.
LOGGER = "django.security"


#: What Django says of a host that is not ours, which names a setting of Django.
_FOREIGN = re.compile(r"Invalid HTTP_HOST header: '(.{0,200}?)'", re.DOTALL)
WORDS = (
    "a request for the host %s is refused: this site has the hosts of [site] base_url and addresses"
)


class MissingPageFilter(logging.Filter):
    """Keeps pages that are not there out of the log: a crawler tries thousands."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Leave out what was answered 404; a request that was refused has a line of its own."""
        return getattr(record, "status_code", None) != 404


class RefusedRequestFilter(logging.Filter):
    """Stands at a handler, for the filter of a logger does not see what is logged below it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Make a warning of it, without the traceback; keep all other records as they are."""
        if record.name.startswith(LOGGER):
            record.exc_info = record.exc_text = None
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            if host := _FOREIGN.match(record.getMessage()):
                record.msg, record.args = WORDS, (host[1],)
        return True
