"""Counting, searching and paging through the mails."""

from __future__ import annotations

import orjson
import pytest

from sendgrid_emulator.state.mailbox import Mailbox
from sendgrid_emulator.state.messages import Accepted
from tests.unit.sendgrid_emulator.samples import letter


@pytest.fixture
def mailbox() -> Mailbox:
    """Return a mailbox with two requests, to 3 and to 2 people."""
    box = Mailbox()
    for name, people, subject in (("older", 3, "The river is high"), ("newer", 2, "The ice")):
        payload = letter(people=people, subject=subject)
        box.add(Accepted.of(name, 1.0, orjson.dumps(payload), payload))
    return box


def test_it_counts_mails_not_requests(mailbox: Mailbox) -> None:
    """The length is the number of recipients."""
    assert len(mailbox) == 5
    assert len(list(mailbox)) == 5


def test_pages_join_up(mailbox: Mailbox) -> None:
    """Pages of two show every mail once, the newest request first."""
    pages = [mailbox.search(start=start, count=2) for start in (0, 2, 4)]

    ids = [mail.id for page in pages for mail in page.messages]
    assert ids == ["newer.0", "newer.1", "older.0", "older.1", "older.2"]
    assert {page.total for page in pages} == {5}


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("READER2", ["older.2"]),
        ("reader0@example.org", ["newer.0", "older.0"]),
        ("river", ["older.0", "older.1", "older.2"]),
        (" ice ", ["newer.0", "newer.1"]),
        ("nothing like it", []),
    ],
)
def test_search_looks_at_addresses_and_subjects(
    mailbox: Mailbox, words: str, ids: list[str]
) -> None:
    """Part of an address or of a subject finds the mail, in capitals or not."""
    found = mailbox.search(words)

    assert [mail.id for mail in found.messages] == ids
    assert found.total == len(ids)


def test_found_mails_are_paged_too(mailbox: Mailbox) -> None:
    """The page of a search says how many were found in all."""
    found = mailbox.search("reader", start=4, count=10)

    assert (found.total, [mail.id for mail in found.messages]) == (5, ["older.2"])


def test_to_wants_the_whole_address(mailbox: Mailbox) -> None:
    """Mail to an address is found by all of it, whatever the case, the oldest first."""
    assert [mail.id for mail in mailbox.to("Reader1@Example.org")] == ["older.1", "newer.1"]
    assert mailbox.to("reader1") == []


def test_mails_are_found_by_name(mailbox: Mailbox) -> None:
    """A mail is found by its id; a name that is none finds nothing."""
    found = mailbox.message("older.2")

    assert found is not None
    assert found.address == "reader2@example.org"
    assert [mailbox.message(name) for name in ("older.3", "older.x", "other.0", "older")] == [
        None
    ] * 4


def test_clear_forgets_everything(mailbox: Mailbox) -> None:
    """An emptied mailbox has nothing in it."""
    mailbox.clear()

    assert len(mailbox) == 0
    assert mailbox.search("river").total == 0
    assert mailbox.request("older") is None
