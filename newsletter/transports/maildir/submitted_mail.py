"""The mail that has left: the messages in a Maildir."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from email.parser import BytesHeaderParser
from pathlib import Path

from newsletter.errors import TransportError
from newsletter.phrases import phrase
from newsletter.transports.base import ATTEMPT, DATABASE, DELIVERY, SEND
from newsletter.transports.email_log import SubmittedMail
from newsletter.transports.mime_encoder import label_headers

#: The folders of a Maildir in which whole messages are.
WHOLE = ("new", "cur")
#: The headers of a message end within this many bytes.
HEAD_BYTES = 65_536


class MaildirFiles:
    """The messages in a Maildir."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def submitted_since(
        self, since: dt.datetime, *, categories: Sequence[str], known: Callable[[str], bool]
    ) -> Iterator[SubmittedMail]:
        """Yield every message that was written since a time; see `SubmittedMails`."""
        del categories, known
        parser = BytesHeaderParser()
        try:
            for path in self._files(since):
                with path.open("rb") as file:
                    message = parser.parsebytes(file.read(HEAD_BYTES).partition(b"\r\n\r\n")[0])
                named = {
                    label: str(message.get(header) or "")
                    for label in (ATTEMPT, SEND, DELIVERY, DATABASE)
                    for header in label_headers({label: ""})
                }
                yield SubmittedMail(
                    address=str(message.get("To") or "").strip("<> "),
                    at=dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC),
                    attempt=named[ATTEMPT],
                    send=named[SEND],
                    delivery=named[DELIVERY],
                    database=named[DATABASE],
                )
        except OSError as error:
            raise TransportError(
                phrase(
                    "The Maildir {folder} cannot be read: {strerror}",
                    folder=self._folder,
                    strerror=error.strerror,
                )
            ) from None

    def close(self) -> None:
        """Nothing is open."""

    def _files(self, since: dt.datetime) -> Iterator[Path]:
        for part in WHOLE:
            folder = self._folder / part
            if folder.is_dir():
                oldest = since.timestamp()
                yield from (path for path in folder.iterdir() if path.stat().st_mtime >= oldest)
