"""The pages behind the links: what reading them shows, and what their buttons do."""

from __future__ import annotations

import pytest
from django.test import Client

from subscribers.links import preferences_url, unsubscribe_url
from subscribers.models import List, Subscriber
from subscribers.privacy.erasure import anonymise_row, erase_person
from subscribers.suppressions import Reason, is_suppressed, suppress
from tests.unit.subscribers.conftest import Person


@pytest.fixture
def jane(weekly: List, person: Person) -> Subscriber:
    """Somebody who gets the weekly digest."""
    return person("jane@example.org", name="Jane Doe", weekly="active")


@pytest.fixture
def leave(jane: Subscriber, weekly: List) -> str:
    """The path of her unsubscribe link in a mail to the weekly list."""
    return unsubscribe_url("", jane.pk, [weekly.pk])


@pytest.fixture
def prefer(jane: Subscriber, weekly: List) -> str:
    """The path of her preferences link."""
    return preferences_url("", jane.pk, [weekly.pk])


def states(person: Subscriber) -> dict[str, str]:
    """Return a person's lists with the state on each."""
    return dict(person.subscriptions.values_list("list__slug", "state"))


def text(client: Client, path: str, **form: object) -> str:
    """Return the page that a form leads to, or that a path shows."""
    answer = client.post(path, form) if form else client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_the_page_asks_and_does_nothing(client: Client, jane: Subscriber, leave: str) -> None:
    """It names the list, shows the address only so far that its owner knows it."""
    page = text(client, leave)

    assert "Unsubscribe?" in page
    assert "Weekly digest" in page
    assert "j…@example.org" in page
    assert "jane@" not in page
    assert states(jane) == {"weekly": "active"}


def test_the_button_unsubscribes_and_can_be_undone(
    client: Client, jane: Subscriber, weekly: List, leave: str
) -> None:
    """What happened is said, and the way back is one button."""
    page = text(client, leave, confirm="1")
    assert "You are unsubscribed" in page
    assert f'name="lists" value="{weekly.pk}"' in page
    assert states(jane) == {"weekly": "unsubscribed"}

    page = text(client, leave, undo="1", lists=[weekly.pk])
    assert "You are subscribed again" in page
    assert states(jane) == {"weekly": "active"}


def test_the_button_twice_says_so(client: Client, jane: Subscriber, leave: str) -> None:
    """A second press is no fault, and offers to undo nothing."""
    text(client, leave, confirm="1")

    page = text(client, leave, confirm="1")

    assert "You had been before" in page
    assert "undo" not in page


def test_who_comes_again_can_return(client: Client, jane: Subscriber, leave: str) -> None:
    """The page of a link used before offers the list back."""
    text(client, leave, confirm="1")

    page = text(client, leave)

    assert "unsubscribed already" in page
    assert "<li><strong>Weekly digest</strong>" in page
    assert "Subscribe me again" in page


def test_a_link_is_about_its_own_lists(client: Client, weekly: List, person: Person) -> None:
    """Other lists stay, and undoing revives only what the form names and the link covers."""
    monthly = List.objects.create(name="Monthly", slug="monthly")
    daily = List.objects.create(name="Daily", slug="daily")
    joe = person("joe@example.org", weekly="active", monthly="active", daily="unsubscribed")
    path = unsubscribe_url("", joe.pk, [weekly.pk, daily.pk])

    text(client, path, confirm="1")
    assert states(joe) == {"weekly": "unsubscribed", "monthly": "active", "daily": "unsubscribed"}
    text(client, path, undo="1", lists=[weekly.pk, monthly.pk])
    assert states(joe) == {"weekly": "active", "monthly": "active", "daily": "unsubscribed"}


def test_several_lists_left_before_are_a_matter_of_choice(
    client: Client, weekly: List, person: Person
) -> None:
    """One button could not tell which of them is meant."""
    List.objects.create(name="Monthly", slug="monthly")
    joe = person("joe@example.org", weekly="unsubscribed", monthly="unsubscribed")

    page = text(client, unsubscribe_url("", joe.pk))

    assert "undo" not in page
    assert "/p/" in page


def test_who_never_was_on_the_list_is_told_so(client: Client, weekly: List, person: Person) -> None:
    """There is nothing to leave and nothing to come back to."""
    joe = person("joe@example.org")

    page = text(client, unsubscribe_url("", joe.pk, [weekly.pk]))

    assert "is not on the list" in page
    assert "undo" not in page


def test_a_link_without_lists_means_all(client: Client, weekly: List, person: Person) -> None:
    """As for mail that goes by no list."""
    List.objects.create(name="Monthly", slug="monthly")
    joe = person("joe@example.org", weekly="active", monthly="pending")

    text(client, unsubscribe_url("", joe.pk), confirm="1")

    assert set(states(joe).values()) == {"unsubscribed"}


@pytest.mark.parametrize("path", ["/u/nonsense", "/p/nonsense", "/u/é", "/u/" + "A" * 3000])
def test_a_foreign_link_gets_words(client: Client, db: None, path: str) -> None:
    """Not found, with what to do about it."""
    for answer in (client.get(path), client.post(path, {"List-Unsubscribe": "One-Click"})):
        assert answer.status_code == 404
        assert "This link does not work" in answer.content.decode()


@pytest.mark.parametrize("form", [{"confirm": "0"}, {"List-Unsubscribe": "yes"}, {"act": "x"}])
def test_other_forms_are_refused(
    client: Client, jane: Subscriber, leave: str, prefer: str, form: dict[str, str]
) -> None:
    """A POST that does not say what to do does nothing."""
    for path in (leave, prefer):
        assert client.post(path, form).status_code == 400
    assert states(jane) == {"weekly": "active"}


PART = b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n'


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (PART + b"Content-Type: text/plain\r\n\r\nOne-Click\r\n--x--", "multipart/form-data"),
        (
            PART + b"Content-Transfer-Encoding: base64\r\n\r\nT25lLUNsaWNr\r\n--x--",
            "multipart/form-data; boundary=x",
        ),
        (b"List%2DUnsubscribe=One%2DClick", "application/x-www-form-urlencoded"),
        (b"list-unsubscribe=one+click", "application/x-www-form-urlencoded; charset=nonsense"),
        ("List-Unsubscribe=One-Click".encode("utf-16"), "text/plain; charset=utf-16"),
        (b'{"list_unsubscribe": "One-Click"}', "application/json"),
        (b"a=1&List-Unsubscribe=One-Click&b=2", ""),
        (b"", "multipart/form-data"),
    ],
)
def test_one_click_is_read_however_it_is_written(
    client: Client, jane: Subscriber, leave: str, body: bytes, kind: str
) -> None:
    """With a part's own headers, escapes, another character set, other fields, or nothing."""
    assert client.generic("POST", leave, body, content_type=kind).status_code == 200
    assert states(jane) == {"weekly": "unsubscribed"}


@pytest.mark.parametrize(
    "kind", ["multipart/form-data", "multipart/form-data; boundary=" + "b" * 300]
)
def test_a_form_that_cannot_be_read_is_refused_in_words(
    client: Client, jane: Subscriber, leave: str, prefer: str, kind: str
) -> None:
    """No traceback in the log, no page of the framework."""
    for path in (leave, prefer):
        answer = client.post(path, b"x=1", kind)
        assert (answer.status_code, b"does not say what to do" in answer.content) == (400, True)
    assert states(jane) == {"weekly": "active"}


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(client: Client, leave: str, method: str) -> None:
    """Pages are read or posted to, and say so."""
    assert getattr(client, method)(leave).status_code == 405
    assert client.options(leave)["Allow"] == "GET, HEAD, POST, OPTIONS"


@pytest.mark.parametrize(
    "change", ["{}.", "{}%3E", "{}&gt;", "/U{}", "{}/", "{}%0D%0A", "{}http://a/u/x"]
)
def test_a_link_that_a_mail_program_changed_works(
    client: Client, jane: Subscriber, leave: str, change: str
) -> None:
    """Its page asks, one click leaves, and what the page links to is the link as it was."""
    path = change.format(leave) if not change.startswith("/U") else leave.replace("/u/", "/U/")

    page = text(client, path)

    assert "Unsubscribe?" in page
    assert f'href="{leave.replace("/u/", "/p/")}"' in page
    assert client.post(path, "List-Unsubscribe=One-Click", "text/plain").status_code == 200
    assert states(jane) == {"weekly": "unsubscribed"}


def test_pages_are_kept_to_the_reader(client: Client, leave: str, prefer: str) -> None:
    """No cache, no search engine and no other site learns of the address."""
    for answer in (client.get(leave), client.get(prefer), client.post(leave, {"confirm": "1"})):
        assert "no-store" in answer["Cache-Control"]
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer["X-Robots-Tag"] == "noindex"
        assert not answer.cookies


def test_preferences_show_lists_and_name(client: Client, jane: Subscriber, prefer: str) -> None:
    """Public lists and those the person is on, ticked as they stand; others are not shown."""
    List.objects.create(name="Monthly", slug="monthly", description="Once a month.")
    List.objects.create(name="Board", slug="board", public=False)

    page = text(client, prefer)

    assert 'value="Jane Doe"' in page
    assert page.count("checked") == 1
    assert "Once a month." in page
    assert "Board" not in page


def test_preferences_are_saved(client: Client, jane: Subscriber, prefer: str) -> None:
    """Lists are as ticked; the new name also replaces the parts an import had brought."""
    monthly = List.objects.create(name="Monthly", slug="monthly")
    Subscriber.objects.update(attributes={"first_name": "Jane", "city": "Boston"})

    page = text(client, prefer, act="save", name=" Janet\x00  Roe ", lists=[monthly.pk, "x", 999])

    jane.refresh_from_db()
    assert "Your choices are saved" in page
    assert (jane.name, jane.first_name) == ("Janet Roe", "Janet")
    assert jane.attributes == {"city": "Boston"}
    assert states(jane) == {"weekly": "unsubscribed", "monthly": "active"}


def test_saving_the_same_name_keeps_its_parts(
    client: Client, jane: Subscriber, weekly: List, prefer: str
) -> None:
    """Only a change of name makes the parts wrong."""
    Subscriber.objects.update(attributes={"first_name": "Janie"})

    text(client, prefer, act="save", name="Jane Doe", lists=[weekly.pk])

    jane.refresh_from_db()
    assert jane.first_name == "Janie"


def test_every_list_can_be_left_at_once(client: Client, jane: Subscriber, prefer: str) -> None:
    """With one button, which says what it did."""
    assert "left every list" in text(client, prefer, act="leave")
    assert states(jane) == {"weekly": "unsubscribed"}


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (Reason.BOUNCED, "came back"),
        (Reason.COMPLAINED, "reported as spam"),
        (Reason.MANUAL, "asked not to write"),
    ],
)
def test_a_suppression_is_shown_and_lifted_by_its_owner(
    client: Client, jane: Subscriber, prefer: str, reason: Reason, words: str
) -> None:
    """It says why nothing comes; only the button on this page ends it, not saving."""
    suppress(jane.email, reason)

    assert words in text(client, prefer)
    assert words in text(client, prefer, act="save", name="Jane Doe")
    assert is_suppressed(jane.email)
    assert "We write to you again" in text(client, prefer, act="lift")
    assert not is_suppressed(jane.email)


def test_an_address_that_cannot_exist_is_not_offered(
    client: Client, jane: Subscriber, prefer: str
) -> None:
    """Nobody is promised mail that cannot arrive."""
    suppress(jane.email, Reason.INVALID)

    assert "Write to me again" not in text(client, prefer)
    assert "We write to you again" not in text(client, prefer, act="lift")


@pytest.mark.parametrize("anonymised", [True, False])
def test_links_of_erased_people_still_answer(
    client: Client, jane: Subscriber, leave: str, prefer: str, anonymised: bool
) -> None:
    """Old mails stay; their links say that nothing is held, and revive nobody."""
    if anonymised:
        anonymise_row(jane)
    else:
        erase_person(jane)

    assert "We hold no address" in text(client, leave)
    assert "We hold no address" in text(client, leave, confirm="1")
    assert "We hold no address" in text(client, leave, undo="1")
    assert "We hold no address" in text(client, prefer)
    assert "We hold no address" in text(client, prefer, act="save", name="Back")
    assert client.post(leave, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Subscriber.objects.exclude(name="").exclude(name="Jane Doe").exists()
