"""The emulator's clock, what waits for it, and chance that repeats itself."""

from __future__ import annotations

import time
from functools import partial

import pytest

from sendgrid_emulator.faults.fault import Faults
from sendgrid_emulator.randomness import draw_number
from sendgrid_emulator.state.clock import Clock
from sendgrid_emulator.state.timeline import Timeline


def test_the_clock_runs_with_real_time() -> None:
    """Until it is advanced, the clock shows the time of the machine."""
    assert abs(Clock().now() - time.time()) < 1


def test_the_clock_only_goes_forward() -> None:
    """Advancing adds up and tells those who listen; going back is refused."""
    clock, told = Clock(), []
    clock.on_advance(lambda: told.append(clock.now()))
    clock.advance(3600)
    clock.advance(0)

    assert 3599 < clock.now() - time.time() < 3601
    assert len(told) == 2
    with pytest.raises(ValueError, match="only moves forward"):
        clock.advance(-1)


def test_actions_run_in_the_order_of_their_time() -> None:
    """What is due runs, the earliest first, equals in the order they came; the rest waits."""
    timeline, done = Timeline(), []
    for name, due in (("late", 5.0), ("second", 2.0), ("first", 1.0), ("third", 2.0)):
        timeline.at(due, partial(done.append, name))

    timeline.run_due(lambda: 2.0)

    assert done == ["first", "second", "third"]
    assert timeline.next_due == 5.0


def test_what_becomes_due_meanwhile_runs_too() -> None:
    """An action may bring about another that is due already."""
    timeline, done = Timeline(), []
    timeline.at(1.0, lambda: timeline.at(2.0, lambda: done.append("then")))

    timeline.run_due(lambda: 3.0)

    assert done == ["then"]


def test_an_earlier_action_is_announced() -> None:
    """Whoever waits for the next action is told when one comes before it."""
    timeline, told = Timeline(), []
    timeline.on_earlier = lambda: told.append(timeline.next_due)

    for due in (5.0, 7.0, 2.0):
        timeline.at(due, lambda: None)

    assert told == [5.0, 2.0]


def test_draws_repeat_and_spread() -> None:
    """The same question has one answer; different questions have answers all over."""
    draws = [draw_number(0, "purpose", number) for number in range(2000)]

    assert draws == [draw_number(0, "purpose", number) for number in range(2000)]
    assert all(0 <= each < 1 for each in draws)
    assert 900 < sum(each < 0.5 for each in draws) < 1100


def test_draws_for_different_purposes_are_independent() -> None:
    """Who is lucky in one thing is no luckier in another."""
    lucky = [number for number in range(4000) if draw_number("a", number) < 0.5]

    assert 0.45 < sum(draw_number("b", number) < 0.5 for number in lucky) / len(lucky) < 0.55


def test_faults_by_chance_repeat_with_their_seed() -> None:
    """The same seed hits the same requests, another seed others."""

    def hits(seed: int) -> list[bool]:
        faults = Faults(seed=seed)
        faults.add("429", times=None, odds=0.5)
        return [faults.take("/v3/mail/send") is not None for _ in range(64)]

    assert hits(1) == hits(1) != hits(2)


def test_unknown_faults_are_refused() -> None:
    """A kind of fault that does not exist is an error, as is a field."""
    with pytest.raises(ValueError, match="earthquake"):
        Faults().add("earthquake")
    with pytest.raises(TypeError):
        Faults().add("429", strength=3)
