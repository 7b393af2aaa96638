"""The dialog for links: what somebody types becomes a link that works, or is refused in words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from newsletter.desk.composer import link_addresses
from newsletter.errors import BadInput
from newsletter.publishing.content.drafts import render_draft, sample_reader
from newsletter.publishing.models import Issue, Publication
from tests import desks
from tests.unit.desk.conftest import LogIn


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        ("example.org/page", "https://example.org/page"),
        (" example.org:8080/x ", "https://example.org:8080/x"),
        ("//example.org", "https://example.org"),
        ("HTTP://example.org", "HTTP://example.org"),
        ("http://localhost/x", "http://localhost/x"),
        ("https://例え.jp/ページ", "https://例え.jp/ページ"),
        ("https://[2001:db8::1]/x", "https://[2001:db8::1]/x"),
    ],
)
def test_web_addresses(typed: str, address: str) -> None:
    """An address on the web is kept; what lacks a scheme gets https."""
    assert link_addresses.web_address(typed) == address


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Give an address."),
        ("https://example.org/a b", "has no spaces"),
        ("javascript:alert(1)", "“javascript:” is not an address on the web"),
        ("ftp://example.org/x", "“ftp:” is not an address on the web"),
        ("reed beds", "has no spaces"),
        ("quay", "No site is named"),
        ("https://", "No site is named"),
        ("https://[::1", "No site is named"),
    ],
)
def test_no_web_addresses(typed: str, said: str) -> None:
    """What is no address on the web is refused with the reason."""
    with pytest.raises(BadInput, match=said):
        link_addresses.web_address(typed)


@pytest.mark.parametrize(
    ("kind", "typed", "address"),
    [
        ("mail", "mailto:desk@example.org", "mailto:desk@example.org"),
        ("mail", " desk@example.org", "mailto:desk@example.org"),
        ("phone", "+44 20 7946-0018", "tel:+442079460018"),
        ("phone", "(03) 1234.5678", "tel:0312345678"),
        ("place", "Reed beds & ferries", "#reed-beds-ferries"),
        ("place", "#葦の原", "#%E8%91%A6%E3%81%AE%E5%8E%9F"),
    ],
)
def test_other_kinds(kind: str, typed: str, address: str) -> None:
    """Mail, phone and places in the issue become links of their kind."""
    assert link_addresses.READERS[kind](typed) == address


@pytest.mark.parametrize(
    ("kind", "typed"),
    [("mail", "desk at example"), ("phone", "call me"), ("phone", "1"), ("place", " # ")],
)
def test_what_is_of_no_kind(kind: str, typed: str) -> None:
    """What is no address, number or headline is refused."""
    with pytest.raises(BadInput):
        link_addresses.READERS[kind](typed)


def send(client: Client, **fields: Any) -> Any:
    """Return what the dialog answers to what was filled in."""
    return json.loads(client.post("/admin/issues/links/web/", fields).content)


def test_a_link_is_inserted(publication: Publication, log_in: LogIn) -> None:
    """The editor gets the address, and the words only if somebody wrote other ones."""
    client, before = log_in("Writers"), "the quay"

    same = send(client, kind="web", web="example.org", link_text=before, link_text_before=before)
    other = send(client, kind="web", web="example.org", link_text="Here", link_text_before="")

    assert same["step"] == "external_link_chosen"
    assert same["result"]["url"] == "https://example.org"
    assert not same["result"]["prefer_this_title_as_link_text"]
    assert other["result"]["title"] == "Here"
    assert other["result"]["prefer_this_title_as_link_text"]


def test_a_mistake_is_told_in_the_dialog(publication: Publication, log_in: LogIn) -> None:
    """The dialog stays open with what was typed, and says what is wrong with it."""
    answer = send(log_in("Writers"), kind="web", web="https://example.org/a b")

    assert answer["step"] == "external_link"
    assert "An address has no spaces" in answer["html"]
    assert 'value="https://example.org/a b"' in answer["html"]


@pytest.mark.parametrize(
    ("kind", "text", "checked"),
    [("web", "this-issue", "here"), ("mail", "desk@example.org", "mail"), ("web/3", "", "issue")],
)
def test_it_opens_as_the_link_is(
    publication: Publication, log_in: LogIn, kind: str, text: str, checked: str
) -> None:
    """A link that is changed shows its own kind."""
    answer = log_in("Writers").get(f"/admin/issues/links/{kind}/", {"link_url": text})

    assert f'value="{checked}" checked' in json.loads(answer.content)["html"]


def test_another_issue(publication: Publication, log_in: LogIn) -> None:
    """Issues are found by their titles and subjects; the link follows the issue."""
    old = desks.on_the_web(publication, 1, subject="Reed beds")
    desks.draft(publication, 2)
    client = log_in("Writers")

    found = client.get("/admin/issues/links/issues/", {"q": "reed"}).json()["issues"]
    result = send(client, kind="issue", issue=str(old.pk))["result"]
    nothing = send(client, kind="issue")

    assert [each["pk"] for each in found] == [old.pk]
    assert (result["id"], result["title"]) == (old.pk, "Tideline Digest Vol 1.1")
    assert "Choose an issue." in nothing["html"]


def bodies(issue: Issue) -> tuple[str, str]:
    """Return the mail of an issue and its text."""
    reader = sample_reader()
    parts = render_draft(issue).variant(reader).parts(reader)
    return parts.html, parts.text


@pytest.mark.parametrize(
    "block",
    [
        ("text", '<p><a href="this-issue">On the web</a></p>'),
        ("markdown", "[On the web](this-issue)"),
    ],
)
def test_this_issue_on_the_web(publication: Publication, block: Any) -> None:
    """A link to this issue leads to its page, in mail and text, also after its address changed."""
    issue = desks.draft(publication, body=[block])
    issue.slug = "another-address"
    issue.save()
    issue.save_revision()

    html, text = bodies(issue)

    assert 'href="http://127.0.0.1:8000/another-address/"' in html
    assert "http://127.0.0.1:8000/another-address/" in text
    assert "this-issue" not in html + text


def test_a_link_to_another_issue_in_the_mail(publication: Publication) -> None:
    """What the dialog keeps of another issue becomes its address in the mail."""
    other = desks.on_the_web(publication, 1)
    text = f'<p><a linktype="page" id="{other.pk}">Before</a></p>'

    html, text = bodies(desks.draft(publication, 2, body=[("text", text)]))

    assert 'href="http://127.0.0.1:8000/vol-1-1/"' in html
    assert "http://127.0.0.1:8000/vol-1-1/" in text
