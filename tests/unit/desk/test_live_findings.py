"""What the check finds is told to the page on which somebody types, with the field it is about."""

from __future__ import annotations

import threading
from typing import Any

from django.test import Client

from newsletter.desk.composer import live_findings
from newsletter.publishing.checks import known_links
from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.models import Issue, Publication
from newsletter.rendering.preflight.addresses import Answer, Web
from tests import desks
from tests.unit.desk.conftest import LogIn

GONE = "https://example.org/gone"


def found(client: Client, issue: Issue) -> Any:
    """Return what the page of an issue is told."""
    return client.get(f"/admin/issues/{issue.pk}/live-findings/").json()


def test_beside_the_block(publication: Publication, log_in: LogIn) -> None:
    """A finding in an item names the block of the editor, one in the subject its field."""
    issue = desks.draft(
        publication,
        subject="For [first_nme|you]",
        preheader="The quay at dawn",
        body=[desks.digest("Reed beds", "Ferries for %%first_name%%")],
    )
    [digest] = draft_of(issue).body.get_prep_value()
    second = f"block-{digest['value']['items'][1]['id']}-section"

    told = found(log_in("Writers"), issue)

    anchors = {each["anchor"] for each in told["findings"]}
    assert {"id_subject", second} <= anchors
    assert "error" in told["summary"]
    assert all(each["fix"] for each in told["findings"] if each["severity"] == "error")


def test_five_headlines_for_four_items(publication: Publication, log_in: LogIn) -> None:
    """A headline without a text is an error at its item, which names it and says what to do."""
    kind, value = desks.digest("Reed beds", "Ferries", "Tides", "Cranes", "Night trains")
    value["items"][4]["body"] = ""
    issue = desks.draft(publication, body=[(kind, value)])
    [digest] = draft_of(issue).body.get_prep_value()

    told = found(log_in("Writers"), issue)

    [row] = [each for each in told["findings"] if "Nothing stands below" in each["message"]]
    assert "Night trains" in row["message"]
    assert row["severity"] == "error"
    assert row["fix"] == "Write the item, or take its headline out."
    assert row["anchor"] == f"block-{digest['value']['items'][4]['id']}-section"
    assert row["where"] == "Item 5"


def test_one_check_at_a_time(publication: Publication, log_in: LogIn) -> None:
    """While a check goes on, another one is put off."""
    issue, client = desks.draft(publication), log_in("Writers")

    with live_findings._checking:
        assert found(client, issue) == {"busy": True}

    assert "findings" in found(client, issue)


class Gone(Web):
    """A web on which nothing is there any more."""

    def ask(self, address: str, *, seconds: float) -> Answer:
        """Say that it is gone."""
        return Answer(status=410)


def test_links_are_shown_once_known(publication: Publication, log_in: LogIn) -> None:
    """A link of which nothing is known is looked at in the background, and then told of."""
    issue = desks.draft(publication, body=[("text", f'<p><a href="{GONE}">There</a></p>')])
    client = log_in("Writers")

    with known_links._looking:
        before = found(client, issue)
    known_links.look_up([GONE], Gone())
    after = found(client, issue)

    assert before["looking"]
    assert not after["looking"]
    broken = [each for each in after["findings"] if GONE in each["message"]]
    assert len(broken) == 1
    assert broken[0]["anchor"].startswith("block-")


def test_no_page_contradicts_another(publication: Publication, log_in: LogIn) -> None:
    """A link that is known to be gone is an error in the composer, in the check and in the band."""
    issue = desks.draft(publication, body=[("text", f'<p><a href="{GONE}">There</a></p>')])
    known_links.look_up([GONE], Gone())
    client = log_in("Writers")

    assert found(client, issue)["summary"].startswith("1 error")
    page = client.get(f"/admin/issues/{issue.pk}/check/").content.decode()
    assert "1 error stands in the way" in page
    edit = client.get(f"/admin/pages/{issue.pk}/edit/").content.decode()
    assert "The check found 1 error." in edit


def test_one_look_at_a_time() -> None:
    """Links are looked at by one thread, which makes room for the next when it is done."""
    with known_links._looking:
        assert not known_links.look_up_later([])

    assert known_links.look_up_later([])
    for thread in threading.enumerate():
        if thread.name == "links":
            thread.join(60)
    assert known_links._looking.acquire(timeout=60)
    known_links._looking.release()


def test_a_mail_that_cannot_be_made(publication: Publication, log_in: LogIn) -> None:
    """Where there is no mail to look at, the reason is told."""
    publication.template = "nowhere"
    publication.save()

    told = found(log_in("Writers"), desks.draft(publication))

    assert "nowhere" in told["summary"]
    assert told["findings"] == []


def test_not_for_everybody(publication: Publication, log_in: LogIn) -> None:
    """Whoever may not edit the issue is told nothing."""
    issue = desks.draft(publication)

    assert Client().get(f"/admin/issues/{issue.pk}/live-findings/").status_code == 302
