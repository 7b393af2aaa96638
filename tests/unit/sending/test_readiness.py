"""Preflight stands at the only door: what it finds wrong is neither queued nor approved."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsletter.conf.config import load
from newsletter.errors import AlreadyQueued, InvalidTransition, NotReady
from newsletter.phrases import translate
from newsletter.publishing.checks import acceptances, checking, known_links
from newsletter.publishing.checks.checking import Report
from newsletter.publishing.content.drafts import render_draft
from newsletter.publishing.link_answers import LinkAnswer
from newsletter.publishing.models import Issue, Publication
from newsletter.rendering.preflight.addresses import Answer
from newsletter.sending.models import Edition, Send
from newsletter.sending.planning import approvals, queue, readiness

NOW = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)
GONE = "https://example.org/gone"
WRONG = "![](http://example.org/map.png) and [insert date], [above](#gone)"


def rewrite(issue: Issue, **fields: Any) -> None:
    """Store a draft with other words."""
    draft = issue.get_latest_revision_as_object()
    for name, value in fields.items():
        setattr(draft, name, value)
    draft.save_revision()


def accept(issue: Issue, *codes: str) -> None:
    """Accept what is found of some codes."""
    held = readiness.check_draft(issue).judged
    for code in codes:
        chosen = acceptances.choose_findings(held, code)
        acceptances.accept_findings(issue, chosen, reason="It is meant so.", by="Aiko")


def enter(issue: Issue) -> Send:
    """Queue an issue."""
    return queue.queue(issue, at=NOW, batch_size=10)


def test_errors_stop_the_queueing(issue: Issue) -> None:
    """An issue with errors is not queued; the first are named with their places, and the way on."""
    rewrite(issue, subject="Issue {{ number }}", body=[("markdown", WRONG)])

    with pytest.raises(NotReady) as caught:
        enter(issue)

    said = str(caught.value)
    assert said.startswith("Tideline Digest Vol 1.1 has 5 errors: ")
    assert "subject: '{{ number }}' is not filled in by anybody; " in said
    assert said.endswith("; and 2 more")
    assert caught.value.hint.endswith(": newsletter issue check 1.1")
    assert not Send.objects.exists()
    assert not Edition.objects.exists()


def test_errors_stop_the_approval(issue: Issue) -> None:
    """An issue with errors is not approved either."""
    rewrite(issue, subject="Issue {{ number }}")

    with pytest.raises(NotReady, match="has 1 error"):
        approvals.approve(issue)

    assert not Edition.objects.exists()


def test_accepted_errors_stop_nothing(issue: Issue) -> None:
    """With every error accepted the issue is queued."""
    rewrite(issue, body=[("markdown", WRONG)])
    accept(issue, "image-alt", "image-not-https", "link-dead", "text-unfinished")

    assert enter(issue).state == Send.State.QUEUED


def test_warnings_stop_nothing(issue: Issue) -> None:
    """What is only worth a look does not hold an issue up."""
    rewrite(issue, subject="Reed beds and ferries " * 5)

    assert enter(issue).state == Send.State.QUEUED


def test_a_publication_without_address_sends_nothing(
    issue: Issue, publication: Publication
) -> None:
    """Without a postal address nothing is queued."""
    publication.postal_address = ""
    publication.save()

    with pytest.raises(NotReady, match="no postal address"):
        enter(issue)


def test_a_site_on_this_machine_and_a_real_provider(
    issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mail that leaves this machine does not lead to a site that is on it."""
    config = load()
    real = config.sendgrid.model_copy(update={"base_url": "https://api.sendgrid.com"})
    monkeypatch.setattr(checking, "load", lambda: config.model_copy(update={"sendgrid": real}))

    with pytest.raises(NotReady, match=r"the site is at http://127\.0\.0\.1"):
        enter(issue)


def test_what_was_looked_at_is_frozen(issue: Issue) -> None:
    """The edition of the send is the one that was looked at, of the draft that was looked at."""
    looked_at = readiness.check_draft(issue)

    edition = enter(issue).edition

    assert edition.hash == looked_at.edition.hash == render_draft(issue).hash
    assert edition.revision == looked_at.revision == issue.get_latest_revision()


@pytest.mark.parametrize("overwrite", [False, True], ids=["new-revision", "autosave"])
def test_a_draft_that_changes_meanwhile(
    issue: Issue, monkeypatch: pytest.MonkeyPatch, overwrite: bool
) -> None:
    """Words saved while the draft is looked at are neither sent unseen nor lost in silence."""

    def look_and_let_write(issue: Issue, **_: Any) -> Report:
        report = readiness.require_ready(issue)
        draft = issue.get_latest_revision_as_object()
        draft.subject = "{{ left over }}"
        draft.save_revision(overwrite_revision=issue.latest_revision if overwrite else None)
        return report

    monkeypatch.setattr(queue, "require_ready", look_and_let_write)

    with pytest.raises(InvalidTransition, match="was changed while it was being checked"):
        enter(issue)

    assert not Send.objects.exists()


def test_an_older_instance_queues_the_newest_draft(issue: Issue) -> None:
    """Whoever holds an instance from before an edit queues what is stored now."""
    before = Issue.objects.get(pk=issue.pk)
    before.get_latest_revision()
    rewrite(issue, subject="Ferries")

    assert enter(before).edition.subject == "Ferries"


def test_a_second_queueing_says_so_before_anything_else(issue: Issue) -> None:
    """An issue that is queued already is refused as that, whatever its draft says now."""
    enter(issue)
    rewrite(issue, subject="Issue {{ number }}")

    with pytest.raises(AlreadyQueued) as refused:
        enter(issue)
    assert str(translate(refused.value.hint)) == (
        f"Cancel that one first: newsletter send cancel {Send.objects.get().pk}"
    )


def test_what_goes_with_it_fails_with_it(issue: Issue) -> None:
    """What is to happen to the send together with the queueing undoes it when it fails."""

    def fail(_: Send) -> None:
        raise InvalidTransition("the slot is taken")

    with pytest.raises(InvalidTransition, match="slot"):
        queue.queue(issue, at=NOW, batch_size=10, also=fail)

    assert not Send.objects.exists()


def test_approval_and_queueing_agree(issue: Issue, publication: Publication) -> None:
    """Where approval is asked for, what was approved is the edition that is queued."""
    publication.needs_approval = True
    publication.save()
    user = User.objects.create_user("approver")

    edition = approvals.approve(issue, by=user)

    assert enter(issue).edition == edition
    assert (edition.approved_by, edition.approved_at is not None) == (user, True)


@pytest.mark.parametrize("step", [enter, approvals.approve])
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_no_lock_is_held_meanwhile(
    issue: Issue, step: Callable[[Issue], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a draft is looked at no transaction is open: others may write."""
    held: list[bool] = []

    def check_issue(issue: Issue, **around: Any) -> Report:
        held.append(connection.in_atomic_block)
        return checking.check_issue(issue, **around)

    monkeypatch.setattr(readiness, "check_issue", check_issue)

    step(issue)

    assert held == [False]


def test_more_people_take_no_more_statements(issue: Issue, add_people: Any) -> None:
    """A look asks the database as often for two hundred people as for one."""
    readiness.check_draft(issue)  # what is looked up once and kept is no matter of people
    asked = []
    for count, first in ((1, 1), (199, 2)):
        add_people(count, start=first)
        with CaptureQueriesContext(connection) as statements:
            readiness.check_draft(issue)
        asked.append(len(statements))

    assert asked[0] == asked[1] < 20


def test_a_link_that_is_known_to_be_broken_stops_an_issue(issue: Issue, admin_user: User) -> None:
    """What a look at the links found counts at approval and queue, for a day, until accepted."""
    rewrite(issue, body=[("markdown", f"[The map]({GONE})")])
    known_links.keep_answers({GONE: Answer(status=404)})

    with pytest.raises(NotReady, match=re.escape(f"{GONE}: status 404")):
        approvals.approve(issue, by=admin_user)
    with pytest.raises(NotReady, match=re.escape(f"{GONE}: status 404")):
        enter(issue)

    report = readiness.check_draft(issue, links=True, web=known_links.read_known_web())
    chosen = acceptances.choose_findings(report.judged, "link-broken")
    acceptances.accept_findings(issue, chosen, reason="It is there on Thursday.", by="Aiko")
    approvals.approve(issue, by=admin_user)
    assert enter(issue).pk


def test_what_is_known_of_a_link_is_for_a_day(issue: Issue) -> None:
    """After half an hour the composer asks again; after a day nothing is known any more."""
    rewrite(issue, body=[("markdown", f"[The map]({GONE})")])
    known_links.keep_answers({GONE: Answer(status=404)})

    def look(age: dt.timedelta) -> tuple[list[str], list[str]]:
        LinkAnswer.objects.update(asked_at=timezone.now() - age)
        web = known_links.read_known_web()
        report = readiness.check_draft(issue, links=True, web=web)
        return [each.finding.code for each in report.errors], web.unknown

    assert look(known_links.FRESH / 2) == (["link-broken"], [])
    assert look(known_links.FRESH * 2) == (["link-broken"], [GONE])
    assert look(known_links.KEPT * 2) == ([], [GONE])
    known_links.keep_answers({})
    assert not LinkAnswer.objects.exists()


def test_a_check_of_links_keeps_what_they_answer(issue: Issue) -> None:
    """`newsletter issue check --links` finds what approving then counts, too."""
    rewrite(issue, body=[("markdown", "[The map](https://map.invalid/)")])

    found = readiness.check_draft(issue, links=True)

    assert [each.finding.code for each in found.errors] == ["link-broken"]
    with pytest.raises(NotReady, match=re.escape("https://map.invalid/: ")):
        enter(issue)


def test_date_of_what_was_called_off_is_still_compared(issue: Issue) -> None:
    """A cancelled send left the issue on the web: its date counts until somebody is mailed."""
    send = enter(issue)
    Issue.objects.filter(pk=issue.pk).update(live=True)
    Send.objects.update(state=Send.State.CANCELLED)
    day = NOW.date() + dt.timedelta(days=7)

    def codes() -> set[str]:
        return {each.finding.code for each in readiness.check_draft(issue, day=day).judged}

    assert "date-differs" in codes()
    Send.objects.filter(pk=send.pk).update(state=Send.State.SENT)
    assert "date-differs" not in codes()
