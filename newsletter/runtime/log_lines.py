"""What a log says of others' words: each message stays one line, and moves no terminal.

A reason from a mail server, a word in an event or a subject may hold line breaks, with which
somebody could write lines of their own into the log, or the control characters of a terminal.  The
secret in an address is left out.
"""

from __future__ import annotations

import logging
import re

#: Control characters, line and paragraph separators, marks that turn the direction of writing.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


#: The secret in the address of a calendar feed: whoever reads a log must not read the calendar.
_SECRET = re.compile(r"(?<=/calendar/)[^/\s]+(?=\.ics)")


def in_one_line(text: str) -> str:
    """Return a text with escapes in place of what would end a line or move a terminal."""
    return _UNSAFE.sub(lambda found: ascii(found[0])[1:-1], text)


class OneLineFilter(logging.Filter):
    """Stands at a handler, and puts what a message is filled with in one line."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every record; a traceback below it has its lines."""
        if isinstance(record.args, tuple):
            record.args = tuple(map(_safe, record.args))
        return True


def _safe(value: object) -> object:
    if isinstance(value, int | float):
        return value
    # Errors, rows and addresses are turned into text here, as `%s` would.
    return _SECRET.sub("…", in_one_line(str(value)))
