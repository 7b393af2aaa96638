"""Write mail into a Maildir instead of sending it: to look at it, or for another program to send.

A message is written to `tmp/`, forced to the disk, and linked into `new/` under a name that
is made from its delivery.  So nobody sees half a message, and there is never a second
one for the same delivery: the file system refuses the name.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from secrets import token_hex

from newsletter.errors import (
    AccountError,
    NotSubmitted,
    PartiallySubmitted,
    Refused,
    TransportError,
)
from newsletter.phrases import phrase
from newsletter.transports.base import Message, Recipient, SubmitResult
from newsletter.transports.error_text import kind_of
from newsletter.transports.mime_encoder import MimeEncoder, find_unwritable

PARTS = ("tmp", "new", "cur")


class MaildirTransport:
    """A Maildir with one .eml file per delivery."""

    name = "maildir"
    #: Each file waits for the disk; this many take much less time than the lease of a batch.
    max_batch_size = 100

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def submit(self, message: Message, recipients: Sequence[Recipient]) -> SubmitResult:
        """Write one file each; see `newsletter.transports.base.Transport`."""
        message.raise_if_expired()
        written: set[int] = set()
        refused: dict[int, str] = {}
        decided: TransportError | None = None
        try:
            self._write_all(MimeEncoder(message, recipients), recipients, written, refused)
        except TransportError:
            raise
        except OSError as error:
            decided = disk_error(self.folder, error)
        except BaseException as error:  # noqa: BLE001  who has a file is known all the same
            decided = interruption_error(error)
        if refused or decided:
            raise self._parted(written, refused, decided)
        return SubmitResult(message_id=str(self.folder), status=250)

    def _parted(
        self, written: set[int], refused: dict[int, str], cause: TransportError | None
    ) -> TransportError:
        """Return the result for each person.

        A person with a file is accepted, whatever happened to the others: another program may have
        sent it and taken it away already, and would send a second one too.
        """
        if cause and not (written or refused):
            return cause
        words = str(cause) if cause else f"{len(refused)} people cannot be written to"
        parted = PartiallySubmitted(
            words, accepted=frozenset(written), refused=refused, cause=cause
        )
        parted.interruption = cause.interruption if cause else None
        return parted

    def dry_run(self, message: Message, recipients: Sequence[Recipient]) -> None:
        """Write a message where nobody reads it, and take it away again."""
        encoder = MimeEncoder(message, recipients)
        persons = find_unwritable(recipients)
        try:
            self._lay_out()
            good = (person for place, person in enumerate(recipients) if place not in persons)
            for person in islice(good, 1):
                self._draft(encoder.encode(person)).unlink()
        except OSError as error:
            raise disk_error(self.folder, error) from None
        if persons:
            raise Refused(phrase("Mail cannot be sent to these addresses"), persons=persons)

    def find_over_limit(self, message: Message, recipients: Sequence[Recipient]) -> dict[int, str]:
        """Return nobody: files have no limits."""
        del message, recipients
        return {}

    def close(self) -> None:
        """Do nothing: there is nothing to close."""

    def _lay_out(self) -> None:
        for part in PARTS:
            (self.folder / part).mkdir(parents=True, exist_ok=True)

    def _write_all(
        self,
        encoder: MimeEncoder,
        recipients: Sequence[Recipient],
        written: set[int],
        refused: dict[int, str],
    ) -> None:
        """Write one file each, and note by place who has one, or why not.

        Raises `OSError` unless everything is on the disk.
        """
        self._lay_out()
        moved_on = self._moved_on()
        try:
            for place, person in enumerate(recipients):
                name = f"{encoder.name(person)}.eml"
                try:
                    data = encoder.encode(person)
                except Refused as error:
                    refused[place] = str(error)
                    continue
                if name not in moved_on:
                    self._write(name, data)
                written.add(place)
        finally:
            try:
                force(self.folder / "new")
            except OSError:
                # It is not known what is on the disk; written again, each file gets the same name.
                written.clear()
                raise

    def _moved_on(self) -> set[str]:
        """Return the files that a mail program has moved on, without the flags behind a name."""
        return {path.name.partition(":")[0] for path in (self.folder / "cur").iterdir()}

    def _write(self, name: str, data: bytes) -> None:
        """Put a message into new/, unless it is there already."""
        draft = self._draft(data)
        try:
            with suppress(FileExistsError):
                (self.folder / "new" / name).hardlink_to(draft)
        finally:
            draft.unlink()

    def _draft(self, data: bytes) -> Path:
        """Return a file in tmp/ whose content is on the disk."""
        path = self.folder / "tmp" / token_hex(8)
        try:
            with path.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return path


def force(folder: Path) -> None:
    """Have the names in a folder on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def disk_error(folder: Path, error: OSError) -> AccountError:
    """Return the decision after an error of the disk: every batch would fail."""
    return AccountError(
        phrase(
            "The Maildir {folder} cannot be written: {strerror}",
            folder=folder,
            strerror=error.strerror,
        ),
        hint=phrase(
            "Make room there, or name another [maildir] folder; then: newsletter send resume ID"
        ),
    )


def interruption_error(error: BaseException) -> TransportError:
    """Return the decision for people without a file, after an interruption."""
    if isinstance(error, ValueError | TypeError | LookupError):
        return AccountError(phrase("The mail cannot be written: {kind}", kind=kind_of(error)))
    decided = NotSubmitted(phrase("interrupted: {kind}", kind=kind_of(error)))
    decided.interruption = None if isinstance(error, Exception) else error
    return decided
