"""The pages about people: find them, look at one; who may do what."""

from __future__ import annotations

import html

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from newsletter.desk.people import bulk
from newsletter.publishing.models import Publication
from subscribers.bulk import worker
from subscribers.bulk.models import BulkRun
from subscribers.models import List, ListSuppression, Subscriber, Subscription, Suppression
from subscribers.suppressions import suppress
from tests.unit.desk.conftest import LogIn


@pytest.fixture
def ann(publication: Publication) -> Subscriber:
    """Somebody who left a list, and whose address is suppressed."""
    person = Subscriber.objects.create(email="Ann@lowen.org", name="安 花子")
    on = List.objects.create(name="Harbour", slug="harbour")
    Subscription.objects.create(subscriber=person, list=on, state="unsubscribed")
    suppress("ann@lowen.org")
    return person


def text(client: Client, path: str, status: int = 200) -> str:
    """Return a page."""
    answer = client.get(f"/admin/subscribers/{path}")
    assert answer.status_code == status
    return answer.content.decode()


def test_people_are_found(log_in: LogIn, ann: Subscriber) -> None:
    """A row has the lists with their state, whether mail is stopped, and the way to the person."""
    Subscriber.objects.create(email="bao@example.org")
    client = log_in("Senders")

    page = text(client, "?q=花&list=harbour&state=unsubscribed")

    assert "1 person" in page
    assert f'href="/admin/subscribers/{ann.pk}/"' in page
    assert "Harbour (unsubscribed)" in page
    assert ">suppressed</span>" in page
    assert "bao@example.org" not in page
    assert "Nobody is found." in text(client, "?q=nobody")


def test_a_filter_that_is_none(log_in: LogIn, ann: Subscriber) -> None:
    """A misspelt filter is answered in words."""
    page = text(log_in("Senders"), "?list=gone", 422)

    assert "there is no list" in page.lower()


def test_a_page_follows_the_next(
    log_in: LogIn, ann: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The filter stays in the address of the next page, and the way back to the first."""
    for number in range(51):
        Subscriber.objects.create(email=f"reader{number}@example.org")
    client = log_in("Senders")

    first = text(client, "?q=reader")
    address = first.partition('id="people-next"')[0].rpartition('href="')[2].partition('"')[0]
    second = text(client, address.replace("&amp;", "&"))

    assert "51 people" in first
    assert "reader0@example.org" not in first
    assert "reader0@example.org" in second
    assert 'href="?q=reader"' in second


def test_one_person(log_in: LogIn, ann: Subscriber) -> None:
    """What is known, the lists, and what happened."""
    page = text(log_in("Senders"), f"{ann.pk}/")

    assert "No mail is sent to this address" in page
    assert "Harbour" in page
    assert "First known here" in page
    assert f"/admin/subscribers/{ann.pk}/data/" in page
    earlier = text(log_in("Admins"), f"{ann.pk}/?from=20200101T000000.000000-0")
    assert "Back to the newest" in earlier


def press(client: Client, path: str, **fields: object) -> str:
    """Press the button of a page; return what the page says that it leads to."""
    answer = client.post(f"/admin/subscribers/{path}", fields, follow=True)
    return html.unescape(answer.content.decode())


def test_a_person_is_added(log_in: LogIn, ann: Subscriber) -> None:
    """A mistyped address is asked about; who left is refused in words; what was typed stays."""
    client = log_in("Admins")
    fields = {"name": "Bo", "list": "harbour", "text": "Yes", "source": "stand"}

    asked = press(client, "new/", email="bo@gmial.com", **fields)
    refused = press(client, "new/", email="ann@lowen.org", **fields)
    missing = press(client, "new/", email="bo@gmail.com", name="Bo", list="harbour")
    undated = press(client, "new/", email="bo@gmail.com", given_on="x", **fields)
    added = press(client, "new/", email="bo@gmial.com", meant="bo@gmail.com", **fields)
    sure = press(client, "new/", email="bo@gmial.com", sure="bo@gmial.com", **fields)

    assert "bo@gmial.com looks mistyped. Is it bo@gmail.com?" in asked
    assert 'value="Bo"' in asked
    assert "ann@lowen.org is suppressed" in refused
    assert "Only the person can undo that" in refused
    assert "say how the person consented" in missing.lower()
    assert "is no date" in undated
    assert "bo@gmail.com is added." in added
    assert "noted by a person here" in added
    assert "bo@gmial.com is added." in sure


def test_what_one_may_do(log_in: LogIn, publication: Publication) -> None:
    """Change, add to a list, unsubscribe, suppress and allow: each asks, acts, and is recorded."""
    client = log_in("Admins")
    bo = Subscriber.objects.create(email="bo@lowen.org", attributes={"plan": "free"})
    slug = publication.lists.get().slug
    for step in ("change", "join", "leave", "suppress", "allow"):
        assert client.get(f"/admin/subscribers/{bo.pk}/{step}/").status_code == 200
    assert not bo.changes.exists()

    fields = {"name": "Bo", "language": "ja", "attribute": ["plan", "city"], "value": ["", "Tor"]}
    changed = press(client, f"{bo.pk}/change/", **fields)
    wrong = press(client, f"{bo.pk}/change/", **{**fields, "language": "?", "name": "Bob"})
    joined = press(client, f"{bo.pk}/join/", list=slug, source="by phone")
    left = press(client, f"{bo.pk}/leave/", list=slug, reason="moved")
    stopped = press(client, f"{bo.pk}/suppress/", reason="asked")
    no_reason = press(client, f"{bo.pk}/allow/", reason="")
    allowed = press(client, f"{bo.pk}/allow/", reason="by mistake")

    assert "The changes are saved." in changed
    assert "Tor" in changed
    assert "no language tag" in wrong
    assert 'value="Bob"' in wrong
    assert "bo@lowen.org is added." in joined
    assert "bo@lowen.org is unsubscribed." in left
    assert "Remove the suppression…" in stopped
    assert "say why" in no_reason.lower()
    assert "is not suppressed any more" in allowed
    assert "moved" in allowed
    assert {change.by for change in bo.changes.all()} == {User.objects.get().username}


def test_a_complaint_is_not_taken_back(log_in: LogIn, ann: Subscriber) -> None:
    """The page says so, and has no button; what a provider said needs a confirmation."""
    client = log_in("Admins")
    Suppression.objects.update(reason="complained")
    assert "only they can undo it" in text(client, f"{ann.pk}/allow/")
    assert "Remove it" not in text(client, f"{ann.pk}/allow/")
    Suppression.objects.update(reason="bounced", source="provider")

    assert 'name="confirmed"' in text(client, f"{ann.pk}/allow/")
    refused = press(client, f"{ann.pk}/allow/", reason="works")
    press(client, f"{ann.pk}/allow/", reason="works", confirmed="1")

    assert "--confirm" not in refused
    assert not Suppression.objects.exists()


def test_mail_of_one_list_is_stopped_and_allowed_again(
    log_in: LogIn, publication: Publication
) -> None:
    """For that list alone, with a reason, asked first; a complaint about it is not taken back."""
    client = log_in("Admins")
    bo = Subscriber.objects.create(email="bo@lowen.org")
    one = publication.lists.get()
    Subscription.objects.create(subscriber=bo, list=one)
    other = List.objects.create(name="Other", slug="other")

    person = text(client, f"{bo.pk}/")
    asked = text(client, f"{bo.pk}/suppress/?list={one.slug}")
    assert not ListSuppression.objects.exists()
    no_reason = press(client, f"{bo.pk}/suppress/", list=one.slug)
    stopped = press(client, f"{bo.pk}/suppress/", list=one.slug, reason="asked by phone")
    press(client, f"{bo.pk}/suppress/", list="other", reason="asked, too")
    unknown = press(client, f"{bo.pk}/suppress/", list="gone", reason="x")
    found = text(client, f"?list={one.slug}&state=suppressed")
    question = text(client, f"{bo.pk}/allow/?list={one.slug}")
    allowed = press(client, f"{bo.pk}/allow/?list={one.slug}", reason="typed by mistake")
    again = press(client, f"{bo.pk}/allow/?list={one.slug}", reason="once more")
    ListSuppression.objects.update(reason="complained")
    own_act = text(client, f"{bo.pk}/allow/?list={other.slug}")

    assert f"/{bo.pk}/suppress/?list={one.slug}" in person
    assert f'value="{one.slug}" required checked' in asked
    assert "say why" in no_reason.lower()
    assert f"is suppressed for the list {one.name}." in stopped
    assert "No mail of this list" in stopped
    assert "No mail is sent to this address" not in stopped
    assert "there is no list" in unknown.lower()
    assert f"{one.name} (suppressed)" in found
    assert "Allow this list again?" in question
    assert f"is not suppressed for the list {one.name} any more." in allowed
    assert f"/{bo.pk}/allow/?list=other" in allowed
    assert "is not suppressed for the list" in again
    assert "Remove it" not in own_act
    assert not Suppression.objects.exists()
    assert {change.by for change in bo.changes.all()} == {User.objects.get().username}


STEPS = ("change", "join", "leave", "suppress", "allow")


@pytest.mark.parametrize("role", ["Writers", "Approvers", "Senders"])
def test_others_may_not(log_in: LogIn, ann: Subscriber, role: str) -> None:
    """Whoever lacks the right is sent away by the server, and not offered it."""
    client = log_in(role)
    for path in ("new/", *(f"{ann.pk}/{step}/" for step in STEPS)):
        assert client.get(f"/admin/subscribers/{path}").status_code == 302
        assert client.post(f"/admin/subscribers/{path}", {"reason": "x"}).status_code == 302
    assert Suppression.objects.exists()
    if role == "Senders":
        page = text(client, f"{ann.pk}/")
        assert not any(f"/{ann.pk}/{step}/" in page for step in STEPS)
        assert "/subscribers/new/" not in text(client, "")


def test_a_bulk_action_all_the_way(log_in: LogIn, publication: Publication) -> None:
    """Found, seen, done in the background, undone; each page says what there is to know."""
    client = log_in("Admins")
    for name in ("ann", "bob"):
        Subscriber.objects.create(email=f"{name}@lowen.org", name=name)
    slug = publication.lists.get().slug
    fields = {"action": "add", "to": slug, "basis": "consent", "note": "at the fair"}

    chosen = text(client, "bulk/?q=lowen")
    missing = press(client, "bulk/?q=lowen", action="add")
    seen = press(client, "bulk/?q=lowen", **fields)
    assert not Subscription.objects.exists()
    busy = press(client, "bulk/?q=lowen", apply="1", **fields)
    run = BulkRun.objects.get()
    live = client.get(f"/admin/subscribers/bulk/{run.pk}/live/")
    assert worker.work_once()
    done = text(client, f"bulk/{run.pk}/")
    listed = text(client, "bulk/runs/")
    press(client, f"bulk/{run.pk}/", undo="1")
    worker.work_once()
    undone = text(client, f"bulk/{run.pk}/")
    refused = press(client, f"bulk/{run.pk}/", undo="1")

    assert "“lowen” in the address or name" in chosen
    assert "ann@lowen.org" in chosen
    assert "Choose a list" in missing
    assert "Added to the list</dt><dd>2</dd>" in seen
    assert 'value="at the fair"' in seen
    assert "data-import-live" in busy
    assert live["X-Import-Busy"] == "1"
    assert "Added to the list</dt><dd>2</dd>" in done
    assert "Undo it" in done
    assert f"/admin/subscribers/bulk/{run.pk}/" in listed
    assert "As before again</dt><dd>2</dd>" in undone
    assert "Undo it" not in undone
    assert "is undone" in refused
    assert not Subscription.objects.exists()
    assert client.get("/admin/subscribers/bulk/77/").status_code == 404


def test_many_are_counted_in_the_background(
    log_in: LogIn, publication: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of them, exactly; nobody is changed until it is begun, and then once."""
    monkeypatch.setattr(bulk, "COUNTED_AT_ONCE", 3)
    client = log_in("Admins")
    people = [Subscriber.objects.create(email=f"p{number}@lowen.org") for number in range(7)]
    one = publication.lists.get()
    Subscription.objects.create(subscriber=people[0], list=one, state="unsubscribed")
    fields = {"action": "add", "to": one.slug, "basis": "consent", "note": "at the fair"}

    missing = press(client, "bulk/?q=lowen", action="add", to=one.slug)
    counting = press(client, "bulk/?q=lowen", **fields)
    preview = BulkRun.objects.get()
    live = client.get(f"/admin/subscribers/bulk/{preview.pk}/live/")
    early = press(client, f"bulk/{preview.pk}/", apply="1")
    assert worker.work_once()
    counted = text(client, f"bulk/{preview.pk}/")
    late = Subscriber.objects.create(email="late@lowen.org")
    assert Subscription.objects.count() == 1
    begun = press(client, f"bulk/{preview.pk}/", apply="1")
    again = client.post(f"/admin/subscribers/bulk/{preview.pk}/", {"apply": "1"})
    assert worker.work_once()

    assert "say why these people may be mailed" in missing.lower()
    assert "Nobody is changed yet." in counting
    assert live["X-Import-Busy"] == "1"
    assert "is being counted" in early
    assert "All 7 people who were found on" in counted
    assert "Added to the list</dt><dd>6</dd>" in counted
    assert "Kept out: they left the list, or every list</dt><dd>1</dd>" in counted
    assert "data-import-live" in begun
    assert again.status_code == 404
    run = BulkRun.objects.get()
    assert (run.result, run.basis, run.reason) == (
        {"changed": 6, "left": 1},
        "consent",
        "at the fair",
    )
    assert not late.subscriptions.exists()


def test_who_may_act_in_bulk(log_in: LogIn, ann: Subscriber) -> None:
    """Admins only; deleting and exporting have rights of their own."""
    run = BulkRun.objects.create(action="unsubscribe", state="applied")
    senders = log_in("Senders")
    for path in ("bulk/", "bulk/runs/", f"bulk/{run.pk}/", f"bulk/{run.pk}/live/", "export/"):
        assert senders.get(f"/admin/subscribers/{path}").status_code == 302
        senders.post(f"/admin/subscribers/{path}", {"action": "unsubscribe", "apply": "1"})
    run.refresh_from_db()
    assert (run.state, BulkRun.objects.count()) == ("applied", 1)
    changers = Group.objects.get(name="Admins")
    changers.permissions.remove(*Permission.objects.filter(codename="delete_subscriber"))
    client = log_in("Admins")

    assert client.post("/admin/subscribers/bulk/", {"action": "delete"}).status_code == 302
    assert "Delete who never confirmed" not in text(client, "bulk/")


def test_those_found_are_exported(log_in: LogIn, ann: Subscriber) -> None:
    """As a file that no other program keeps; a misspelt filter is answered in words."""
    client = log_in("Admins")

    answer = client.get("/admin/subscribers/export/?q=lowen&format=csv")
    wrong = client.get("/admin/subscribers/export/?format=xls", follow=True)

    assert b"Ann@lowen.org" in b"".join(answer)  # type: ignore[arg-type]
    assert "no-store" in answer["Cache-Control"]
    assert "is not a form of export" in wrong.content.decode()
