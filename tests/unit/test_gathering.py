"""What several threads ask for at the same time is done together, and each learns its own end."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from newsletter.gathering import Gathering


def ask_at_once(gathering: Gathering[int], began: threading.Event, go: threading.Event) -> None:
    """Have 0 begin; ask for 1 to 8 while it goes on, then let all end."""
    with ThreadPoolExecutor(9) as pool:
        first = pool.submit(gathering.ask, 0)
        assert began.wait(5)
        others = [pool.submit(gathering.ask, number) for number in range(1, 9)]
        while len(gathering._waiting) < 8:
            assert not first.done()
        go.set()
        for each in (first, *others):
            each.result(5)


def test_together() -> None:
    """What is asked for while another is done is done at once, and all of it once."""
    began, go, groups = threading.Event(), threading.Event(), list[Sequence[int]]()

    def act(numbers: Sequence[int]) -> None:
        groups.append(numbers)
        began.set()
        assert go.wait(5)

    ask_at_once(Gathering(act), began, go)

    assert [sorted(each) for each in groups] == [[0], [*range(1, 9)]]


def test_not_too_many() -> None:
    """A group has no more than it may."""
    began, go, groups = threading.Event(), threading.Event(), list[Sequence[int]]()

    def act(numbers: Sequence[int]) -> None:
        groups.append(numbers)
        began.set()
        assert go.wait(5)

    ask_at_once(Gathering(act, most=3), began, go)

    assert [len(each) for each in groups] == [1, 3, 3, 2]
    assert sorted(number for each in groups for number in each) == [*range(9)]


def test_one_that_fails() -> None:
    """One that cannot be done raises where it was asked for, and spoils it for no other."""
    began, go, done = threading.Event(), threading.Event(), list[int]()

    def act(numbers: Sequence[int]) -> None:
        began.set()
        assert go.wait(5)
        if 5 in numbers:
            raise LookupError(5)
        done.extend(numbers)

    with pytest.raises(LookupError):
        ask_at_once(Gathering(act), began, go)

    assert sorted(done) == [0, 1, 2, 3, 4, 6, 7, 8]


@pytest.mark.parametrize("met", [TimeoutError(), KeyboardInterrupt()])
def test_what_all_would_meet(met: BaseException) -> None:
    """What each would meet by itself is met once, and nobody is told that it was done."""
    began, go, groups = threading.Event(), threading.Event(), list[Sequence[int]]()

    def act(numbers: Sequence[int]) -> None:
        groups.append(numbers)
        began.set()
        assert go.wait(5)
        if 0 not in numbers:
            raise met

    gathering = Gathering(act, of_all=lambda error: isinstance(error, TimeoutError))
    with ThreadPoolExecutor(9) as pool:
        first = pool.submit(gathering.ask, 0)
        assert began.wait(5)
        others = [pool.submit(gathering.ask, number) for number in range(1, 9)]
        while len(gathering._waiting) < 8:
            assert not first.done()
        go.set()
        faults = [each.exception(5) for each in others]

    assert faults == [met] * 8
    assert [len(each) for each in groups] == [1, 8]
