"""An editor sees what stands in the way of an issue, fixes it, or accepts it with a reason."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from newsletter.desk.composer import checks
from newsletter.desk.composer.finding_links import links_of
from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.models import Acceptance, Issue, Publication
from newsletter.publishing.panels import ISSUE
from newsletter.sending.models import Send
from subscribers.models import Subscriber, Subscription
from tests import desks
from tests.unit.desk.conftest import LogIn

REASON = "The harbour has no https."


@pytest.fixture
def issue(publication: Publication) -> Issue:
    """A draft whose lead picture has no https address."""
    lead = {"image": None, "address": "http://example.org/quay.png", "alt": "A quay", "credit": ""}
    return desks.draft(publication, body=[("lead_image", lead), desks.digest("Reed beds")])


def check(issue: Issue) -> str:
    """Return the address of the page."""
    return reverse("desk_check", args=[issue.pk])


def queue(issue: Issue) -> str:
    """Return the address of the page on which it is queued."""
    return reverse("desk_queue", args=[issue.pk])


def shown(client: Client, address: str) -> str:
    """Return a page in one line."""
    return " ".join(client.get(address).content.decode().split())


def fingerprint(page: str) -> str:
    """Return what a form says of its finding."""
    found = re.search(r'name="finding" value="([0-9a-f]{64})"', page)
    assert found
    return found[1]


def accept(client: Client, issue: Issue, **fields: str) -> str:
    """Accept the first finding of the page; return the page that follows."""
    finding = fingerprint(shown(client, check(issue)))
    data = {"finding": finding, "reason": REASON, **fields}
    return client.post(check(issue), data, follow=True).content.decode()


def test_what_is_found_is_shown(issue: Issue, log_in: LogIn) -> None:
    """An editor sees the error, where it is with a way there, and how to fix it."""
    page = shown(log_in("Writers"), check(issue))

    lead = draft_of(issue).body[0].id
    edit = reverse("wagtailadmin_pages:edit", args=[issue.pk])
    assert "1 error stands in the way" in page
    assert "http://example.org/quay.png is not at an https address" in page
    assert f'<a href="{edit}#at-block-{lead}-section">Lead image</a>' in page
    assert "Use an address that begins with https://" in page


def test_way_from_the_editor(issue: Issue, log_in: LogIn) -> None:
    """The way to the page stands beside the other actions."""
    edit = reverse("wagtailadmin_pages:edit", args=[issue.pk])

    assert check(issue) in shown(log_in("Writers"), edit)


def test_an_error_stops_the_queueing(issue: Issue, log_in: LogIn) -> None:
    """The button cannot be pressed, and says why; who posts all the same is told too."""
    client = log_in("Senders")

    page = shown(client, queue(issue))
    answer = client.post(queue(issue), {"when": "slot"}).content.decode()

    assert re.search(r"<button[^>]*data-needs-no-error[^>]* disabled>", page)
    assert "It can be queued once no error stands in the way." in page
    assert "lead image: http://example.org/quay.png is not at an https address" in answer
    assert "newsletter issue check" not in answer
    assert not Send.objects.exists()


def test_accepted_it_can_be_queued(issue: Issue, log_in: LogIn) -> None:
    """Once the error is accepted it is shown with its reason, and the issue can be queued."""
    client = log_in("Senders")

    page = accept(client, issue)
    before = shown(client, queue(issue))
    client.post(queue(issue), {"when": "slot"})

    assert f"“{REASON}”" in page
    assert "Nothing stands in the way" in page
    assert Acceptance.objects.get().by == "senders"
    assert not re.search(r"<button[^>]*data-needs-no-error[^>]* disabled>", before)
    assert Send.objects.get().state == Send.State.QUEUED


def test_it_is_taken_back(issue: Issue, log_in: LogIn) -> None:
    """Withdrawn, the error stands in the way again."""
    client = log_in("Writers")
    accept(client, issue)

    page = accept(client, issue, withdraw="1")

    assert "1 error stands in the way" in page
    assert not Acceptance.objects.exists()


def test_back_to_where_it_was_accepted(issue: Issue, log_in: LogIn) -> None:
    """Whoever accepts on the way to the queue lands there again."""
    client = log_in("Senders")

    assert ">Queue it</button>" in accept(client, issue, queue="1")


def test_a_reason_is_needed(issue: Issue, log_in: LogIn) -> None:
    """Without a reason nothing is accepted."""
    assert "the reason is missing" in accept(log_in("Writers"), issue, reason=" ")
    assert not Acceptance.objects.exists()


def test_what_is_not_there_any_more(issue: Issue, log_in: LogIn) -> None:
    """A finding that was fixed meanwhile is not accepted; it is said so."""
    assert "is not there any more" in accept(log_in("Writers"), issue, finding="0" * 64)
    assert not Acceptance.objects.exists()


def test_what_can_only_be_fixed(publication: Publication, log_in: LogIn) -> None:
    """For what nobody can accept there is no form, and whoever posts one is refused."""
    issue = desks.draft(publication, subject="Issue {{ number }}")
    client = log_in("Senders")

    page = shown(client, check(issue))

    assert "This can only be fixed." in page
    assert 'name="reason"' not in page


def test_a_misspelt_merge_tag_is_a_finding(publication: Publication, log_in: LogIn) -> None:
    """It stands among the others, with the way to its field and how it is written."""
    body = [("markdown", "Hi [first_nme|reader]"), ("markdown", "> " * 60 + "deep")]
    issue = desks.draft(publication, body=body)

    page = shown(log_in("Senders"), queue(issue))

    assert "The mail cannot be made." not in page
    assert "Did you mean [first_name|reader]?" in page
    assert "It is nested too deeply" in page or "it is nested too deeply" in page
    assert f"#at-block-{issue.body[1].id}-section" in page


def test_a_mail_that_cannot_be_made(publication: Publication, log_in: LogIn) -> None:
    """Where there is no mail to look at, what is wrong is said in its place."""
    issue = desks.draft(publication)
    publication.template = "gone"
    publication.save()

    page = shown(log_in("Senders"), queue(issue))

    assert "The mail cannot be made." in page
    assert "gone" in page
    assert re.search(r"<button[^>]*data-needs-no-error[^>]* disabled>", page)


def test_for_many_readers_it_comes_later(
    issue: Issue, publication: Publication, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With many readers the page does not wait: it names where to ask what was found."""
    monkeypatch.setattr(checks, "AT_ONCE", 1)
    for number in range(2):
        person = Subscriber.objects.create(email=f"p{number}@example.org")
        Subscription.objects.create(subscriber=person, list=publication.lists.get())
    client = log_in("Senders")

    page = shown(client, queue(issue))
    address = re.search(r'data-findings-from="([^"]+)"', page)
    assert address
    later = shown(client, address[1])

    assert "is not at an https address" not in page
    assert re.search(r"<button[^>]*data-needs-no-error[^>]* disabled>", page)
    assert "is not at an https address" in later
    assert 'data-errors="1"' in later


@pytest.mark.parametrize("name", ["desk_check", "desk_findings"])
def test_strangers_see_nothing(issue: Issue, client: Client, name: str) -> None:
    """Nobody sees or accepts anything without logging in."""
    address = reverse(name, args=[issue.pk])

    assert client.get(address).status_code == 302
    assert client.post(address, {"reason": REASON}).status_code == 302
    assert not Acceptance.objects.exists()


def test_a_queued_issue_is_not_looked_at_again(publication: Publication, log_in: LogIn) -> None:
    """Once it is queued, the page is about the send; the draft is another matter."""
    issue = desks.draft(publication, body=[desks.digest("Reed beds")])
    client = log_in("Senders")
    client.post(queue(issue), {"when": "slot"})

    assert "desk-findings" not in shown(client, queue(issue))


def test_an_empty_issue_is_not_queued(publication: Publication, log_in: LogIn) -> None:
    """A draft that was just opened is not queued; the finding leads to its content."""
    issue = desks.draft(publication, body=[("text", "")])
    client = log_in("Senders")

    page = client.post(queue(issue), {"when": "slot"}, follow=True).content.decode()

    assert not issue.sends.exists()
    assert "there is nothing to read in it" in page.lower()
    links = links_of(draft_of(issue))
    anchor = links["body"].partition("#at-")[2]
    assert f'id="{anchor}"' in client.get(links["body"]).content.decode()


def test_ids_are_the_same_in_every_language() -> None:
    """Findings lead to the fields, also when the desk was first opened in Japanese."""
    with translation.override("ja"):
        tabs = ISSUE.bind_to_model(Issue).child_identifiers

    assert tabs == ["compose", "details"]


def test_places_lead_to_what_the_editor_wrote(publication: Publication) -> None:
    """Blocks and items are counted as preflight does, without those that are still empty."""
    body = [
        ("text", ""),
        desks.digest("Reed beds", "", "Ferries"),
        ("markdown", "A map."),
        desks.digest("Cranes"),
    ]
    body[1][1]["items"][1]["body"] = ""  # type: ignore[index]
    draft = draft_of(desks.draft(publication, body=body))
    stream = list(draft.body)
    first, second = (stream[at].value["items"].bound_blocks for at in (1, 3))

    links = {place: link.partition("#at-")[2] for place, link in links_of(draft).items()}

    blocks = {"block 1": stream[1], "block 2": stream[2], "block 3": stream[3]}
    items = {"item 1": first[0], "item 2": first[2], "item 3": second[0]}
    for place, block in {**blocks, **items}.items():
        assert links[place] == f"block-{block.id}-section", place
    assert links["subject"] == "id_subject"


def test_closing_text_is_fixed_where_it_stands(publication: Publication) -> None:
    """Closing words of the publication are fixed there, those of an issue in the issue."""
    own = desks.draft(publication, boilerplate="Our own.")
    shared = desks.draft(publication, 2)

    assert links_of(draft_of(own))["closing text"].endswith("#at-id_boilerplate")
    assert links_of(draft_of(shared))["closing text"] == links_of(draft_of(own))["publication"]
