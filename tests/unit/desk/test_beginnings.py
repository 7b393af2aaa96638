"""What a new issue begins with: five empty items, the publication's skeleton, or the last issue."""

from __future__ import annotations

import pytest
from django.test import Client

from newsletter.publishing import skeletons
from newsletter.publishing.models import Issue, Publication
from newsletter.publishing.starting import start_issue
from tests import desks
from tests.unit.desk.conftest import LogIn
from tests.unit.desk.test_composer import add

GREETING = ("text", "<p>Good morning.</p>")


def headlines(issue: Issue) -> list[str]:
    """Return the headlines of the first digest of an issue."""
    [digest] = [block for block in issue.body if block.block_type == "digest"]
    return [item["headline"] for item in digest.value["items"]]


def choose(client: Client, publication: Publication, start: str) -> str:
    """Return the page of a new issue that begins with something."""
    return client.get(add(publication), {"begin": start}).content.decode()


def test_five_items_are_ready(publication: Publication) -> None:
    """The digest of a new issue has five empty items, each an own block."""
    issue = start_issue(publication)

    assert headlines(issue) == [""] * 5
    stored = issue.body.get_prep_value()
    ids = [stored[0]["id"], *(item["id"] for item in stored[0]["value"]["items"])]
    assert len(set(ids)) == 6


def test_nothing_to_choose(publication: Publication, log_in: LogIn) -> None:
    """The first issue of a publication offers no choice."""
    page = log_in("Writers").get(add(publication)).content.decode()

    assert "data-desk-start" not in page


def test_the_last_issue(publication: Publication, log_in: LogIn) -> None:
    """Like the last issue means its blocks and texts, with as many items, all of them empty."""
    closing = ("callout", {"tone": "info", "body": "<p>Write to us.</p>"})
    desks.draft(publication, body=[GREETING, desks.digest("Reed beds", "Ferries"), closing])

    page = choose(log_in("Writers"), publication, "last")

    assert "Good morning." in page
    assert "Write to us." in page
    assert "Reed beds" not in page
    assert 'aria-current="true">The last issue <small>Tideline Digest Vol 1.1</small>' in page


def test_the_lead_picture_of_the_last_issue_is_left_out(publication: Publication) -> None:
    """A picture that belongs to old news does not come along."""
    lead = {"address": "https://example.org/quay.png", "alt": "The quay", "credit": "Ann"}
    desks.draft(publication, body=[("lead_image", lead), desks.digest("Reed beds")])

    picture, digest = publication.first_blocks("last")

    assert picture["value"] == skeletons.EMPTY_PICTURE
    assert [item["value"] for item in digest["value"]["items"]] == [skeletons.EMPTY_ITEM]


def test_the_skeleton(publication: Publication, log_in: LogIn) -> None:
    """An issue that is used as skeleton gives its blocks, texts and closing to all that follow."""
    model = desks.draft(
        publication,
        body=[GREETING, desks.digest("From the harbour", "Three numbers")],
        boilerplate="See you.",
    )
    page = f"/admin/issues/{model.pk}/skeleton/"
    client = log_in("Admins")

    assert "Begin new issues with these blocks" in client.get(page).content.decode()
    client.post(page)
    desks.draft(publication, 2, body=[desks.digest("Other")])
    issue = start_issue(Publication.objects.get())

    assert headlines(issue) == ["From the harbour", "Three numbers"]
    assert issue.boilerplate == "See you."
    old = {block["id"] for block in model.body.get_prep_value()}
    assert old.isdisjoint(block["id"] for block in issue.body.get_prep_value())
    offered = client.get(add(publication)).content.decode()
    assert 'aria-current="true">The skeleton <small>Tideline Digest Vol 1.1</small>' in offered
    assert issue.title in offered


def test_without_skeleton_again(publication: Publication, log_in: LogIn) -> None:
    """The skeleton can be taken away; new issues have empty items then."""
    model = desks.draft(publication, body=[desks.digest("From the harbour")])
    client, page = log_in("Admins"), f"/admin/issues/{model.pk}/skeleton/"
    client.post(page)

    client.post(page, {"remove": "1"})

    assert headlines(start_issue(Publication.objects.get())) == [""] * 5


def test_an_edited_model_changes_no_skeleton(publication: Publication, log_in: LogIn) -> None:
    """The skeleton is a copy: what becomes of its issue does not matter, not even its deletion."""
    model = desks.draft(publication, body=[desks.digest("From the harbour")])
    log_in("Admins").post(f"/admin/issues/{model.pk}/skeleton/")

    model.delete()

    assert headlines(start_issue(Publication.objects.get())) == ["From the harbour"]


@pytest.mark.parametrize("group", ["Writers", "Senders"])
def test_who_may_set_it(publication: Publication, log_in: LogIn, group: str) -> None:
    """Only those who may change the publication say what its issues begin with."""
    model = desks.draft(publication)

    log_in(group).post(f"/admin/issues/{model.pk}/skeleton/")

    assert Publication.objects.get().skeleton == {}


def test_a_choice_that_is_none(publication: Publication, log_in: LogIn) -> None:
    """An address with another word begins like one without."""
    desks.draft(publication)

    page = choose(log_in("Writers"), publication, "nonsense")

    assert 'aria-current="true">Empty items <small>5 items</small>' in page
