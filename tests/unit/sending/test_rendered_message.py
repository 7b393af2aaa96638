"""The .eml of `newsletter issue render` has the headers of the mail that is sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from email import message_from_bytes
from email.message import Message
from pathlib import Path

from newsletter.publishing.content.issue_files import write_files
from newsletter.sending.delivery import claims, dispatch
from newsletter.sending.models import Send
from newsletter.transports.maildir.submission import MaildirTransport
from subscribers.models import Subscriber

#: What is each person's own, or each send's.
OWN = {"Content-Type", "Date", "Feedback-ID", "List-Unsubscribe", "Message-ID", "To"}


def test_headers_are_those_of_the_sent_mail(
    start: Callable[..., Send], add_people: Callable[..., list[Subscriber]], tmp_path: Path
) -> None:
    """Every header of a sent mail stands in the file, in the same order, and no other."""
    add_people(1)
    send = start()
    batch = claims.next_batch()
    assert batch
    dispatch.send_batch(batch, MaildirTransport(tmp_path / "mail"), lease=dt.timedelta(seconds=120))

    [sent] = (read(path) for path in (tmp_path / "mail" / "new").iterdir())
    rendered = read(write_files(send.issue, tmp_path / "files")[-1])

    assert rendered.keys() == sent.keys()
    assert common(rendered) == common(sent)


def read(path: Path) -> Message:
    """Return a message from its file."""
    return message_from_bytes(path.read_bytes())


def common(message: Message) -> dict[str, str]:
    """Return the headers that are the same for every person and every send."""
    return {
        name: value
        for name, value in message.items()
        if name not in OWN and not name.startswith("X-Newsletter-")
    }
