"""Two people save one issue: what both did is kept, and what contradicts itself is asked."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import html

from newsletter.desk.composer.coediting import BASE, CHOICES, base_of
from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.models import Issue, Publication
from tests import desks
from tests.unit.desk.conftest import LogIn
from tests.unit.desk.test_composer import form


@pytest.fixture
def issue(publication: Publication) -> Issue:
    """A stored draft with one item."""
    return desks.draft(publication, subject="Morning", body=[desks.digest("Reed beds")])


def fields_of(client: Client, issue: Issue) -> dict[str, str]:
    """Return what the page of an issue sends of what it began from."""
    page = html.fromstring(client.get(f"/admin/pages/{issue.pk}/edit/").content)
    [base] = page.xpath(f"//input[@name='{BASE}']/@value")
    return {BASE: base}


def typed(issue: Issue, **fields: Any) -> dict[str, Any]:
    """Return the form of an issue as the editor's page sends it, with some fields changed."""
    [digest] = draft_of(issue).body.get_prep_value()
    [item] = digest["value"]["items"]
    text = {"blocks": [{"key": "a", "text": "About Reed beds.", "type": "unstyled", "depth": 0}]}
    text["blocks"][0] |= {"inlineStyleRanges": [], "entityRanges": []}
    ids = {"body-0-id": digest["id"], "body-0-value-items-0-id": item["id"]}
    body = {"body-0-value-items-0-value-body": json.dumps(text | {"entityMap": {}})}
    given = {"subject": "Morning", "date": "2026-11-12", "slug": "vol-1-1", **ids, **body}
    return form(**(given | fields))


def save(client: Client, issue: Issue, fields: dict[str, Any]) -> Any:
    """Save a form as the page does by itself."""
    address = f"/admin/pages/{issue.pk}/edit/"
    return client.post(address, fields, headers={"Accept": "application/json"}).json()


def now(issue: Issue) -> Issue:
    """Return the draft as it is stored now."""
    return draft_of(Issue.objects.get(pk=issue.pk))


def headline(issue: Issue) -> str:
    """Return the headline of the one item."""
    return str(now(issue).body[0].value["items"][0]["headline"])


def test_different_fields(issue: Issue, log_in: LogIn) -> None:
    """Whoever saves last loses nothing of the other, and is told what the other changed."""
    ann, ben = log_in("Writers"), log_in("Senders")
    User.objects.filter(username="writers").update(first_name="Ann", last_name="Lee")
    bases = [fields_of(client, issue) for client in (ann, ben)]

    save(ann, issue, typed(issue, headline="Reeds") | bases[0])
    told = save(ben, issue, typed(issue, subject="Evening") | bases[1])

    assert (headline(issue), now(issue).subject) == ("Reeds", "Evening")
    assert told["desk_taken"] == "Ann Lee changed this too: Item 1: Headline. Both are saved."


def test_a_form_that_is_behind(issue: Issue, log_in: LogIn) -> None:
    """A page that still shows the old words of another field does not bring them back."""
    ann, ben = log_in("Writers"), log_in("Senders")
    bases = [fields_of(client, issue) for client in (ann, ben)]
    save(ann, issue, typed(issue, headline="Reeds") | bases[0])
    first = save(ben, issue, typed(issue, subject="Evening") | bases[1])

    behind = {BASE: first["field_updates"][BASE]}
    second = save(ben, issue, typed(issue, subject="Night") | behind)
    asked = save(ben, issue, typed(issue, headline="Beds") | {BASE: second["field_updates"][BASE]})

    assert (headline(issue), now(issue).subject) == ("Reeds", "Night")
    # The latest draft is Ben's own, and the words in it that are not his are Ann's.
    assert asked["who"] == "writers"


def test_the_same_field(issue: Issue, log_in: LogIn) -> None:
    """Both texts are shown, nothing is stored meanwhile, and the choice is what stays."""
    ann, ben = log_in("Writers"), log_in("Senders")
    bases = [fields_of(client, issue) for client in (ann, ben)]
    save(ann, issue, typed(issue, subject="Dawn") | bases[0])
    mine = typed(issue, subject="Evening") | bases[1]

    asked = save(ben, issue, mine)
    [question] = asked["conflicts"]
    before = now(issue).subject
    for choice, kept in (("theirs", "Dawn"), ("mine", "Evening")):
        chosen = [{"path": question["path"], "mark": question["mark"], "choice": choice}]
        assert save(ben, issue, mine | {CHOICES: json.dumps(chosen)})["success"]
        assert now(issue).subject == kept

    assert (question["label"], question["theirs"], question["mine"]) == (
        "Subject",
        "Dawn",
        "Evening",
    )
    assert (before, asked["success"]) == ("Dawn", False)


def test_a_choice_counts_once(issue: Issue, log_in: LogIn) -> None:
    """A choice is for the words that were shown: where the other went on writing, it asks again."""
    ann, ben = log_in("Writers"), log_in("Senders")
    bases = [fields_of(client, issue) for client in (ann, ben)]
    saved = save(ann, issue, typed(issue, subject="Dawn") | bases[0])
    mine = typed(issue, subject="Evening") | bases[1]
    [question] = save(ben, issue, mine)["conflicts"]
    save(ann, issue, typed(issue, subject="Noon") | {BASE: saved["field_updates"][BASE]})

    chosen = [{"path": question["path"], "mark": question["mark"], "choice": "mine"}]
    again = save(ben, issue, mine | {CHOICES: json.dumps(chosen)})

    assert again["conflicts"][0]["theirs"] == "Noon"


def test_saving_with_the_button(issue: Issue, log_in: LogIn) -> None:
    """The button asks as well: the page comes back with my words in it, and both texts."""
    ann, ben = log_in("Writers"), log_in("Senders")
    bases = [fields_of(client, issue) for client in (ann, ben)]
    save(ann, issue, typed(issue, subject="Dawn") | bases[0])

    answer = ben.post(f"/admin/pages/{issue.pk}/edit/", typed(issue, subject="Evening") | bases[1])

    page = html.fromstring(answer.content)
    [asked] = page.xpath("//script[@id='desk-conflicts']/text()")
    assert json.loads(asked)["conflicts"][0]["mine"] == "Evening"
    assert page.xpath("//input[@name='subject']/@value") == ["Evening"]
    # The page still begins from where it began: the next save asks again, and loses nothing.
    assert page.xpath(f"//input[@name='{BASE}']/@value") == [bases[1][BASE]]
    assert now(issue).subject == "Dawn"


def test_nobody_else(issue: Issue, log_in: LogIn) -> None:
    """One person who writes alone is asked nothing, and writes over their own draft."""
    client = log_in("Writers")
    first = save(client, issue, typed(issue, subject="One") | fields_of(client, issue))

    own = {BASE: first["field_updates"][BASE], "overwrite_revision_id": str(first["revision_id"])}
    second = save(client, issue, typed(issue, subject="Two") | own)

    assert second["revision_id"] == first["revision_id"]
    assert now(issue).subject == "Two"


@pytest.mark.parametrize("base", ["", "nonsense", '{"stamp": 1}', "[]", '{"content": []}'])
def test_a_base_that_cannot_be_read(issue: Issue, log_in: LogIn, base: str) -> None:
    """Without what it began from a form is saved as Wagtail does, which refuses to be behind."""
    answer = save(log_in("Writers"), issue, typed(issue, subject="Noon") | {BASE: base})

    assert answer["success"]


def test_the_first_save_tells_the_base(publication: Publication, log_in: LogIn) -> None:
    """A new issue that saved itself knows what it began from."""
    address = f"/admin/pages/add/publishing/issue/{publication.archive.pk}/"

    answer = log_in("Writers").post(address, form(), headers={"Accept": "application/json"}).json()

    stored = Issue.objects.get()
    told = json.loads(answer["field_updates"][BASE])
    assert told["stamp"] == base_of(stored).stamp
    assert told["content"]["title"] == stored.title


def test_who_is_where(issue: Issue, log_in: LogIn) -> None:
    """Each open page hears in which field or block the others are; no draft is read for that."""
    ann, ben = log_in("Writers"), log_in("Senders")
    address = f"/admin/issues/{issue.pk}/presence/"

    ann.post(address, {"window": "a" * 16, "anchor": "id_subject"})
    with CaptureQueriesContext(connection) as asked:
        heard = ben.post(address, {"window": "b" * 16, "anchor": "block-1-section"}).json()
    back = ann.post(address, {"window": "a" * 16, "anchor": "<script>"}).json()

    assert heard["others"] == [{"name": "writers", "anchor": "id_subject", "own": False}]
    assert back["others"] == [{"name": "senders", "anchor": "block-1-section", "own": False}]
    # It is asked every few seconds.
    assert not any('revision"."content' in each["sql"] for each in asked.captured_queries)


def test_who_is_logged_out(issue: Issue, log_in: LogIn) -> None:
    """A page hears whether its person is logged in, and what its forms must send."""
    assert log_in("Writers").get("/admin/issues/session/").json()["token"]
    assert Client().get("/admin/issues/session/").status_code == 302
