"""What a restart brings back."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from sendgrid_emulator.account import Account
from sendgrid_emulator.errors import EmulatorError
from sendgrid_emulator.state.batches import Status
from sendgrid_emulator.state.journal import FILE, Journal
from sendgrid_emulator.state.messages import Phase
from sendgrid_emulator.state.suppressions import SPAM, UNSUBSCRIBES, Entry
from tests.unit.sendgrid_emulator.samples import letter


class EmulatorRun:
    """One run of an emulator that keeps a journal."""

    def __init__(self, folder: Path) -> None:
        self.journal = Journal(folder)
        self.account = Account(journal=self.journal)

    def accept(self, **changes: object) -> str:
        """Accept a request and return its X-Message-Id."""
        payload = letter(**changes)
        return self.account.accept(orjson.dumps(payload), payload).id

    def wait(self, seconds: float = 0) -> None:
        """Let time pass."""
        self.account.clock.advance(seconds)
        self.account.timeline.run_due(self.account.clock.now)


def test_mail_is_still_there(tmp_path: Path) -> None:
    """After a restart every accepted request is shown again, with what became of it."""
    first = EmulatorRun(tmp_path)
    names = [first.accept(people=3), first.accept(people=2)]
    first.wait()
    before = [mail.source().split(b"Content-Type")[0] for mail in first.account.mailbox]
    first.journal.close()

    second = EmulatorRun(tmp_path)

    assert [request.id for request in second.account.mailbox.requests] == names
    assert len(second.account.mailbox) == 5
    assert {request.phase for request in second.account.mailbox.requests} == {Phase.RELEASED}
    after = [mail.source().split(b"Content-Type")[0] for mail in second.account.mailbox]
    assert after == before


def test_what_waited_still_waits(tmp_path: Path) -> None:
    """Scheduled and paused mail, batches and suppressions outlive the program."""
    first = EmulatorRun(tmp_path)
    at = int(first.account.clock.now()) + 3600
    paused, stopped, plain = (first.account.create_batch_id() for _ in range(3))
    first.account.set_batch_status(paused, Status.PAUSE)
    first.account.set_batch_status(stopped, Status.CANCEL)
    first.account.set_batch_status(plain, Status.CANCEL)
    first.account.clear_batch_status(plain)
    for batch_id in (paused, stopped, plain):
        first.accept(batch_id=batch_id, send_at=at)
    first.account.suppress(UNSUBSCRIBES, Entry("gone@example.org", 7, "left", ""))
    first.account.suppress(SPAM, Entry("back@example.org", 8))
    first.account.unsuppress(SPAM, "back@example.org")
    first.journal.close()

    second = EmulatorRun(tmp_path)
    second.wait(3601)

    phases = [request.phase for request in second.account.mailbox.requests]
    assert phases == [Phase.PAUSED, Phase.CANCELLED, Phase.RELEASED]
    assert second.account.suppressions.get(UNSUBSCRIBES, "gone@example.org") == Entry(
        "gone@example.org", 7, "left", ""
    )
    assert second.account.suppressions.reason("back@example.org") is None


def test_groups_outlive_a_restart(tmp_path: Path) -> None:
    """Unsubscribe groups and who left them are there after a restart; dissolved ones are not."""
    first = EmulatorRun(tmp_path)
    gone, kept = (first.account.form_group(name, "x") for name in ("gone", "kept"))
    first.account.suppress(kept.list, Entry("left@example.org", 7))
    first.account.dissolve_group(gone)
    first.journal.close()

    second = EmulatorRun(tmp_path).account.suppressions

    assert list(second.groups.values()) == [kept]
    assert second.reason("left@example.org", kept.id) == "Unsubscribed Address"
    assert second.reason("left@example.org") is None


def test_what_was_held_can_still_be_let_go(tmp_path: Path) -> None:
    """Mail that was paused beyond its time before the restart leaves when the pause ends."""
    first = EmulatorRun(tmp_path)
    batch_id = first.account.create_batch_id()
    first.account.set_batch_status(batch_id, Status.PAUSE)
    first.accept(batch_id=batch_id)
    first.wait()
    first.journal.close()

    second = EmulatorRun(tmp_path)
    second.account.clear_batch_status(batch_id)

    assert second.account.mailbox.requests[0].phase is Phase.RELEASED


def test_a_torn_line_is_left_out(tmp_path: Path) -> None:
    """A last line cut short by a crash is dropped, and writing goes on in its place."""
    first = EmulatorRun(tmp_path)
    first.accept()
    first.accept()
    first.journal.close()
    whole = (tmp_path / FILE).read_bytes()
    (tmp_path / FILE).write_bytes(whole[:-10])

    second = EmulatorRun(tmp_path)
    second.accept()
    second.journal.close()

    assert len(EmulatorRun(tmp_path).account.mailbox) == 2


def test_another_file_is_not_touched(tmp_path: Path) -> None:
    """A file that is no journal is refused with its line, and left as it is."""
    (tmp_path / FILE).write_text('{"what": "batch", "id": "b", "at": 1}\nhello\n')

    with pytest.raises(EmulatorError, match=r"emulator\.jsonl:2: this is not a record"):
        EmulatorRun(tmp_path)

    assert (tmp_path / FILE).read_text().endswith("hello\n")


def test_two_emulators_cannot_share_a_folder(tmp_path: Path) -> None:
    """The second program on the same folder is told so."""
    Journal(tmp_path)

    with pytest.raises(EmulatorError, match="in use by another emulator"):
        Journal(tmp_path)


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """A folder that cannot be made is named in the error."""
    (tmp_path / "file").touch()

    with pytest.raises(EmulatorError, match="file/emulator"):
        Journal(tmp_path / "file" / "emulator")


def test_reset_empties_the_journal(tmp_path: Path) -> None:
    """After a reset a restart shows nothing either."""
    first = EmulatorRun(tmp_path)
    first.accept()
    first.account.reset()
    first.accept(people=4)
    first.journal.close()

    assert len(EmulatorRun(tmp_path).account.mailbox) == 4
