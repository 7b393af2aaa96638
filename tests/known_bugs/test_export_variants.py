"""Columns that no table of systems holds, and still nobody who left by them is made active.

Each case is a title, what stands there for a reader, and what stands there for somebody who left,
or of whom it is not certain. The second one is never active: taken off, pending, or asked about.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.errors import ImportRejected
from subscribers.importing.applying import import_file
from subscribers.importing.reading import Reading
from subscribers.importing.telling import told_of
from subscribers.models import List, Subscription

#: Title, a reader's cell, and cells of people who left.
VARIANTS = (
    ("Subscribed", "Yes", "No N false 0 Nein Non いいえ 否 아니요 нет لا Tidak"),
    ("Opt-in", "1", "0 no declined refused"),
    ("Consent", "granted", "withdrawn denied rejected revoked forbidden je_refuse 不同意"),
    ("marketing_consent", "true", "false never NULL not_given"),
    ("Opted Out", "", "Y yes x 1 TRUE 2024-01-01"),
    ("Email Marketing Status", "Subscribed", "Cleaned Non-subscribed Inactive Archived Invalid"),
    ("Newsletter state", "1", "2 9"),
    ("Mailing", "A", "U"),
    ("Mail flag", "A", "B"),
    ("Subscription", "Full", "Ended Stopped Terminated"),
    ("Email OK", "ok", "nok"),
    ("Email Preference", "All", "None Never No_emails"),
    ("Preferred contact", "email", "none"),
    ("Updates", "yes", "no"),
    ("Bulletin", "oui", "non"),
    ("GDPR", "ok", "erase"),
    ("User status", "enabled", "disabled closed suspended"),
    ("Membership", "current", "resigned"),
    ("Type", "reader", "ex-reader former_member"),
    ("Reason", "", "unsubscribed bounced"),
    ("Remove", "", "yes x"),
    ("Left?", "No", "Yes"),
    ("Archive", "0", "1"),
    ("Deceased", "No", "Yes"),
    ("is_valid", "true", "false"),
    ("Email validity", "Valid", "Invalid"),
    ("blocked_at", "", "2024-01-01"),
    ("snoozed", "0", "1"),
    ("Don't send", "", "yes"),
    ("donotbulkemail", "0", "1"),
    ("Do not allow Bulk Emails", "Allow", "Do_Not_Allow"),
    ("do_not_email", "", "granted yes on"),
    ("delivery_status", "enabled", "by_user by_bounces unknown"),
    ("trashed", "0", "1"),
    ("Right to be forgotten", "", "yes"),
    ("resigned", "", "1"),
    ("unconfirmed", "0", "1"),
    ("confirmed_at", "2024-01-01", "_"),
    ("Sperrkennzeichen", "", "1"),
    ("Ne pas envoyer", "", "oui"),
    ("No enviar", "", "sí"),
    ("Non inviare", "", "sì"),
    ("Nie wysyłać", "", "tak"),
    ("Не отправлять", "", "да"),
    ("停止フラグ", "0", "1"),
    ("送信不可", "", "1"),
    ("エラー", "", "1"),
    ("ブロック", "", "1"),
    ("バウンス", "", "1"),
    ("配信区分", "1", "9"),
    ("DM可否", "○", "×"),
    ("有効", "1", "0"),
    ("拒收", "", "是"),
    ("수신거부", "N", "Y"),
    ("반송", "N", "Y"),
    ("Marketing (Й)", "да", "нет"),
)


@pytest.mark.parametrize(("title", "reader", "gone"), VARIANTS, ids=[case[0] for case in VARIANTS])
def test_a_column_that_says_who_left_makes_nobody_active(
    title: str, reader: str, gone: str, tmp_path: Path
) -> None:
    """Each value is tried beside two readers."""
    for number, word in enumerate(gone.split()):
        cell = word.replace("_", " ").strip() if "by_" not in word else word
        file = tmp_path / f"readers-{number}.csv"
        file.write_text(
            f'email,name,{title}\nin@tideline-mail.com,Ann,"{reader}"\n'
            f'x@tideline-mail.com,Bo,"{cell}"\nin2@tideline-mail.com,Cy,"{reader}"\n',
            encoding="utf-8",
        )
        assert "x" not in active_in(file), (title, word)


def active_in(file: Path) -> set[str]:
    """Return who would be active; nobody when a person must first say what the file means."""
    reading = Reading(file)
    try:
        people = {line[1].partition("@")[0] for line in reading.good_lines()}
        reading.check()
        reading.check_notes()
    except ImportRejected:
        return set()
    return people - {departure.key.partition("@")[0] for departure in reading.departures}


#: Columns that are about something else; they stay fields of readers.
HARMLESS = (
    ("City", ("Kiel", "Stop", "Ende")),
    ("VIP", ("yes", "no", "yes")),
    ("Company contact", ("-", "n/a", "Ann")),
    ("Joined", ("2024-01-01", "2024-01-02", "2024-01-03")),
    ("Member since", ("2024-01-01", "2024-01-02", "2024-01-03")),
    ("Do Not Phone", ("no", "yes", "no")),
    ("Open rate", ("0", "12", "3")),
    ("Bounce count", ("0", "0", "0")),
    ("Plan", ("free", "premium", "free")),
    ("Note", ("met at the fair", "likes boats and stops by often", "")),
    ("備考", ("展示会で名刺交換", "", "港の近くに在住")),
)


@pytest.mark.parametrize(("title", "cells"), HARMLESS, ids=[case[0] for case in HARMLESS])
def test_what_is_about_something_else_takes_nobody_off(
    title: str, cells: tuple[str, ...], tmp_path: Path
) -> None:
    """Nobody is asked, and everybody is active."""
    rows = "".join(f'p{at}@tideline-mail.com,"{cell}"\n' for at, cell in enumerate(cells))
    file = tmp_path / "readers.csv"
    file.write_text(f"email,{title}\n{rows}", encoding="utf-8")

    assert active_in(file) == {"p0", "p1", "p2"}


@pytest.mark.parametrize(
    "name",
    [
        "ex-subscribers.csv",
        "old members.csv",
        "Abmelder.csv",
        "Kündigungen 2024.csv",
        "配信不可.csv",
        "エラーアドレス.csv",
        "gdpr-erasure.csv",
        "dead addresses.csv",
        "stop list.csv",
        "exclusions.csv",
        "rejects.csv",
        "not-opted-in.csv",
        "nicht abonniert.csv",
        "held.csv",
    ],
)
def test_a_file_named_after_people_who_left_is_asked_about(name: str, tmp_path: Path) -> None:
    """Also when it says so above its titles."""
    text = "email\nx@tideline-mail.com\n"
    (tmp_path / name).write_text(text, encoding="utf-8")
    above = tmp_path / "list.csv"
    above.write_text(f"{name.removesuffix('.csv')}\n\nemail,name\nx@tideline-mail.com,X\n", "utf-8")

    assert active_in(tmp_path / name) == set()
    assert active_in(above) == set()


#: Texts that ask for no more mail, in the languages of the readers' notes.
REQUESTS = (
    "Asked to be removed, 3 May",
    "do not mail",
    "DON'T EMAIL!!",
    "please take her off the list",
    "wants no more newsletters - told Ann by phone",
    "passed away in 2023",
    "möchte keine E-Mails mehr",
    "bitte löschen",
    "verstorben",
    "ne plus envoyer",
    "ne souhaite plus recevoir nos courriels",
    "no enviar más correos",
    "pidió la baja",
    "não enviar",
    "non inviare più nulla",
    "wil geen mail meer",
    "vill inte ha utskick",
    "nie wysyłać",
    "просил не писать",
    "退会希望",
    "メール不要とのこと",
    "送らないでほしい",
    "请勿再发邮件",
    "수신거부 요청",
)


@pytest.mark.parametrize("text", REQUESTS)
@pytest.mark.django_db
def test_a_note_that_asks_for_no_more_mail_is_not_passed_over(
    text: str, readers: List, tmp_path: Path
) -> None:
    """The dry run names the row; the import waits for a person, who decides either way."""
    file = tmp_path / "readers.csv"
    file.write_text(
        'email,name,Notes\nin@tideline-mail.com,Ann,"likes boats"\n'
        f'x@tideline-mail.com,Bo,"{text}"\n',
        encoding="utf-8",
    )
    tried = import_file(file, readers, dry_run=True)
    assert [(note.line, note.column, note.text) for note in tried.noted] == [(3, "Notes", text)]
    assert tried.refused
    assert "--notes unsubscribed" in tried.refused.hint
    with pytest.raises(ImportRejected, match="1 row holds a text") as refused:
        import_file(file, readers)

    assert "--notes unsubscribed" in refused.value.hint
    assert not Subscription.objects.exists()
    import_file(file, readers, told=told_of(notes="unsubscribed"))
    states = dict(Subscription.objects.values_list("subscriber__name", "state"))
    assert states == {"Ann": "active", "": "unsubscribed"}


@pytest.mark.django_db
def test_a_person_may_keep_people_whose_note_means_something_else(
    readers: List, tmp_path: Path
) -> None:
    """By `--notes active`, or by saying that the column is about something else."""
    file = tmp_path / "readers.csv"
    file.write_text(
        "email,Notes\nx@tideline-mail.com,asked to be removed from the phone list\n", "utf-8"
    )
    kept = import_file(file, readers, dry_run=True, told=told_of(notes="active"))
    other = import_file(file, readers, told=told_of("", [], ["attribute=Notes"]))

    assert (kept.added, kept.remarks) == (1, ())
    assert (other.added, other.noted) == (1, ())


@pytest.mark.parametrize(
    "row",
    [
        "x@tideline-mail.com,Ann Ember (do not mail),Kiel",
        "x@tideline-mail.com,Ann,she wrote on the first of May and asked to be removed",
        "Ann - do not mail <x@tideline-mail.com>,Ann,Kiel",
    ],
)
def test_a_request_beside_a_name_or_in_a_long_cell_is_found(row: str, tmp_path: Path) -> None:
    """Wherever it stands, far below what was looked at first."""
    file = tmp_path / "readers.csv"
    plain = "".join(f"p{at}@tideline-mail.com,Bo,Kiel\n" for at in range(500))
    file.write_text(f"email,name,City\n{plain}{row}\n", encoding="utf-8")

    assert active_in(file) == set()


def test_titles_above_the_wrong_columns_are_not_believed(tmp_path: Path) -> None:
    """Mailcoach exports were seen with titles that did not belong to their columns."""
    file = tmp_path / "list.csv"
    file.write_text(
        "email,first_name,last_name,tags,subscribed_at,unsubscribed_at,extra_attributes\n"
        '"{}",2025-01-27 16:04:23,,in@tideline-mail.com,Jane,Doe,Sales\n'
        '"{}",2025-01-27 16:04:23,2025-01-28 15:05:04,x@tideline-mail.com,,,\n',
        encoding="utf-8",
    )
    with pytest.raises(ImportRejected, match="'email' contains no address, but 'tags' does"):
        Reading(file)


@pytest.mark.parametrize(
    ("name", "start", "kind"),
    [
        ("people.json", b'[{"email": "x@tideline-mail.com", "status": "unsubscribed"}]', "JSON"),
        ("people.csv", b'{"members": [{"email": "x@tideline-mail.com"}]}', "JSON"),
        (
            "people.jsonl",
            b'{"email":"x@tideline-mail.com"}\n{"email":"y@tideline-mail.com"}',
            "JSON",
        ),
        ("people.vcf", b"BEGIN:VCARD\nEMAIL:x@tideline-mail.com\nEND:VCARD\n", "vCard"),
        ("people.csv", b"PK\x03\x04rest of an archive or a spreadsheet", "xlsx"),
    ],
)
def test_what_is_no_table_is_named_for_what_it_is(
    name: str, start: bytes, kind: str, tmp_path: Path
) -> None:
    """Nothing of it is read as lines of people."""
    file = tmp_path / name
    file.write_bytes(start)
    with pytest.raises(ImportRejected, match=kind):
        Reading(file)
