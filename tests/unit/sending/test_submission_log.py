"""The submission log on a disk that is full, read-only, torn, copied or edited by hand."""

from __future__ import annotations

import dataclasses
import errno
import multiprocessing
import os
import shutil
import stat
import time
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from newsletter.errors import BadInput, NotSubmitted
from newsletter.sending.delivery import claims, dispatch
from newsletter.sending.models import Attempt, Batch, Send
from newsletter.sending.reporting.totals import count_send
from newsletter.sending.restores import identity, submission_log
from newsletter.sending.restores.submission_log import Entry, Position, SubmissionLog
from newsletter.transports.memory import MemoryTransport
from subscribers.models import Subscriber
from tests.unit.sending.conftest import LEASE

Start = Callable[..., Send]
AddPeople = Callable[..., list[Subscriber]]

DATABASE = "5eed" * 8


def entry(attempt: str) -> Entry:
    """Return what is written for an attempt."""
    return Entry(
        attempt=attempt,
        send=1,
        batch=2,
        at=0.0,
        size=3,
        people="5+2",
        issue="a" * 32,
        publication=1,
        volume=1,
        issue_number=1,
        title="Reed beds",
    )


@pytest.fixture
def journal(tmp_path: Path) -> SubmissionLog:
    """A log with three entries: one, two, three."""
    made = SubmissionLog(tmp_path / "submissions", DATABASE)
    for name in ("one", "two", "three"):
        made.append(entry(name))
    return made


def reopened(journal: SubmissionLog) -> SubmissionLog:
    """Return the log as another process sees it: with nothing kept in mind."""
    return SubmissionLog(journal.path.parent, DATABASE)


def attempts(journal: SubmissionLog) -> list[str]:
    """Return the attempts that the log names."""
    return [each.attempt for each in journal.entries()]


def counts(journal: SubmissionLog) -> list[int]:
    """Return the numbers of its lines."""
    return [each.count for each in journal.entries()]


# Lines that are none


@pytest.mark.parametrize("left", [b"", b'{"attempt": "fo', b"\0\0\0\0"], ids=["0", "half", "nul"])
def test_torn_last_line_costs_nothing(journal: SubmissionLog, left: bytes) -> None:
    """After a power cut the log counts on where it was, vouches as before, and takes more lines."""
    with journal.path.open("ab") as file:
        file.write(left)
    again = reopened(journal)

    found = again.position()
    assert (found.count, found.in_place, found.complete) == (3, True, True)

    again.append(entry("four"))
    assert attempts(again) == ["one", "two", "three", "four"]
    assert counts(again) == [1, 2, 3, 4]
    assert again.is_complete()
    assert journal.path.read_bytes().endswith(b"\n")


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"# a note by hand",
        b'{"attempt": "two"}',
        b'{"attempt": "two", "send": "many"}',
        b"[1, 2]",
        b"\xff\xfe",
        b'{"count": 2}',
    ],
)
def test_line_that_was_lost_is_noticed(journal: SubmissionLog, line: bytes) -> None:
    """What stands for a whole line and says nothing is read over, but the log is not whole then."""
    lines = journal.path.read_bytes().splitlines()
    lines[2] = line
    journal.path.write_bytes(b"\n".join(lines) + b"\n")
    again = reopened(journal)

    assert attempts(again) == ["one", "three"]
    assert not again.position().complete
    assert not again.is_complete()

    again.adopt()  # a person has resolved what it lacks
    assert again.is_complete()
    again.append(entry("four"))
    assert counts(again) == [2, 3, 4], "the last number does not go back"


def test_note_between_lines_costs_nothing(journal: SubmissionLog) -> None:
    """A line that somebody added is no entry, and none is missing."""
    lines = journal.path.read_bytes().splitlines()
    journal.path.write_bytes(b"\n".join([*lines, b"# checked, all well", *[b""] * 300, b""]))

    again = reopened(journal)
    again.append(entry("four"))

    assert counts(again) == [1, 2, 3, 4]
    assert again.position().complete


def test_entry_of_a_later_version_is_read(journal: SubmissionLog) -> None:
    """Whoever goes back to this version still knows what the later one submitted."""
    later = dataclasses.asdict(entry("four")) | {"count": 4, "weather": "fair"}
    with journal.path.open("ab") as file:
        file.write(orjson.dumps(later) + b"\n")

    assert attempts(reopened(journal))[-1] == "four"


def test_first_line_that_is_lost(journal: SubmissionLog) -> None:
    """Without it the log vouches for nothing; with the next entry it has one again."""
    lines = journal.path.read_bytes().splitlines(keepends=True)
    journal.path.write_bytes(b"".join([b'{"database": "5eed\n', *lines[1:]]))
    again = reopened(journal)

    assert again.position() == Position(complete=False)
    assert attempts(again) == ["one", "two", "three"]

    again.append(entry("four"))
    assert attempts(again) == ["one", "two", "three", "four"]
    assert again.position().log


# The disk


def test_full_disk(tmp_path: Path) -> None:
    """A line that the disk does not take is an error that says so: nothing may leave."""
    folder = tmp_path / "submissions"
    folder.mkdir()
    (folder / f"{DATABASE}.log").symlink_to("/dev/full")

    with pytest.raises(NotSubmitted, match=r"No space left on device.*Make room on the disk"):
        SubmissionLog(folder, DATABASE).append(entry("one"))


def fail_to_force(_handle: int) -> None:
    """Be a disk that took a line, and says at the end that it has no room for it."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_disk_is_found_full_when_a_line_is_forced(
    journal: SubmissionLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So is a line that was written and not forced; what comes later counts on from there."""
    with monkeypatch.context() as patch:
        patch.setattr(submission_log, "force", fail_to_force)
        with pytest.raises(NotSubmitted, match="nothing is submitted: No space left"):
            journal.append(entry("four"))
    assert journal.previous == "three", "the last that may have left"

    journal.append(entry("five"))

    assert counts(journal) == sorted(set(counts(journal)))
    assert journal.is_complete()


@pytest.mark.parametrize("fault", ["write", "force"])
def test_send_waits_on_a_full_disk_and_goes_on(
    start: Start, add_people: AddPeople, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """Nothing is submitted, the send says what to do, and goes on by itself once there is room."""
    add_people(4)
    send, transport = start(batch_size=2), MemoryTransport()
    log = identity.submission_log()
    log.path.parent.mkdir(parents=True, exist_ok=True)
    with monkeypatch.context() as patch:
        if fault == "write":
            log.path.symlink_to("/dev/full")
        else:
            patch.setattr(submission_log, "force", fail_to_force)
        while (batch := claims.next_batch()) is not None:
            dispatch.send_batch(batch, transport, lease=LEASE)
    send.refresh_from_db()
    assert transport.submitted == []
    assert set(send.batches.values_list("state", flat=True)) == {Batch.State.PLANNED}
    assert set(Attempt.objects.values_list("state", flat=True)) == {Attempt.State.NOT_SENT}
    assert "cannot be written, so nothing is submitted: No space left on device" in send.note
    assert "Make room on the disk" in send.note

    if fault == "write":
        log.path.unlink()
    send.batches.update(not_before=None)
    while (batch := claims.next_batch()) is not None:
        dispatch.send_batch(batch, transport, lease=LEASE)

    send.refresh_from_db()
    assert count_send(send).deliveries == {"accepted": 4}
    assert send.note == ""
    assert len(transport.addresses()) == len(set(transport.addresses())) == 4


def test_folder_that_is_a_file(tmp_path: Path) -> None:
    """What stands in the way of the folder is named."""
    (tmp_path / "submissions").write_text("")

    with pytest.raises(NotSubmitted, match=r"submissions.*cannot be written"):
        SubmissionLog(tmp_path / "submissions", DATABASE).append(entry("one"))


def test_log_that_is_no_file(journal: SubmissionLog) -> None:
    """A log that cannot be read is not taken for one that is not there."""
    journal.path.unlink()
    journal.path.mkdir()

    for read in (journal.entries, journal.position, lambda: journal.latest(1)):
        with pytest.raises(BadInput, match="cannot be read: Is a directory") as caught:
            read()
        assert "chown" in caught.value.hint


def test_nobody_else_may_read_it(journal: SubmissionLog) -> None:
    """Who was mailed when is nobody's business, even as numbers."""
    assert stat.S_IMODE(journal.path.stat().st_mode) == 0o600
    journal.path.chmod(0o644)
    os.utime(journal.path)
    journal.path.write_bytes(journal.path.read_bytes())
    again = reopened(journal)
    assert again.position().in_place

    shutil.copy(journal.path, copy := journal.path.with_suffix(".copy"))
    copy.replace(journal.path)
    assert not again.position().in_place
    again.adopt()
    assert stat.S_IMODE(journal.path.stat().st_mode) == 0o600
    assert again.position().in_place


def test_there_is_no_log(tmp_path: Path) -> None:
    """A folder without one has submitted nothing, as far as it knows."""
    journal = SubmissionLog(tmp_path, DATABASE)

    assert journal.entries() == []
    assert journal.position() == Position()
    journal.adopt()
    assert list(tmp_path.iterdir()) == []


# Growing


def test_what_is_old_is_forgotten(
    journal: SubmissionLog, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A large file lets go of what is older than a provider remembers, and keeps its name."""
    before = journal.position()
    old = [dataclasses.replace(each, at=time.time() - 41 * 86_400) for each in journal.entries()]
    journal._rewrite(old)
    monkeypatch.setattr(submission_log, "ROTATE_BYTES", 100)

    journal.append(entry("four"))

    assert attempts(journal) == ["four"]
    after = journal.position()
    assert (after.log, after.count, after.in_place) == (before.log, 4, True)
    journal.append(entry("five"))
    assert counts(journal) == [4, 5]
    assert [path.name for path in journal.path.parent.iterdir()] == [journal.path.name]


def write_many(folder: Path, name: str) -> None:
    """Be one of several processes that submit at the same time."""
    journal = SubmissionLog(folder, DATABASE)
    for number in range(60):
        journal.append(entry(f"{name}-{number}"))
        if number % 20 == 10:  # a new file takes the place of the old one, as when it has grown
            with journal._opened():
                journal._rewrite(journal.entries())


def test_two_processes_append(tmp_path: Path) -> None:
    """No line of theirs is lost or torn, and each has a number of its own."""
    workers = [
        multiprocessing.get_context("fork").Process(target=write_many, args=(tmp_path, name))
        for name in ("a", "b")
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0

    journal = SubmissionLog(tmp_path, DATABASE)
    assert sorted(attempts(journal)) == sorted(f"{n}-{i}" for n in "ab" for i in range(60))
    assert counts(journal) == list(range(1, 121))
    assert journal.position().in_place
