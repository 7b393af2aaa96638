"""What the program notes in the database is read by each person in their own language."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone, translation

from newsletter.errors import AccountError
from newsletter.phrases import phrase, translate
from newsletter.scheduling import send_status
from newsletter.sending.delivery import decisions
from newsletter.sending.ledger import audit_log
from newsletter.sending.models import AuditEntry, Edition, Send
from newsletter.stored_phrases import MARK
from tests import desks
from tests.publications import create_publication

pytestmark = pytest.mark.django_db


@pytest.fixture
def send() -> Send:
    """A send that is held."""
    issue = desks.draft(create_publication("Tideline Digest"))
    edition = Edition.objects.create(issue=issue, subject="x", hash="0" * 64)
    return Send.objects.create(
        issue=issue, edition=edition, state=Send.State.HELD, at=timezone.now() + dt.timedelta(9)
    )


def test_a_note_is_read_in_two_languages(send: Send) -> None:
    """Stored once, it is English to one reader and Japanese to another."""
    error = AccountError(phrase("SendGrid answered {status}: {answer}", status=401, answer="no"))
    note = decisions.reason_to_hold(error)
    Send.objects.update(note=note)
    send.refresh_from_db()

    english = send_status.note_of(send)
    with translation.override("ja"):
        japanese = send_status.note_of(send)

    assert english == "SendGrid answered 401: no Fix the cause, then: newsletter send resume ID"
    assert japanese.startswith("SendGridの応答401: no 原因を取り除いてから")


def test_a_stored_phrase_is_found_again(send: Send) -> None:
    """The database compares phrases as it does texts."""
    note = phrase("by send {send}", send=7)
    Send.objects.update(note=note)

    assert Send.objects.filter(note=note).exists()
    assert not Send.objects.exclude(note=note).exists()
    assert Send.objects.values_list("note", flat=True).get() == "by send 7"


def test_notes_of_earlier_releases_stay_readable(send: Send) -> None:
    """Plain text in the column is shown as it is, whatever the language."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sending_send SET note = 'It was 5 % of {all}.'")
    send.refresh_from_db()

    with translation.override("ja"):
        assert send_status.note_of(send) == "It was 5 % of {all}."


def test_nobody_writes_a_phrase_by_hand(send: Send) -> None:
    """What a person types is text, even if it looks like a stored phrase; and it is cut off."""
    Send.objects.update(note=MARK + '{"message": "x"}')
    send.refresh_from_db()
    assert send.note == '{"message": "x"}'

    Send.objects.update(note="x" * 600)
    send.refresh_from_db()
    assert len(send.note) == 500


def test_the_audit_log_is_in_the_readers_language(send: Send) -> None:
    """An entry keeps its figures, and says them in Japanese to a Japanese reader."""
    audit_log.record(
        send.pk, AuditEntry.Kind.RESENT, by="ann", note=phrase("by send {send}", send=8)
    )

    with translation.override("ja"):
        (line,) = send_status.list_history(send)

    assert line.endswith("annさん）: 配信8による") or "配信8による" in line


def test_anything_in_a_phrase_can_be_stored(send: Send) -> None:
    """A field that is no simple value is kept as its text."""
    Send.objects.update(note=phrase("{path}: {error}", path=send, error=None))
    send.refresh_from_db()

    assert translate(send.note) == f"{send}: None"
