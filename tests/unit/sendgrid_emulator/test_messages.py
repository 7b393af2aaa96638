"""The mail of one recipient."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import orjson
import pytest

from sendgrid_emulator.state.messages import Accepted, Message
from tests.unit.sendgrid_emulator.samples import HTML, LINK_TAG, NAME_TAG, letter

AT = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC).timestamp()


def accepted(payload: dict[str, Any]) -> Accepted:
    """Return the request as it is kept."""
    return Accepted.of("QQQQ", AT, orjson.dumps(payload), payload)


def read(message: Message) -> EmailMessage:
    """Return the message as a mail program reads it."""
    mail = message_from_bytes(message.source(), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def part(mail: EmailMessage, kind: str) -> str:
    """Return the content of the text part of that kind."""
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def test_each_recipient_gets_their_own() -> None:
    """Substitutions are applied to subject, text and HTML, for each recipient again."""
    payload = letter(people=2, subject=f"Hello {NAME_TAG}")

    first, second = accepted(payload)

    assert (first.subject, second.subject) == ("Hello Reader 0", "Hello Reader 1")
    assert "Dear Reader 1," in second.text
    assert '"https://news.example.org/u/token000001x"' in second.html
    assert NAME_TAG not in second.html


def test_the_mail_is_what_a_mail_program_reads() -> None:
    """Text and HTML are alternatives, with the headers of message and personalization."""
    message = next(iter(accepted(letter(subject="Grüße aus 東京", reply_to={"email": "r@e.org"}))))

    mail = read(message)

    assert mail["From"] == "The Digest <digest@news.example.org>"
    assert mail["To"] == "reader0@example.org"
    assert mail["Subject"] == "Grüße aus 東京"
    assert mail["Reply-To"] == "r@e.org"
    assert mail["List-Id"] == "<digest.news.example.org>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [each.get_content_type() for each in mail.iter_parts()] == ["text/plain", "text/html"]
    assert part(mail, "html").strip() == message.html


def test_date_and_id_are_given_at_acceptance() -> None:
    """The mail is dated when it was accepted, and its id begins with the X-Message-Id."""
    mail = read(next(iter(accepted(letter(send_at=int(AT) + 3600)))))

    assert mail["Date"].datetime == datetime.fromtimestamp(AT, UTC)
    assert mail["Message-ID"] == "<QQQQ@geopod-ismtpd-1>"


def test_long_links_in_headers_stay_whole() -> None:
    """An unsubscribe link longer than a line is neither folded nor encoded."""
    link = f"<https://news.example.org/u/{'t' * 300}>"
    payload = letter()
    payload["personalizations"][0]["headers"]["List-Unsubscribe"] = link

    source = next(iter(accepted(payload))).source()

    assert f"\r\nList-Unsubscribe: {link}\r\n".encode() in source


def test_content_survives_the_journey() -> None:
    """Quoted-printable brings letters of all scripts and long lines through unharmed."""
    text = "é 日本語 = 100 %\n" + "x" * 2000 + "\n.\n"
    payload = letter(content=[{"type": "text/plain", "value": text}])

    message = next(iter(accepted(payload)))

    assert part(read(message), "plain").replace("\r\n", "\n") == text
    assert max(map(len, message.source().split(b"\r\n"))) <= 78


def test_tags_that_contain_each_other_come_to_light() -> None:
    """Replacement is plain and in no promised order: overlapping tags damage some mails."""
    payload = letter(people=40)
    payload["content"][0]["value"] = "-name- and -name-full-"
    for block in payload["personalizations"]:
        block["substitutions"] = {"-name-": "A", "-name-full-": "A B"}

    texts = {message.text for message in accepted(payload)}

    assert texts == {"A and A B", "A and Afull-"}


def test_the_same_mail_is_made_again() -> None:
    """A mail looks the same whenever it is read, apart from the boundaries of its parts."""
    request = accepted(letter(people=3))

    assert Message(request, 2).html == Message(request, 2).html
    assert part(read(Message(request, 2)), "html") == part(read(Message(request, 2)), "html")


def test_arguments_and_headers_of_the_person_win() -> None:
    """What stands in the personalization replaces what stands in the message."""
    payload = letter(custom_args={"nl_i": "i", "nl_a": "general"}, headers={"X-A": "general"})
    payload["personalizations"][0]["headers"]["X-A"] = "own"

    message = next(iter(accepted(payload)))

    assert message.custom_args == {"nl_i": "i", "nl_a": "a1", "nl_d": "d0"}
    assert message.headers["X-A"] == "own"


def test_recipients_of_one_personalization_see_each_other() -> None:
    """To and Cc of a personalization are all named in the mail; Bcc is not."""
    payload = letter()
    payload["personalizations"][0] |= {
        "to": [{"email": "a@e.org"}, {"email": "b@e.org", "name": "Béa"}],
        "cc": [{"email": "c@e.org"}],
        "bcc": [{"email": "d@e.org"}],
    }

    request = accepted(payload)
    mail = read(Message(request, 3))

    assert request.addresses == ["a@e.org", "b@e.org", "c@e.org", "d@e.org"]
    assert (mail["To"], mail["Cc"]) == ("a@e.org, Béa <b@e.org>", "c@e.org")
    assert "d@e.org" not in str(mail)


def test_attachments_are_attached() -> None:
    """An attachment arrives with its name, type and bytes."""
    content = base64.b64encode(b"%PDF-1.7").decode()
    attached = {"content": content, "filename": "issue.pdf", "type": "application/pdf"}

    mail = read(next(iter(accepted(letter(attachments=[attached])))))

    [found] = mail.iter_attachments()
    assert (found.get_filename(), found.get_content_type()) == ("issue.pdf", "application/pdf")
    assert found.get_content() == b"%PDF-1.7"


def test_other_content_is_an_alternative_too() -> None:
    """Content of a third type comes last among the alternatives."""
    payload = letter()
    payload["content"].append({"type": "text/calendar", "value": "BEGIN:VCALENDAR"})

    mail = read(next(iter(accepted(payload))))

    assert [each.get_content_type() for each in mail.iter_parts()][-1] == "text/calendar"


@pytest.mark.parametrize("people", [1, 1000])
def test_a_request_is_kept_small(people: int) -> None:
    """A request for 1,000 people takes under 100 bytes a head, and can be read in full."""
    payload = letter(people=people)

    request = accepted(payload)

    assert len(request) == people
    assert request.payload == payload
    assert request.body == orjson.dumps(payload)
    assert len(request.packed) + len(request.recipients) < 700 + 100 * people
    assert LINK_TAG in HTML
