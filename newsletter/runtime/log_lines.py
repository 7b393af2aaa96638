"""What a log says of others' words: each message stays one line, and moves no terminal.

A reason from a mail server, a word in an event or a subject may hold line breaks, with which
somebody could write lines of their own into the log, or the control characters of a terminal.  The
secret in an address is left out.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
from collections.abc import Mapping

from newsletter.log_events import find_event
from newsletter.runtime.request_ids import current_request

#: Control characters, line and paragraph separators, marks that turn the direction of writing.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


#: Secrets in addresses, behind what leads to them: whoever reads a log must read no calendar, use
#: no subscriber's link, choose nobody's password and set up no newsletter.
_SECRET = re.compile(
    r"(/calendar/)[^/\s]+(?=\.ics)"
    r"|(/[pPuUcCa]/+)[\w.%~-]{20,}"
    r"|(/password_reset/confirm/)[^/\s]+/[^/\s]+"
    r"|(/admin/setup/)[^/\s]{20,}"
)
#: An address of a person, which a server's answer or an error of a library may repeat.
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?=[\w-]+\.[\w.-]*\w)")


def in_one_line(text: str) -> str:
    """Return a text with escapes in place of what would end a line or move a terminal."""
    return _UNSAFE.sub(lambda found: ascii(found[0])[1:-1], text)


class OneLineFilter(logging.Filter):
    """Stands at a handler, and puts what a message is filled with in one line."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every record; a traceback below it has its lines."""
        if isinstance(record.args, Mapping):
            record.args = {name: _safe(value) for name, value in record.args.items()}
        elif record.args:
            record.args = tuple(map(_safe, record.args))
        else:
            # Libraries log an error as the message itself.
            record.msg = _safe(record.msg)
        return True


def without_secrets(text: str) -> str:
    """Return a text without anybody's address and without secrets.

    Errors of a database or of a mail server may repeat an address, and links are secrets.
    """
    return _ADDRESS.sub("…@", _masked(text))


def _masked(text: str) -> str:
    return _SECRET.sub(lambda found: f"{found[found.lastindex or 0]}…", text)


class TextFormatter(logging.Formatter):
    """Writes a record for people: the name of its event in brackets, a traceback below it."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  logging's name
        """Return the first line, with the event and the request it belongs to."""
        request = current_request.get()
        of_request = f" request={request}" if request else ""
        event = find_event(record.name, record.msg).name
        return f"{super().formatMessage(record)} [{event}{of_request}]"

    def format(self, record: logging.LogRecord) -> str:
        """Return the lines of a record."""
        return without_secrets(super().format(record))


class JsonFormatter(logging.Formatter):
    """Writes a record for programs: an object in one line, with a field for each value."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; a traceback is the field `error`."""
        event = find_event(record.name, record.msg)
        values = record.args if isinstance(record.args, tuple) else ()
        line: dict[str, object] = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(
                timespec="milliseconds"
            ),
            "level": record.levelname.lower(),
            "event": event.name,
            "logger": record.name,
            "message": without_secrets(in_one_line(record.getMessage())),
        }
        for name, value in zip(event.fields, values, strict=False):
            line[name] = value if isinstance(value, int | float) else without_secrets(str(value))
        if request := current_request.get():
            line["request"] = request
        if record.exc_info:
            line["error"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def _safe(value: object) -> object:
    if isinstance(value, int | float):
        return value
    # Errors, rows and addresses are turned into text here, as `%s` would.
    return _masked(in_one_line(str(value)))
