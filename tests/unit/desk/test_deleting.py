"""What cannot be deleted is refused in words, with nobody's address and no error page."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from typer.testing import CliRunner

from newsletter import cli
from newsletter.errors import BadInput
from newsletter.publishing.models import ArchivePage, Issue, Publication
from newsletter.scheduling.booking import book_next_slot
from newsletter.sending.models import Send
from newsletter.sending.planning.approvals import approve
from newsletter.sending.planning.queue import queue
from newsletter.sending.safeguards import canary
from subscribers import lists, subscriptions
from subscribers.addresses import key_of
from subscribers.importing.applying import import_file
from subscribers.models import List, Subscriber, Subscription
from tests import desks
from tests.unit.desk.conftest import LogIn

ADDRESS = "reader@tideline.example"


@pytest.fixture
def chief(log_in: LogIn) -> Client:
    """Somebody who may do anything."""
    return log_in("")


@pytest.fixture
def person(publication: Publication) -> Subscriber:
    """Somebody on the list."""
    reader = Subscriber.objects.create(email=ADDRESS, key=key_of(ADDRESS))
    Subscription.objects.create(subscriber=reader, list=publication.lists.get(), state="active")
    return reader


def delete(client: Client, url: str) -> str:
    """Ask for a deletion on its page and confirm it; return what is said then."""
    asked: Any = client.get(url, follow=True)
    assert asked.status_code == 200
    answer: Any = client.post(url, follow=True, headers={"referer": f"http://testserver{url}"})
    assert answer.status_code == 200
    words: str = asked.content.decode() + answer.content.decode()
    assert ADDRESS not in words
    return answer.content.decode()  # type: ignore[no-any-return]


def test_list_with_people(publication: Publication, person: Subscriber, chief: Client) -> None:
    """A list with people stays, it is said why, and archiving is offered and done."""
    one = publication.lists.get()

    said = delete(chief, reverse("lists:delete", args=[one.pk]))

    assert "cannot be deleted: it is in use" in said
    assert "1 person is on it, or left it" in said
    assert "Tideline Digest is sent to it" in said
    assert "Archive it" in said
    chief.post(reverse("desk_list_archive", args=[one.pk]))
    one.refresh_from_db()
    assert one.archived_at
    assert "archived" in chief.get(reverse("lists:index")).content.decode()
    chief.post(reverse("desk_list_archive", args=[one.pk]), {"restore": "1"})
    one.refresh_from_db()
    assert one.archived_at is None


def test_list_that_nobody_uses(publication: Publication, chief: Client) -> None:
    """A list without people, sends and publications is deleted as before."""
    spare = List.objects.create(name="Spare", slug="spare")

    delete(chief, reverse("lists:delete", args=[spare.pk]))

    assert not List.objects.filter(slug="spare").exists()


def test_archiving_needs_the_right(publication: Publication, log_in: LogIn) -> None:
    """Who may not change lists cannot archive one."""
    one = publication.lists.get()

    log_in("Writers").post(reverse("desk_list_archive", args=[one.pk]))

    one.refresh_from_db()
    assert one.archived_at is None


def test_archived_list_takes_nobody(
    publication: Publication, person: Subscriber, tmp_path: Path
) -> None:
    """Nobody joins an archived list: by import, by subscribing, on the preferences page."""
    one = publication.lists.get()
    lists.archive(one)
    other = Subscriber.objects.create(email="new@tideline.example", key="new@tideline.example")
    file = tmp_path / "people.csv"
    file.write_text("email\nanother@tideline.example\n")

    assert not subscriptions.subscribe(other, one, source="test")
    with pytest.raises(BadInput, match="is archived and takes no new people"):
        import_file(file, one)
    subscriptions.choose_lists(other, [one.pk])
    assert one.subscriptions.count() == 1
    assert not subscriptions.open_lists(person).exists()


def test_leaving_an_archived_list(publication: Publication, person: Subscriber) -> None:
    """Who is on an archived list can still leave it."""
    lists.archive(publication.lists.get())

    assert subscriptions.unsubscribe(person.pk) == 1


def test_archived_list_gets_no_send(publication: Publication, person: Subscriber) -> None:
    """A send goes to the other lists of a publication; with none left it cannot be queued."""
    one = publication.lists.get()
    other = List.objects.create(name="Other", slug="other")
    publication.lists.add(other)
    lists.archive(one)
    send = queue(desks.draft(publication), at=timezone.now(), batch_size=10)
    assert list(send.lists.all()) == [other]
    lists.archive(other)

    with pytest.raises(BadInput, match="or only archived ones"):
        queue(desks.draft(publication, 2), at=timezone.now(), batch_size=10)


def test_archived_seeds_are_left_alone(publication: Publication, person: Subscriber) -> None:
    """Seeds on an archived list are not mailed first, nor at all."""
    seeds = List.objects.create(name="Seeds", slug="seeds")
    publication.canary, publication.seeds = True, seeds
    publication.save()
    send = queue(desks.draft(publication), at=timezone.now(), batch_size=10)
    lists.archive(seeds)

    assert canary.plan_canary(Send.objects.get(pk=send.pk))["seeds"] is None


def test_commands(publication: Publication, person: Subscriber) -> None:
    """The same by command."""
    cli.register()
    slug = publication.lists.get().slug

    assert "is archived" in CliRunner().invoke(cli.app, ["list", "archive", slug]).stdout
    assert publication.lists.get().archived_at
    assert "in use again" in CliRunner().invoke(cli.app, ["list", "restore", slug]).stdout
    assert publication.lists.get().archived_at is None


def test_publication(publication: Publication, person: Subscriber, chief: Client) -> None:
    """A publication with issues and slots stays; its issues are named, its people are not."""
    book_next_slot(desks.draft(publication), now=timezone.now(), batch_size=10)

    asked: Any = chief.get(reverse("publications:delete", args=[publication.pk]), follow=True)
    assert "Tideline Digest cannot be deleted: " in asked.content.decode()
    assert "Tideline Digest Vol 1.1" in asked.content.decode()
    assert "Yes, delete" not in asked.content.decode()

    said = delete(chief, reverse("publications:delete", args=[publication.pk]))

    assert "cannot be deleted" in said
    assert "Tideline Digest Vol 1.1" in said
    assert Publication.objects.exists()


def test_archive_of_a_publication(publication: Publication, chief: Client) -> None:
    """The public archive of a publication stays, with or without issues."""
    said = delete(chief, reverse("wagtailadmin_pages:delete", args=[publication.archive.pk]))

    assert "cannot be deleted: the publication needs it" in said
    assert ArchivePage.objects.filter(publication=publication).exists()
    assert chief.get(reverse("wagtailadmin_home")).status_code == 200


def test_issue_that_was_sent(publication: Publication, person: Subscriber, chief: Client) -> None:
    """An issue that was queued or sent stays."""
    issue = desks.draft(publication)
    queue(issue, at=timezone.now(), batch_size=10)

    said = delete(chief, reverse("wagtailadmin_pages:delete", args=[issue.pk]))

    assert "cannot be deleted" in said
    assert Issue.objects.filter(pk=issue.pk).exists()


def test_person_who_approved(publication: Publication, chief: Client) -> None:
    """An account that approved an issue stays, for the record."""
    approver = desks.member("Approvers")
    approve(desks.draft(publication), by=approver)

    said = delete(chief, reverse("wagtailusers_users:delete", args=[approver.pk]))

    assert "It cannot be deleted: 1 edition refers to it." in said
    assert User.objects.filter(pk=approver.pk).exists()


@pytest.mark.parametrize("where", ["draft", "web", "text", "import", "mail"])
def test_picture_in_use(publication: Publication, chief: Client, where: str) -> None:
    """A picture that a draft, a page or a mail shows stays, and the issue is named."""
    image = desks.stored_picture()
    lead = ("lead_image", {"image": image, "address": "", "alt": "A quay", "credit": ""})
    embed = f'<embed alt="A quay" embedtype="image" format="left" id="{image.pk}"/>'
    match where:
        case "draft":
            desks.draft(publication, body=[lead])
        case "web":
            issue = desks.on_the_web(publication, body=[lead])
            issue.body = []
            issue.save_revision()
        case "text":
            desks.draft(publication, body=[("text", embed)])
        case "import":
            desks.draft(publication, metadata={"_pictures": {"quay.png": image.pk}})
        case "mail":
            issue = desks.draft(publication, body=[lead, desks.digest("Reed beds")])
            queue(issue, at=timezone.now() + dt.timedelta(days=1), batch_size=10)
            issue.body = [desks.digest("Reed beds")]
            issue.save_revision()

    # Not by way of the page that asks: Wagtail leaves the file open of which it makes a preview.
    chief.post(reverse("wagtailimages:delete", args=[image.pk]))
    said = chief.get(reverse("lists:index")).content.decode()

    assert "It cannot be deleted: 1 issue (Tideline Digest Vol 1.1) refers to it." in said
    with pytest.raises(ProtectedError):
        image.delete()


def test_picture_that_nobody_shows(publication: Publication, chief: Client) -> None:
    """A picture in no issue is deleted as before."""
    image = desks.stored_picture()
    desks.draft(publication)

    chief.post(reverse("wagtailimages:delete", args=[image.pk]))

    assert not type(image).objects.exists()
