"""A send ahead of its scheduled time, whatever SendGrid does where its documents are silent."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from newsletter.publishing.models import Publication
from newsletter.sending.models import Send
from newsletter.sending.reporting.totals import count_send
from tests.unit.sending.conftest import add_people, issue, publication, readers
from tests.unit.sending.test_prescheduled import LEAD, MINUTE, Stage, ahead, everybody, stage

__all__ = ["add_people", "ahead", "issue", "publication", "readers", "stage"]

#: What decides about mail that is cancelled; the others are tried with them.
SWITCHES = ("empty_batches", "catches_later", "catches_past", "cancels_paused")
WORLDS = [
    pytest.param(answers, id="".join("ny"[answer] for answer in answers))
    for answers in itertools.product([True, False], repeat=len(SWITCHES))
]


@pytest.mark.parametrize("holds", [False, True], ids=["ahead", "held"])
@pytest.mark.parametrize("answers", WORLDS)
def test_in_every_world(
    stage: Stage,
    publication: Publication,
    ahead: Callable[..., Send],
    answers: tuple[bool, ...],
    holds: bool,
) -> None:
    """With an answer lost on the way everybody gets it once, but where a pause holds nothing.

    Mail that is paused before it is posted counts on the pause to catch it.  Should SendGrid not
    do that, it cannot be cancelled either; the events tell, and all is held from then on
    (`test_cancelled_and_gone_out`).
    """
    undocumented = stage.provider.undocumented
    for name, answer in zip(SWITCHES, answers, strict=True):
        setattr(undocumented, name, answer)
    undocumented.rechecks_suppressions = undocumented.processed_at_release = answers[0]
    publication.delivery_mode = "on_hold" if holds else "prescheduled"
    publication.save()
    stage.provider.faults.add("accept_then_500", after=1)
    send = ahead()

    stage.go()
    stage.pass_time(LEAD)
    stage.go()
    stage.pass_time(61 * MINUTE)
    stage.go()

    pauses_in_vain = holds and undocumented.empty_batches and not undocumented.catches_later
    assert set(stage.left()) == set(everybody())
    if pauses_in_vain:
        stage.provider.waive("R1")
    else:
        assert stage.left() == everybody()
    assert sum(count_send(send).deliveries.values()) == len(everybody())
