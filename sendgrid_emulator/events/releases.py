"""From acceptance to the recipient's server: wait, stop, drop, deliver."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import partial

from sendgrid_emulator.events.delivery_scenarios import (
    DELIVERED,
    Scenario,
    Step,
    dropped_scenario,
    unusual_scenarios,
)
from sendgrid_emulator.events.event import Occurrence, Positions
from sendgrid_emulator.events.reading import heard
from sendgrid_emulator.state.batches import PAUSED_AT_MOST, Batches, Status
from sendgrid_emulator.state.messages import Accepted, Message, Phase
from sendgrid_emulator.state.suppressions import Suppressions
from sendgrid_emulator.state.timeline import Timeline

_PROCESSED = DELIVERED[0]


class Releases:
    """Moves accepted requests on as time passes.

    `tell` is called with each event of recipients, `moved` when a request is in a new phase.
    """

    def __init__(
        self,
        timeline: Timeline,
        batches: Batches,
        suppressions: Suppressions,
        tell: Callable[[Occurrence], None],
        moved: Callable[[Accepted], None],
    ) -> None:
        self._timeline = timeline
        self._batches = batches
        self._suppressions = suppressions
        self._tell = tell
        self._moved = moved
        self._paused: defaultdict[str, list[Accepted]] = defaultdict(list)

    def expect(self, request: Accepted) -> None:
        """Add an accepted request: it leaves at once, or at its scheduled time."""
        undocumented = self._batches.undocumented
        if not undocumented.rechecks_suppressions:
            self._drop_suppressed(request)
        if not undocumented.processed_at_release:
            self._happen(request, range(len(request)), _PROCESSED, request.at)
        self._wait(request)

    def resume(self, request: Accepted) -> None:
        """Add a request again after a restart; what was released stays as it was."""
        if request.phase is Phase.PAUSED:
            self._pause(request)
        elif request.phase is Phase.QUEUED:
            self._wait(request)

    def reconsider(self, batch_id: str) -> None:
        """Check the paused mail of a batch again after its status has changed."""
        for request in self._paused.pop(batch_id, []):
            self._decide(request, self._batches.now())

    def clear(self) -> None:
        """Forget what is paused."""
        self._paused.clear()

    def _wait(self, request: Accepted) -> None:
        due = max(request.at, request.send_at)
        self._timeline.at(due, partial(self._come_due, request, due))

    def _come_due(self, request: Accepted, due: float) -> None:
        if request.phase is Phase.QUEUED:
            self._decide(request, due)

    def _decide(self, request: Accepted, at: float) -> None:
        status = self._status(request)
        if status is Status.CANCEL:
            self._discard(request, Phase.CANCELLED, at)
        elif status is Status.PAUSE:
            self._pause(request)
        else:
            self._release(request, at)

    def _status(self, request: Accepted) -> Status | None:
        if not request.batch_id:
            return None
        if request.phase is Phase.PAUSED:
            return self._status_of_paused(request.batch_id)
        send_at = max(request.send_at, request.at)
        return self._batches.effective_status(
            request.batch_id, accepted_at=request.at, send_at=send_at
        )

    def _status_of_paused(self, batch_id: str) -> Status | None:
        mark = self._batches.marks.get(batch_id)
        if mark is None:
            return None
        cancelled = mark.status is Status.CANCEL and self._batches.undocumented.cancels_paused
        return Status.CANCEL if cancelled else Status.PAUSE

    def _pause(self, request: Accepted) -> None:
        if request.phase is not Phase.PAUSED:
            self._move(request, Phase.PAUSED, 0)
        self._paused[request.batch_id].append(request)
        expiry = max(request.at, request.send_at) + PAUSED_AT_MOST
        self._timeline.at(expiry, partial(self._expire, request, expiry))

    def _expire(self, request: Accepted, at: float) -> None:
        if request.phase is Phase.PAUSED:
            self._paused[request.batch_id].remove(request)
            self._discard(request, Phase.EXPIRED, at)

    def _discard(self, request: Accepted, phase: Phase, at: float) -> None:
        self._move(request, phase, at)
        [step] = dropped_scenario(phase.value.capitalize())
        self._happen(request, range(len(request)), step, at)

    def _move(self, request: Accepted, phase: Phase, at: float) -> None:
        request.phase, request.released_at = phase, at
        self._moved(request)

    def _release(self, request: Accepted, at: float) -> None:
        if self._batches.undocumented.rechecks_suppressions:
            self._drop_suppressed(request)
        self._move(request, Phase.RELEASED, at)
        special: dict[int, Scenario] = dict(unusual_scenarios(request.recipients))
        special |= {position: dropped_scenario(why) for position, why in request.dropped.items()}
        usual = self._others(request, special)
        if usual:
            self._schedule(request, usual, DELIVERED)
        for position, scenario in special.items():
            self._schedule(request, (position,), heard(Message(request, position), scenario))

    @staticmethod
    def _others(request: Accepted, special: dict[int, Scenario]) -> Positions:
        everyone = range(len(request))
        return tuple(p for p in everyone if p not in special) if special else everyone

    def _drop_suppressed(self, request: Accepted) -> None:
        if not self._suppressions:
            return
        reasons = (self._suppressions.reason(who, request.group) for who in request.addresses)
        request.dropped = {i: reason for i, reason in enumerate(reasons) if reason}

    def _schedule(self, request: Accepted, positions: Positions, scenario: Scenario) -> None:
        for step in scenario:
            if step is _PROCESSED and not self._batches.undocumented.processed_at_release:
                continue
            at = request.released_at + step.after
            self._timeline.at(at, partial(self._happen, request, positions, step, at))

    def _happen(self, request: Accepted, positions: Positions, step: Step, at: float) -> None:
        self._tell(Occurrence(request, positions, step, at))
