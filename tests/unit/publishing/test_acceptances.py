"""An error is accepted for a reason, and only that one error of that one issue."""

from __future__ import annotations

import dataclasses

import pytest
from django.contrib.auth.models import User
from wagtail.log_actions import registry

from newsletter.errors import BadInput, NotFound
from newsletter.publishing.checks.acceptances import (
    Judged,
    accept_findings,
    apply_acceptances,
    choose_findings,
    withdraw_acceptance,
)
from newsletter.publishing.models import Acceptance, Issue, Publication
from newsletter.rendering.findings import Finding
from newsletter.rendering.preflight.codes import CODES, NEVER_ACCEPTED, make_finding
from tests import desks

NO_WIDTH = make_finding("link-dead", "map.png has no width", "item 2")
NO_ALT = make_finding("image-alt", "map.png has no alt text", "item 2")
VAGUE = make_finding("link-vague", "'here' leads to example.org", "item 1")
REASON = "The map is meant to be wide."


@pytest.fixture
def issue(publication: Publication) -> Issue:
    """A draft."""
    return desks.draft(publication)


def given(issue: Issue, *findings: Finding) -> None:
    """Accept findings of an issue."""
    accept_findings(issue, [Judged(each) for each in findings], reason=REASON, by="Aiko Abe")


def stopping(issue: Issue, *findings: Finding) -> list[str]:
    """Return the codes that stop an issue."""
    return [each.finding.code for each in apply_acceptances(issue, findings) if each.stops]


def test_an_accepted_error_stops_nothing(issue: Issue) -> None:
    """Accepted, an error is still told, with the reason and who gave it; others still stop."""
    given(issue, NO_WIDTH)

    assert stopping(issue, NO_WIDTH, NO_ALT, VAGUE) == ["image-alt"]
    (held,) = (each for each in apply_acceptances(issue, [NO_WIDTH]))
    assert held.acceptance
    assert (held.acceptance.reason, held.acceptance.by) == (REASON, "Aiko Abe")


@pytest.mark.parametrize(
    "other",
    [
        dataclasses.replace(NO_WIDTH, place="item 3"),
        dataclasses.replace(NO_WIDTH, message="chart.png has no width"),
        dataclasses.replace(NO_WIDTH, code="image-alt"),
        dataclasses.replace(NO_WIDTH, path="digest.mjml", line=3),
    ],
    ids=["elsewhere", "about-something-else", "of-another-kind", "in-a-file"],
)
def test_another_finding_is_asked_for_again(issue: Issue, other: Finding) -> None:
    """What is accepted is one finding: at another place or in other words it is an error again."""
    given(issue, NO_WIDTH)

    assert stopping(issue, other) == [other.code]


def test_another_issue_is_asked_for_again(issue: Issue, publication: Publication) -> None:
    """What is accepted in one issue stops the next."""
    given(issue, NO_WIDTH)

    assert stopping(desks.draft(publication, 2), NO_WIDTH) == ["link-dead"]


def test_what_stops_comes_first(issue: Issue) -> None:
    """Errors that stop are told before those that were accepted."""
    given(issue, NO_WIDTH)

    assert [each.finding for each in apply_acceptances(issue, [NO_WIDTH, NO_ALT])] == [
        NO_ALT,
        NO_WIDTH,
    ]


@pytest.mark.parametrize("code", sorted(NEVER_ACCEPTED))
def test_what_can_never_be_accepted(issue: Issue, code: str) -> None:
    """Without a way out, an address or the words themselves nobody can have a reason."""
    with pytest.raises(BadInput, match=code) as caught:
        given(issue, NO_WIDTH, make_finding(code, "it is wrong"))

    assert caught.value.hint == CODES[code].fix
    assert not Acceptance.objects.exists()


def test_a_forged_acceptance_counts_for_nothing(issue: Issue) -> None:
    """A row in the database does not let through what can never be accepted."""
    finding = make_finding("no-unsubscribe", "no link leads out of the list", "HTML")
    Acceptance.objects.create(issue=issue, fingerprint=Judged(finding).fingerprint, by="x")

    assert stopping(issue, finding) == ["no-unsubscribe"]


def test_a_warning_needs_no_acceptance(issue: Issue) -> None:
    """What stops nothing cannot be accepted."""
    with pytest.raises(BadInput, match="is no error"):
        given(issue, VAGUE)


def test_a_reason_is_needed(issue: Issue) -> None:
    """Without a reason nothing is accepted."""
    with pytest.raises(BadInput, match="the reason is missing"):
        accept_findings(issue, [Judged(NO_WIDTH)], reason="  ", by="Aiko Abe")


def test_a_better_reason_takes_the_place_of_the_first(issue: Issue) -> None:
    """Accepted twice, an error has the newer reason, once."""
    given(issue, NO_WIDTH)
    accept_findings(issue, [Judged(NO_WIDTH)], reason="Looked at in Outlook.", by="Bao")

    assert [each.reason for each in issue.acceptances.all()] == ["Looked at in Outlook."]


def test_it_can_be_taken_back(issue: Issue) -> None:
    """Withdrawn, the error stops the issue again; nothing else is withdrawn."""
    given(issue, NO_WIDTH, NO_ALT)

    withdraw_acceptance(issue, [Judged(NO_WIDTH)], by="Aiko Abe")

    assert stopping(issue, NO_WIDTH, NO_ALT) == ["link-dead"]


def test_the_history_tells(issue: Issue, django_user_model: type[User]) -> None:
    """The history of an issue says who accepted what, why, and that it was taken back."""
    user = django_user_model.objects.create_user("aiko")
    accept_findings(issue, [Judged(NO_WIDTH)], reason=REASON, by="Aiko", user=user)
    withdraw_acceptance(issue, [Judged(NO_WIDTH)], by="root (command line)")

    entries = registry.get_logs_for_instance(issue).order_by("-pk")[:2]
    taken_back, accepted = ((str(each.message), each.user) for each in entries)

    assert accepted == (f"Accepted “map.png has no width” [link-dead]: {REASON}", user)
    said = "No longer accepted: “map.png has no width” [link-dead] (root (command line))"
    assert taken_back == (said, None)


def test_findings_are_chosen_by_code_and_place(issue: Issue) -> None:
    """All of a code are meant, or the one at a place; those accepted stand apart."""
    there = dataclasses.replace(NO_WIDTH, place="item 5")
    given(issue, there)
    held = apply_acceptances(issue, [NO_WIDTH, there, NO_ALT])

    assert [each.finding for each in choose_findings(held, "link-dead")] == [NO_WIDTH]
    assert [each.finding for each in choose_findings(held, "link-dead", accepted=True)] == [there]
    assert [each.finding for each in choose_findings(held, "image-alt", "item 2")] == [NO_ALT]


def test_what_is_not_there_cannot_be_chosen(issue: Issue) -> None:
    """A code that is not found is an error; at a wrong place it names the right one."""
    held = apply_acceptances(issue, [NO_WIDTH])

    with pytest.raises(NotFound, match="no open finding image-alt"):
        choose_findings(held, "image-alt")
    with pytest.raises(NotFound) as caught:
        choose_findings(held, "link-dead", "item 9")
    assert "item 2" in caught.value.hint
