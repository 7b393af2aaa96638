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


#: Secrets in addresses: whoever reads a log must read no calendar, and use no subscriber's link.
_SECRET = re.compile(r"(?<=/calendar/)[^/\s]+(?=\.ics)|(?<=/[pPuUcCa]/)[\w-]{20,}")
#: An address of a person, which a server's answer or an error of a library may repeat.
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?=[\w-]+\.[\w.-]*\w)")


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


class PrivateFormatter(logging.Formatter):
    """Writes a record with its traceback, without anybody's address and without secrets.

    Errors of a database or of a mail server may repeat an address, and links are secrets.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the lines of a record."""
        return _ADDRESS.sub("…@", _SECRET.sub("…", super().format(record)))


def _safe(value: object) -> object:
    if isinstance(value, int | float):
        return value
    # Errors, rows and addresses are turned into text here, as `%s` would.
    return _SECRET.sub("…", in_one_line(str(value)))
