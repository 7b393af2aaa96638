"""The pages on which people read the mail."""

from __future__ import annotations

from email import message_from_bytes, policy

import lxml.html
import pytest
import urllib3
from lxml.etree import _Element

from sendgrid_emulator import Emulator
from sendgrid_emulator.checks.sender_rules import HIDDEN
from tests.unit.sendgrid_emulator.samples import UNTRACKED, encoded, letter

HEADERS = {"Authorization": "Bearer SG.trial", "Content-Type": "application/json"}


def send(sendgrid: Emulator, *addresses: str, **changes: object) -> None:
    """Post one request."""
    body = encoded(*addresses, **changes)
    url = f"{sendgrid.url}/v3/mail/send"
    assert urllib3.request("POST", url, body=body, headers=HEADERS).status in {202, 400}


def get(sendgrid: Emulator, path: str) -> urllib3.BaseHTTPResponse:
    """Get a page."""
    return urllib3.request("GET", sendgrid.url + path, redirect=False)


def page(sendgrid: Emulator, path: str) -> _Element:
    """Get a page as a tree."""
    answer = get(sendgrid, path)
    assert answer.status == 200
    return lxml.html.fromstring(answer.data.decode())


def text(tree: _Element) -> str:
    """Return the words of a page on one line."""
    return " ".join(" ".join(tree.itertext()).split())


def rows(tree: _Element) -> list[list[str]]:
    """Return the cells of the list on a page."""
    found = tree.xpath("//table[contains(@class, 'list')]/tbody/tr")
    return [[text(cell) for cell in row] for row in found]


def test_an_empty_mailbox_says_what_to_do(sendgrid: Emulator) -> None:
    """Before any mail, the page tells the address and the key, and a command to try."""
    words = text(page(sendgrid, "/"))

    assert "No mail yet" in words
    assert sendgrid.url in words
    assert "curl" in words


def test_mails_are_listed_by_page(sendgrid: Emulator) -> None:
    """Fifty mails are shown at once, with address, subject, outcome and time; links lead on."""
    send(sendgrid, *(f"reader{n}@example.org" for n in range(120)))
    sendgrid.clock.advance(5)

    first, last = page(sendgrid, "/"), page(sendgrid, "/?page=3")

    assert rows(first)[0][:3] == [
        "reader0@example.org",
        "The river is high",
        "delivered",
    ]
    assert (len(rows(first)), len(rows(last))) == (50, 20)
    assert "120 mails in 1 request; showing 1 to 50" in text(first)
    assert first.xpath("//a[@rel='next']/@href") == ["?page=2"]
    assert last.xpath("//a[@rel='prev']/@href") == ["?page=2"]
    assert not last.xpath("//a[@rel='next']")


@pytest.mark.parametrize("asked", ["0", "999", "x", "-1"])
def test_pages_that_do_not_exist(sendgrid: Emulator, asked: str) -> None:
    """A number that is no page shows the nearest one."""
    send(sendgrid, "a@example.org")

    assert len(rows(page(sendgrid, f"/?page={asked}"))) == 1


def test_mails_can_be_searched(sendgrid: Emulator) -> None:
    """A search shows how many match, and keeps its words when the page is turned."""
    send(sendgrid, *(f"reader{n}@example.org" for n in range(60)), "other@example.org")

    found, none = page(sendgrid, "/?q=READER"), page(sendgrid, "/?q=nobody")

    assert "60 of 61 mails match “READER”" in text(found)
    assert found.xpath("//a[@rel='next']/@href") == ["?q=READER&page=2"]
    assert "0 of 61 mails match" in text(none)


def test_what_was_sent_is_shown_as_text(sendgrid: Emulator) -> None:
    """Markup in addresses, subjects and searches is shown, not obeyed."""
    send(sendgrid, "a@example.org", subject="<script>alert(1)</script>")

    tree = page(sendgrid, "/?q=%3Cscript%3E")

    assert "<script>alert(1)</script>" in text(tree)
    assert len(tree.xpath("//script")) == 1


def mail_path(sendgrid: Emulator) -> str:
    """Return the path of the page of the first mail."""
    return f"/mail/{next(iter(sendgrid.mailbox)).id}"


def test_a_mail_is_shown_in_a_sandbox(sendgrid: Emulator) -> None:
    """The HTML stands in a frame without rights, as wide and as dark as was asked for."""
    send(sendgrid, "a@example.org")
    path = mail_path(sendgrid)

    [frame] = page(sendgrid, f"{path}?width=phone&scheme=dark").xpath("//iframe")
    inside = get(sendgrid, frame.get("src"))

    assert frame.get("sandbox") == "allow-popups allow-popups-to-escape-sandbox"
    assert (frame.get("class"), frame.get("src")) == ("phone", f"{path}/html?scheme=dark")
    assert inside.headers["Content-Security-Policy"].startswith("sandbox ")
    assert "Dear Reader 0, the river is high." in inside.data.decode()


def test_the_text_is_shown(sendgrid: Emulator) -> None:
    """The plain text part has a view of its own."""
    send(sendgrid, "a@example.org")

    tree = page(sendgrid, f"{mail_path(sendgrid)}?view=text")

    assert tree.xpath("string(//pre)") == next(iter(sendgrid.mailbox)).text


def test_headers_and_source_are_shown(sendgrid: Emulator) -> None:
    """The source view lists own headers and arguments, and the whole message."""
    send(sendgrid, "a@example.org")

    words = text(page(sendgrid, f"{mail_path(sendgrid)}?view=source"))

    assert "List-Unsubscribe-Post List-Unsubscribe=One-Click" in words
    assert "nl_i issue-1" in words
    assert "Content-Transfer-Encoding: quoted-printable" in words


def test_the_events_of_a_mail_are_shown(sendgrid: Emulator) -> None:
    """The events of a mail are shown as they are posted."""
    send(sendgrid, "bounce@example.org")
    path = f"{mail_path(sendgrid)}?view=events"
    sendgrid.clock.advance(5)

    assert '"bounce_classification": "Invalid Address"' in text(page(sendgrid, path))


@pytest.mark.parametrize(("content", "view"), [(0, "html"), (1, "text")])
def test_a_missing_part_is_said_to_be_missing(sendgrid: Emulator, content: int, view: str) -> None:
    """A mail without HTML or without text says so in that view."""
    send(sendgrid, "a@example.org", content=[letter()["content"][content]])

    assert "This mail has no" in text(page(sendgrid, f"{mail_path(sendgrid)}?view={view}"))


def test_a_mail_can_be_downloaded(sendgrid: Emulator) -> None:
    """The file is the message as a mail program reads it."""
    send(sendgrid, "a@example.org")

    answer = get(sendgrid, f"{mail_path(sendgrid)}/download")

    assert answer.headers["Content-Type"] == "message/rfc822"
    assert ".eml" in answer.headers["Content-Disposition"]
    mail = message_from_bytes(answer.data, policy=policy.default)
    assert mail["Subject"] == "The river is high"


def test_one_can_go_from_recipient_to_recipient(sendgrid: Emulator) -> None:
    """A mail links to those before and after it in its request, in the same view."""
    send(sendgrid, "a@example.org", "b@example.org", "c@example.org")
    name = sendgrid.mailbox.requests[0].id

    tree = page(sendgrid, f"/mail/{name}.1?view=text")

    [before] = tree.xpath("//a[@rel='prev']/@href")
    [after] = tree.xpath("//a[@rel='next']/@href")
    assert before.startswith(f"/mail/{name}.0?view=text")
    assert after.startswith(f"/mail/{name}.2?view=text")


@pytest.mark.parametrize("path", ["/mail/none.0", "/mail/none.0/html", "/mail/none.0/download"])
def test_a_mail_that_is_not_there(sendgrid: Emulator, path: str) -> None:
    """A mail that does not exist is 404."""
    assert get(sendgrid, path).status == 404


def test_requests_are_listed(sendgrid: Emulator) -> None:
    """Every request shows its answer, its fault and its error."""
    sendgrid.faults.add("accept_then_503", after=1)
    send(sendgrid, "bad")
    url = f"{sendgrid.url}/v3/mail/send"
    urllib3.request("POST", url, body=encoded(people=3), headers=HEADERS, retries=False)

    second, first = rows(page(sendgrid, "/requests"))

    assert (first[0], first[2]) == ("1", "400")
    assert "personalizations.0.to.0.email: Does not contain a valid address." in first[1]
    assert (second[0], second[2], second[3]) == ("2", "503", "3")
    assert "fault: accept_then_503" in second[1]


def test_events_are_listed(sendgrid: Emulator) -> None:
    """The page of events shows where they go, the public key, and what happened lately."""
    webhook = sendgrid.post_events_to("http://127.0.0.1:9/events")
    send(sendgrid, "a@example.org", "b@example.org", "bounce@example.org")
    sendgrid.clock.advance(5)

    tree = page(sendgrid, "/events")

    assert webhook.signer.public_key in text(tree)
    assert ["a@example.org and 1 more", "The river is high", "delivered 250 2.0.0 OK"] in [
        row[:3] for row in rows(tree)
    ]


def test_pages_without_anything_say_so(sendgrid: Emulator) -> None:
    """Empty pages have a sentence instead of an empty table."""
    assert "No program has called the API yet." in text(page(sendgrid, "/requests"))
    assert "Nothing has happened yet." in text(page(sendgrid, "/events"))
    assert "There is nothing to check yet." in text(page(sendgrid, "/checks"))


def test_checks_are_listed(sendgrid: Emulator) -> None:
    """The page of checks says which promise is broken, and links to the mail."""
    send(sendgrid, "a@example.org")
    whole = page(sendgrid, "/checks")
    assert "All hold that show by themselves." in text(whole)
    assert text(whole).count("not tried") == len(HIDDEN)
    send(sendgrid, "a@example.org")

    tree = page(sendgrid, "/checks")

    assert "1 violation." in text(tree)
    assert tree.xpath("//ul[@class='rules']//a/@href") == [
        f"/mail/{sendgrid.mailbox.requests[1].id}.0?view=source"
    ]


def test_the_mailbox_can_be_emptied_from_its_own_page_only(sendgrid: Emulator) -> None:
    """The button works; the same form on another site does not."""
    send(sendgrid, "a@example.org")
    url = f"{sendgrid.url}/empty"

    for origin in ("https://evil.example.org", "null", ""):
        answer = urllib3.request("POST", url, headers={"Origin": origin}, redirect=False)
        assert answer.status == 403
    assert len(sendgrid.mailbox) == 1

    answer = urllib3.request("POST", url, headers={"Origin": sendgrid.url}, redirect=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    assert len(sendgrid.mailbox) == 0


def test_a_mail_is_opened_by_a_button_where_that_is_tracked(sendgrid: Emulator) -> None:
    """The buttons stand beside the events, and what they do stands among them."""
    send(sendgrid, "a@example.org")
    sendgrid.clock.advance(5)
    path = mail_path(sendgrid)
    url, form = f"{sendgrid.url}{path}/read", {"act": "machineopen"}
    shown = page(sendgrid, f"{path}?view=events")
    assert "Open it, as a machine" in text(shown)

    refused = urllib3.request("POST", url, fields=form, headers={"Origin": "https://evil.eu"})
    played = urllib3.request(
        "POST", url, fields=form, headers={"Origin": sendgrid.url}, redirect=False
    )

    assert (refused.status, played.status) == (403, 303)
    assert text(page(sendgrid, f"{path}?view=events")).count('"sg_machine_open": true') == 1
    sendgrid.reset()
    send(sendgrid, "b@example.org", tracking_settings=UNTRACKED)
    sendgrid.clock.advance(5)
    assert "Open it" not in text(page(sendgrid, f"{mail_path(sendgrid)}?view=events"))


@pytest.mark.parametrize("path", ["/", "/requests", "/events", "/checks", "/mail"])
def test_pages_load_nothing_from_elsewhere(sendgrid: Emulator, path: str) -> None:
    """Every page forbids itself everything that is not its own, and links to nothing else."""
    send(sendgrid, "a@example.org")
    path = mail_path(sendgrid) if path == "/mail" else path

    answer = get(sendgrid, path)
    tree = lxml.html.fromstring(answer.data.decode())

    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    loaded = tree.xpath("//link/@href | //script/@src | //img/@src | //iframe/@src")
    assert all(link.startswith(("/", "data:")) for link in loaded)
    for link in (link for link in loaded if link.startswith("/")):
        assert get(sendgrid, link).status == 200


def test_pages_can_be_read_aloud(sendgrid: Emulator) -> None:
    """Pages have a language, one main heading, landmarks, and names for what can be used."""
    send(sendgrid, "a@example.org")
    for path in ("/", "/requests", "/events", "/checks", mail_path(sendgrid)):
        tree = page(sendgrid, path)

        assert tree.get("lang") == "en"
        assert len(tree.xpath("//h1")) == 1
        assert len(tree.xpath("//main")) == 1
        assert tree.xpath("//a[@class='skip']/@href") == ["#main"]
        assert all(nav.get("aria-label") for nav in tree.xpath("//nav"))
        assert all(frame.get("title") for frame in tree.xpath("//iframe"))
        fields = tree.xpath("//input/@id")
        assert set(fields) == set(tree.xpath("//label/@for"))
