"""The form: what it takes, what it says, and what it keeps to itself."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from newsletter.publishing.models import Publication
from subscribers.models import Subscriber, Subscription
from subscribers.sign_up import forms
from subscribers.sign_up.guards import make_pass
from subscribers.sign_up.models import SignUp, SignUpForm
from subscribers.suppressions import Reason, suppress
from tests.unit.subscribers.sign_up.conftest import solved


@pytest.fixture
def path(form: SignUpForm, clock: time_machine.Traveller) -> str:
    """The path of the form's page."""
    return f"/subscribe/{form.list.slug}/"


def read_pass(page: str) -> str:
    """Return the pass in a form that was shown."""
    found = re.search(r'name="pass" value="([^"]+)"', page)
    assert found
    return found[1]


def test_somebody_signs_up_with_a_proof(client: Client, path: str) -> None:
    """The request is written down with the words that were agreed to."""
    page = client.post(path, {"email": " Jane@Example.org ", "altcha": solved()})

    row = SignUp.objects.get()
    assert "look into your mailbox" in page.content.decode()
    assert (row.email, row.key, row.source) == ("Jane@example.org", "jane@example.org", "page")
    assert "Tideline Digest" in row.consent_text
    assert row.language == "en"
    assert len(row.ip_hash) == 64


def test_the_only_list(form: SignUpForm, clock: time_machine.Traveller) -> None:
    """Whoever follows `Subscribe` can sign up there, as a browser does it, and says from where."""
    client = Client(enforce_csrf_checks=True)
    page = client.get("/subscribe/?from=archive", follow=True)
    at = page.request["PATH_INFO"]
    fields = dict(re.findall(r'name="(pass|source)"[^>]* value="([^"]*)"', page.text))
    clock.shift(dt.timedelta(seconds=3))

    answer = client.post(at, {"email": "jane@example.org", **fields})

    assert "look into your mailbox" in answer.text
    assert SignUp.objects.get().source == "archive"


def test_without_a_script_the_page_is_enough(
    client: Client, path: str, clock: time_machine.Traveller
) -> None:
    """Its form holds a pass, which is good after two seconds and for one use."""
    given = read_pass(client.get(path).content.decode())
    at_once = client.post(path, {"email": "jane@example.org", "pass": given})
    clock.shift(dt.timedelta(seconds=2))
    later = client.post(path, {"email": "jane@example.org", "pass": given})
    again = client.post(path, {"email": "kim@example.org", "pass": given})

    assert "One more step" in at_once.content.decode()
    assert "look into your mailbox" in later.content.decode()
    assert "One more step" in again.content.decode()
    assert SignUp.objects.count() == 1


def test_a_form_of_another_site_needs_one_more_step(
    client: Client, path: str, clock: time_machine.Traveller
) -> None:
    """What was filled in there is in the form here, with the site's name."""
    step = client.post(
        path,
        {"email": "jane@example.org", "source": "html"},
        headers={"origin": "https://blog.example"},
    ).content.decode()
    clock.shift(dt.timedelta(seconds=3))
    fields = dict(re.findall(r'name="(\w+)"[^>]* value="([^"]*)"', step))
    client.post(path, fields, headers={"origin": "http://testserver"})

    row = SignUp.objects.get()
    assert (row.email, row.source, row.site) == ("jane@example.org", "html", "blog.example")


def test_a_proof_serves_one_address(client: Client, path: str) -> None:
    """A second click with it is no second request; another address needs another proof."""
    proof = solved()
    for _ in range(2):
        page = client.post(path, {"email": "jane@example.org", "altcha": proof})
        assert "look into your mailbox" in page.content.decode()
    other = client.post(path, {"email": "kim@example.org", "altcha": proof})

    assert "One more step" in other.content.decode()
    assert SignUp.objects.count() == 1


@pytest.mark.parametrize(
    "payload", ["", "x", "e30=", "bnVsbA==", "eyJjaGFsbGVuZ2UiOjF9", "9" * 9000]
)
def test_a_false_proof_is_none(client: Client, path: str, payload: str) -> None:
    """Whatever a program puts there."""
    page = client.post(path, {"email": "jane@example.org", "altcha": payload})

    assert "One more step" in page.content.decode()
    assert not SignUp.objects.exists()


def test_an_old_proof_is_none(client: Client, path: str, clock: time_machine.Traveller) -> None:
    """It is good for twenty minutes."""
    proof = solved()
    clock.shift(dt.timedelta(minutes=21))

    assert (
        "One more step"
        in client.post(path, {"email": "jane@example.org", "altcha": proof}).content.decode()
    )


def test_a_program_that_fills_in_everything_learns_nothing(client: Client, path: str) -> None:
    """The trap: the answer is the usual one, and nothing is written."""
    page = client.post(path, {"email": "j@example.org", "website": "x", "altcha": solved()})

    assert "look into your mailbox" in page.content.decode()
    assert not SignUp.objects.exists()


def test_a_mistyped_domain_is_asked_about(client: Client, path: str) -> None:
    """Whoever says that it is right is believed."""
    asked = client.post(path, {"email": "jane@gmial.com", "altcha": solved()}).content.decode()
    assert "jane@gmail.com" in asked
    assert not SignUp.objects.exists()

    client.post(path, {"email": "jane@gmial.com", "sure": "jane@gmial.com", "altcha": solved()})
    assert SignUp.objects.get().email == "jane@gmial.com"


def test_what_is_no_address_is_said_so(client: Client, path: str) -> None:
    """With the reason, at the field."""
    page = client.post(path, {"email": "jane", "altcha": solved()})

    assert page.status_code == 422
    assert "there is no @-sign" in page.content.decode()


@pytest.mark.usefixtures("clock")  # a page is made again after some seconds, for everybody
def test_nobody_learns_who_is_known(client: Client, form: SignUpForm, path: str) -> None:
    """Bytes, headers and statements are the same for every kind of address."""
    readers = form.list
    for name, state in (("active", "active"), ("gone", "unsubscribed"), ("later", "pending")):
        person = Subscriber.objects.create(email=f"{name}@example.org")
        Subscription.objects.create(subscriber=person, list=readers, state=state)
    suppress("bounced@example.org", Reason.BOUNCED)
    suppress("spam@example.org", Reason.COMPLAINED)
    client.post(path, {"email": "asked@example.org", "altcha": solved()})
    # A first request of a process fills caches.
    answers, statements = set(), set()
    for name in ("active", "gone", "later", "bounced", "spam", "asked", "unknown"):
        email = f"{name}@example.org"
        proof = solved()
        with CaptureQueriesContext(connection) as asked:
            page = client.post(path, {"email": email, "altcha": proof})
        answers.add((page.status_code, page.content.replace(email.encode(), b"ADDRESS")))
        statements.add(tuple(shape(each["sql"]) for each in asked))

    assert len(answers) == 1
    assert len(statements) == 1


@pytest.mark.django_db(transaction=True)
def test_few_statements_take_a_request(client: Client, path: str) -> None:
    """The form, its publication, the limits, one that counts and one that writes it down.

    On PostgreSQL the one that counts does not wait for the disk, and the one that writes does.
    """
    client.post(path, {"email": "asked@example.org", "altcha": solved()})  # fills caches
    proof = solved()
    with CaptureQueriesContext(connection) as asked:
        client.post(path, {"email": "jane@example.org", "altcha": proof})

    sent = [each["sql"] for each in asked]
    read, written = sent[:3], [sql for sql in sent[3:] if "INSERT INTO" in sql]
    assert all(sql.lstrip().startswith("SELECT") for sql in read)
    assert [table_of(sql) for sql in written] == ["throttling_counter", "subscribers_signup"]
    postgresql = connection.vendor == "postgresql"
    assert ["synchronous_commit" in sql for sql in written] == [postgresql, False]
    # SQLite has a transaction around both, for one wait for the disk.
    assert len(sent) == 5 if postgresql else sent[3] == "BEGIN IMMEDIATE"
    assert SignUp.objects.filter(key="jane@example.org").count() == 1


def table_of(sql: str) -> str:
    """Return the table that an INSERT writes."""
    return sql.split("INSERT INTO ")[1].split(maxsplit=1)[0]


def shape(sql: str) -> str:
    """Return a statement without its values."""
    return re.sub(r"'[^']*'|-?\d+(\.\d+)?(e[-+]?\d+)?", "?", sql)


def test_the_head_changes_nothing(client: Client, path: str) -> None:
    """Nor does looking at any page of the form."""
    for address in (path, f"{path}frame/", f"{path}form.js", "/subscribe/", "/subscribe/challenge"):
        asked = f"{address}?email=jane@example.org"
        assert client.get(asked, follow=True).status_code == 200
        assert client.head(asked, follow=True).status_code == 200

    assert not SignUp.objects.exists()


def test_a_frame_is_for_the_sites_of_the_form(client: Client, form: SignUpForm, path: str) -> None:
    """Only the frame's page may be framed, by those sites and our own."""
    forms.change_form(form.list, {"frame_sites": "https://blog.example https://*.shop.example/"})

    frame = client.get(f"{path}frame/")
    page = client.get(path)

    assert (
        "frame-ancestors 'self' https://blog.example https://*.shop.example;"
        in f"{frame['Content-Security-Policy']};"
    )
    assert "X-Frame-Options" not in frame
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"


def test_the_small_script_gets_json(client: Client, path: str) -> None:
    """From any site, without cookies."""
    answer = client.post(
        path,
        {"email": "jane@example.org", "altcha": solved(), "source": "script"},
        headers={"accept": "application/json", "origin": "https://blog.example"},
    )

    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer.json()["answer"] == "taken"
    assert "Set-Cookie" not in answer
    assert SignUp.objects.get().site == "blog.example"


def test_a_closed_form_is_not_there(client: Client, form: SignUpForm, path: str) -> None:
    """Nor is that of an archived list."""
    forms.change_form(form.list, {"is_open": False})

    assert client.get(path).status_code == client.get("/subscribe/").status_code == 404


def test_the_form_speaks_the_language_of_the_publication(
    client: Client, publication: Publication, form: SignUpForm, path: str
) -> None:
    """Japanese, whatever the browser asks for."""
    Publication.objects.update(language="ja")
    page = client.get(path, headers={"accept-language": "en"}).content.decode()

    assert 'lang="ja"' in page
    assert "メールアドレス" in page


def test_archive_and_issues_have_a_small_form(
    client: Client, publication: Publication, form: SignUpForm
) -> None:
    """It names its source, and is there only while people may sign up."""
    page = client.get(publication.home).content.decode()
    forms.change_form(form.list, {"is_open": False})

    assert 'name="source" value="archive"' in page
    assert 'name="source"' not in client.get(publication.home).content.decode()


def test_a_frame_says_too_often_in_the_frame(
    client: Client, form: SignUpForm, path: str, clock: time_machine.Traveller
) -> None:
    """The site that shows the form may show this answer, too; on the page nobody may."""
    forms.change_form(form.list, {"frame_sites": "https://lowen.org"})
    answers = [
        client.post(where, {"email": "victim@example.org", "altcha": solved()})
        for where in [path] * 7 + [f"{path}frame/"]
    ]

    page, frame = answers[-2:]
    assert (page.status_code, frame.status_code) == (429, 429)
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert "https://lowen.org" in frame["Content-Security-Policy"]
    assert 'class="framed"' in frame.content.decode()


def test_a_bomber_is_stopped(client: Client, path: str, clock: time_machine.Traveller) -> None:
    """One visitor signs up a few addresses, and nobody signs one up again and again."""
    taken = [
        client.post(
            path,
            {"email": f"victim{number}@example.org", "altcha": solved()},
            REMOTE_ADDR="192.0.2.7",
        ).status_code
        for number in range(40)
    ]
    assert taken.count(200) == 30
    assert taken.count(429) == 10

    from_everywhere = [
        client.post(
            path,
            {"email": "victim@example.org", "altcha": solved()},
            REMOTE_ADDR=f"10.{number}.2.7",
        ).status_code
        for number in range(10)
    ]
    assert from_everywhere.count(200) == 6


def test_without_a_script_limits_are_stricter(
    client: Client, path: str, clock: time_machine.Traveller
) -> None:
    """Five an hour from one visitor, twenty from their network, sixty at the form."""
    passes = [make_pass() for _ in range(90)]
    clock.shift(dt.timedelta(seconds=3))

    def sign_up(number: int, visitor: str) -> bool:
        data = {"email": f"a{number}@example.org", "pass": passes.pop()}
        return client.post(path, data, REMOTE_ADDR=visitor).status_code == 200

    assert sum(sign_up(number, "192.0.2.7") for number in range(8)) == 5
    assert sum(sign_up(100 + number, f"192.0.2.{number + 8}") for number in range(20)) == 15
    assert sum(sign_up(200 + number, f"10.0.{number}.1") for number in range(60)) == 40
