"""What was approved is what is queued, and not by whoever wrote it where a second person must."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from newsletter.errors import BadInput, InvalidTransition, NotApproved, SecondPersonNeeded
from newsletter.publishing.content.authors import last_author
from newsletter.publishing.models import Issue, Publication
from newsletter.sending.models import ApprovalRequest, Send
from newsletter.sending.planning import approvals
from newsletter.sending.planning.queue import queue


@pytest.fixture
def ann(publication: Publication) -> User:
    """Somebody who writes."""
    Publication.objects.update(needs_approval=True, second_person=True)
    return User.objects.create_user("ann")


@pytest.fixture
def ben(ann: User) -> User:
    """Somebody else."""
    return User.objects.create_user("ben")


@pytest.fixture
def written(issue: Issue, ann: User) -> Issue:
    """A draft whose last change is Ann's."""
    issue.publication.refresh_from_db()
    change(issue, "Reed beds in spring", ann)
    return issue


def change(issue: Issue, subject: str, by: User) -> None:
    """Change the draft."""
    issue.subject = subject
    issue.save_revision(user=by)


def enter(issue: Issue) -> Send:
    """Queue it for now."""
    return queue(issue, at=timezone.now(), batch_size=10)


def test_asked_and_approved(written: Issue, ann: User, ben: User) -> None:
    """A question is answered by the approval, and what is queued is what was approved."""
    request = approvals.ask_for_approval(written, by=ann, note="Look at the dates")
    with pytest.raises(NotApproved, match="waits"):
        enter(written)

    edition = approvals.approve(written, by=ben, seen=request.hash, note="Fine")

    request.refresh_from_db()
    assert (request.state, request.answered_by, request.answer) == ("approved", ben, "Fine")
    assert enter(written).edition == edition
    assert edition.hash == request.hash


def test_changed_after_the_approval(written: Issue, ben: User) -> None:
    """A later change is not approved: it is refused, and can be asked for again."""
    approvals.approve(written, by=ben)
    change(written, "Reed beds in summer", ben)

    with pytest.raises(NotApproved, match="is not what was approved"):
        enter(written)
    request = approvals.ask_for_approval(written, by=ben)

    assert request.state == ApprovalRequest.State.OPEN


def test_changed_after_it_was_seen(written: Issue, ann: User, ben: User) -> None:
    """Nobody approves what they have not seen."""
    request = approvals.ask_for_approval(written, by=ann)
    change(written, "Quite another thing", ann)

    with pytest.raises(InvalidTransition, match="was changed after you opened"):
        approvals.approve(written, by=ben, seen=request.hash)

    assert not written.editions.exclude(approved_at=None).exists()


def test_what_is_approved_is_not_asked_for(written: Issue, ann: User, ben: User) -> None:
    """There is nothing to ask once the draft is approved as it stands."""
    approvals.approve(written, by=ben)

    with pytest.raises(InvalidTransition, match="is approved already"):
        approvals.ask_for_approval(written, by=ann)


def test_asked_twice(written: Issue, ann: User, ben: User) -> None:
    """Who asks again replaces the question: there is one at a time."""
    approvals.ask_for_approval(written, by=ann, note="First")
    approvals.ask_for_approval(written, by=ben, note="Second")

    assert ApprovalRequest.objects.get().note == "Second"


def test_second_person(written: Issue, ann: User, ben: User) -> None:
    """Whoever changed it last cannot approve it, nor can a command that does not say who."""
    with pytest.raises(SecondPersonNeeded, match="somebody else"):
        approvals.approve(written, by=ann)
    with pytest.raises(SecondPersonNeeded, match="who approves"):
        approvals.approve(written)

    approvals.approve(written, by=ben)


def test_saved_again_without_a_change(written: Issue, ann: User, ben: User) -> None:
    """Who saves a draft as it was has changed nothing: the author is still who wrote it."""
    written.save_revision(user=ben)

    assert last_author(written) == ann.pk
    with pytest.raises(SecondPersonNeeded):
        approvals.approve(written, by=ann)


def test_one_person_is_enough_unless_two_must(written: Issue, ann: User) -> None:
    """Where the publication does not ask for a second person, the author may approve."""
    Publication.objects.update(second_person=False)
    written.publication.refresh_from_db()

    assert approvals.approve(written, by=ann).approved_by == ann


def test_sent_back(written: Issue, ann: User, ben: User) -> None:
    """It is sent back with a reason, and not without."""
    request = approvals.ask_for_approval(written, by=ann)
    with pytest.raises(BadInput):
        approvals.send_back(written, by=ben, note=" ")

    approvals.send_back(written, by=ben, note="The date is wrong")

    request.refresh_from_db()
    assert (request.state, request.answer) == ("sent_back", "The date is wrong")
    with pytest.raises(InvalidTransition, match="nobody has asked"):
        approvals.send_back(written, by=ben, note="Again")


def test_what_has_begun_is_not_sent_back(written: Issue, ben: User) -> None:
    """An approval is not withdrawn from mail that leaves."""
    edition = approvals.approve(written, by=ben)
    send = enter(written)
    Send.objects.filter(pk=send.pk).update(state=Send.State.SENDING)

    with pytest.raises(InvalidTransition, match="has begun"):
        approvals.send_back(written, by=ben, note="Too late")

    edition.refresh_from_db()
    assert edition.approved_by == ben
