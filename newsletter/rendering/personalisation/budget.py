"""What one run of a template may spend: characters and elements made, calls, time.

A few lines of a template can ask for gigabytes or for years: a text doubled forty times, a macro
that calls itself twice, a list that holds the same list a thousand times.  Everything that makes
or looks through a value is charged here, and a run that has spent its budget ends with an error
of the template.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from jinja2.exceptions import SecurityError
from jinja2.utils import Namespace

from newsletter.phrases import phrase

#: Characters and elements that all values of one run may have together.
MAX_MADE = 20_000_000
#: The longest text, and the most elements of one list with all that is in it.
MAX_LENGTH = 500_000
#: Lists in each other.
DEEPEST = 50
#: Calls of macros, methods and included files in one run.
MAX_CALLS = 20_000
#: Rounds of all loops of one run together.
MAX_ROUNDS = 50_000
#: Bits of a whole number.
LARGEST_NUMBER = 10_000
HUGE_NUMBER = phrase("a number of more than 3,000 digits")
#: Processor time of one run, in seconds.
MAX_SECONDS = 10.0
_COLLECTIONS = (list, tuple, dict, set, frozenset, Namespace)
#: The time is looked at after this many charges.
_CHARGES_BETWEEN_LOOKS = 64


@dataclass(slots=True)
class Budget:
    """What one run has spent."""

    made: int = 0
    calls: int = 0
    rounds: int = 0
    _charges: int = 0
    _began: float = -1.0

    def spend(self, made: int) -> None:
        """Charge characters or elements; raise `SecurityError` when the budget is spent."""
        self.made += made
        if self.made > MAX_MADE:
            raise SecurityError(
                phrase("more than {number} characters made in one run", number=f"{MAX_MADE:,}")
            )
        self._charges -= 1
        if self._charges < 0:
            self._look_at_time()

    def call(self) -> None:
        """Charge a call."""
        self.calls += 1
        if self.calls > MAX_CALLS:
            raise SecurityError(
                phrase("more than {number} calls in one run", number=f"{MAX_CALLS:,}")
            )

    def loop(self, rounds: int) -> None:
        """Charge the rounds of a loop."""
        self.rounds += rounds
        if self.rounds > MAX_ROUNDS:
            raise SecurityError(
                phrase("more than {number} rounds of loops", number=f"{MAX_ROUNDS:,}")
            )

    def _look_at_time(self) -> None:
        self._charges = _CHARGES_BETWEEN_LOOKS
        now = time.thread_time()
        if self._began < 0:
            self._began = now
        elif now - self._began > MAX_SECONDS:
            raise SecurityError(
                phrase("more than {number} seconds in one run", number=f"{MAX_SECONDS:.0f}")
            )


def weigh_value(value: Any) -> int:
    """Return how much there is to a value: characters, elements with all that is in them.

    Raises `SecurityError` for what is too large, or nested too deeply.  What stands in a list
    several times counts each time: whoever prints or compares it goes through it so often.
    """
    if isinstance(value, str):
        weight = len(value)
    elif value is None or value is True or value is False:
        return 1
    elif isinstance(value, _COLLECTIONS):
        weight = _weigh_inside(value, {}, 0)
    elif isinstance(value, int):
        bits = value.bit_length()
        if bits > LARGEST_NUMBER:
            raise SecurityError(HUGE_NUMBER)
        weight = 1
    else:
        weight = len(value) if isinstance(value, range) else 1
    too_long(weight)
    return weight


def too_long(weight: int) -> None:
    """Raise `SecurityError` if a value of that weight is refused."""
    if weight > MAX_LENGTH:
        raise SecurityError(
            phrase(
                "more than {number} characters or elements in one value", number=f"{MAX_LENGTH:,}"
            )
        )


def _weigh_inside(value: Any, known: dict[int, int], depth: int) -> int:
    if depth > DEEPEST:
        raise SecurityError(phrase("lists in lists, more than {number} deep", number=DEEPEST))
    key = id(value)
    if key not in known:
        # A value that holds itself has no end.
        known[key] = MAX_LENGTH + 1
        total = 1
        for each in _elements(value):
            if isinstance(each, str):
                total += len(each) + 1
            elif isinstance(each, _COLLECTIONS):
                total += _weigh_inside(each, known, depth + 1)
            else:
                total += 1
        too_long(total)
        known[key] = total
    return known[key]


def _elements(value: Any) -> Any:
    if isinstance(value, Namespace):
        value = object.__getattribute__(value, "_Namespace__attrs")
    return (*value, *value.values()) if isinstance(value, dict) else value
