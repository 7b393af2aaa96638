"""What is peculiar to files: one for each delivery, whole or not at all."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import pytest

from newsletter.errors import AccountError, PartiallySubmitted
from newsletter.transports.base import Message, Recipient
from newsletter.transports.maildir.submission import MaildirTransport

MESSAGE = Message(
    from_email="desk@tideline.example",
    from_name="Tideline",
    reply_to="",
    subject="Reed beds",
    html="<p>Good morning</p>",
    text="Good morning",
)


def people(count: int, attempt: str = "a1b2") -> list[Recipient]:
    """Return N recipients."""
    return [
        Recipient(
            address=f"reader{number}@tideline.example",
            values={},
            labels={"nl_delivery": str(number), "nl_attempt": attempt},
        )
        for number in range(count)
    ]


@pytest.fixture
def maildir(tmp_path: Path) -> MaildirTransport:
    """A Maildir that is not there yet."""
    return MaildirTransport(tmp_path / "var" / "maildir")


def names(maildir: MaildirTransport, part: str = "new") -> list[str]:
    """Return the files of one part of the Maildir."""
    return sorted(path.name for path in (maildir.folder / part).iterdir())


def test_repeat_makes_no_second_file(maildir: MaildirTransport) -> None:
    """The same delivery tried again, as another attempt, leaves one file as it was."""
    maildir.submit(MESSAGE, people(3))
    before = {path: path.read_bytes() for path in (maildir.folder / "new").iterdir()}

    maildir.submit(MESSAGE, people(4, attempt="c3d4"))

    assert len(names(maildir)) == 4
    assert all(path.read_bytes() == content for path, content in before.items())
    assert names(maildir, "tmp") == []


def test_mail_that_was_read_is_not_written_again(maildir: MaildirTransport) -> None:
    """A file that a mail program has moved on counts as there."""
    maildir.submit(MESSAGE, people(2))
    for name in names(maildir):
        (maildir.folder / "new" / name).rename(maildir.folder / "cur" / f"{name}:2,S")

    maildir.submit(MESSAGE, people(2))

    assert names(maildir) == []


def test_other_mail_has_other_names(maildir: MaildirTransport) -> None:
    """A delivery of the same number in another database is another file."""
    maildir.submit(MESSAGE, people(1))
    maildir.submit(dataclasses.replace(MESSAGE, subject="Another"), people(1))

    assert len(names(maildir)) == 2


def test_full_disk_holds_and_leaves_nothing_half(
    maildir: MaildirTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the disk is full the send is held; later everybody has one whole file."""
    left = [2]

    def full(handle: int) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(AccountError) as raised:
        maildir.submit(MESSAGE, people(5))
    monkeypatch.undo()

    assert "No space left" in str(raised.value)
    assert names(maildir, "tmp") == []
    maildir.submit(MESSAGE, people(5, attempt="c3d4"))
    assert len(names(maildir)) == 5
    assert all((maildir.folder / "new" / name).stat().st_size > 400 for name in names(maildir))


@pytest.mark.parametrize("error", [OSError(28, "No space left"), KeyboardInterrupt(), ValueError()])
def test_who_has_a_file_is_accepted(
    maildir: MaildirTransport, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    """What another program has taken away and sent is not written again after a failure."""
    whole, done = Path.hardlink_to, [0]

    def link(path: Path, target: Path) -> None:
        done[0] += 1
        if done[0] > 2:
            raise error
        whole(path, target)

    monkeypatch.setattr(Path, "hardlink_to", link)
    with pytest.raises(PartiallySubmitted) as raised:
        maildir.submit(MESSAGE, people(5))

    assert (raised.value.accepted, raised.value.refused) == ({0, 1}, {})
    assert raised.value.cause is not None
    assert raised.value.interruption is (None if isinstance(error, Exception) else error)
    assert len(names(maildir)) == 2


def test_names_say_nothing_about_people(maildir: MaildirTransport) -> None:
    """The name of a file holds the number of a delivery, and no address."""
    maildir.submit(MESSAGE, people(1))

    [name] = names(maildir)
    assert name.startswith("0-")
    assert name.endswith(".eml")
    assert "reader" not in name
