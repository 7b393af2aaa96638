"""The real program while the clock of its machine is set, forward and back."""

from __future__ import annotations

import datetime as dt
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sendgrid_emulator import Emulator
from tests.program.conftest import PEOPLE
from tests.program.process_pool import Program
from tests.program.workspaces import Workspace, wait_until

MOVING = Path(__file__).with_name("clock_moving.py")
HOUR, WEEK = 3600, 7 * 24 * 3600
WEEKS = 3 * WEEK


class Machine:
    """A workspace on a machine whose clock the test sets.

    `steady` is after how many seconds without a jump the product believes it.
    """

    steady = 60.0

    def __init__(self, place: Workspace, file: Path) -> None:
        self.place, self._file = place, file
        self._running: list[Program] = []
        self.set_by(0)

    def set_by(self, seconds: int) -> None:
        """Set the clock N seconds ahead of the true time."""
        fresh = self._file.with_suffix(".new")
        fresh.write_text(str(seconds))
        fresh.replace(self._file)

    def start(self, *words: str) -> Program:
        """Start a command on this machine."""
        program = self.place.start(str(MOVING), str(self._file), str(self.steady), *words)
        self._running.append(program)
        return program

    def serve(self) -> Program:
        """Start the service, and wait until its clock has ticked."""
        ticks = "SELECT count(*) FROM scheduling_slot"
        program = self.start("serve")
        wait_until(lambda: self.place.ask(ticks) != [(0,)])
        return program

    def end(self) -> None:
        """End whatever runs."""
        for program in self._running:
            if program.poll() is None:
                program.send_signal(signal.SIGKILL)
                program.wait()


@pytest.fixture
def machine(workspace: Callable[..., Workspace], tmp_path: Path) -> Iterator[Machine]:
    """A machine with the right time."""
    made = Machine(workspace(), tmp_path / "clock")
    yield made
    made.end()


def slots(machine: Machine) -> list[tuple[str, str]]:
    """Return the slots that are known, by date, and how they stand."""
    return machine.place.ask("SELECT date, state FROM scheduling_slot ORDER BY date")  # type: ignore[return-value]


@pytest.mark.parametrize("off", [-HOUR, -52 * WEEKS, HOUR])
def test_mail_leaves_after_the_clock_is_set(machine: Machine, sendgrid: Emulator, off: int) -> None:
    """After the clock was set, what is queued for now leaves now, to everybody once."""
    machine.serve()
    machine.set_by(off)
    word = "was set back by" if off < 0 else "went ahead by"
    wait_until(lambda: word in machine.place.said())

    assert machine.start("issue", "queue", "1.1", "--at", "now").wait() == 0

    wait_until(lambda: machine.place.states() == {"sent"})
    assert len(sendgrid.mailbox) == PEOPLE


def test_started_three_weeks_ahead(machine: Machine, sendgrid: Emulator) -> None:
    """Up with a clock three weeks ahead it holds no slot, and sends what is really due."""
    machine.steady = 3600.0  # else a busy machine comes to believe it in the middle of the test
    first = machine.serve()
    first.send_signal(signal.SIGTERM)
    assert first.wait() == 0
    before = slots(machine)
    machine.set_by(WEEKS)
    service = machine.start("serve")
    wait_until(lambda: "after the last time on record" in machine.place.said())

    machine.place.run("issue", "queue", "1.1", "--at", "now")
    wait_until(lambda: machine.place.states() == {"sent"})

    assert "the clock has been steady" not in machine.place.said()
    assert slots(machine) == before
    service.send_signal(signal.SIGTERM)
    assert service.wait() == 0
    assert len(sendgrid.mailbox) == PEOPLE


def by_date(machine: Machine) -> dict[str, str]:
    """Return how each slot stands, as `newsletter schedule show` says, with those that passed."""
    asked = "SELECT date, COALESCE(NULLIF(note, ''), state) FROM scheduling_slot ORDER BY date"
    return dict(machine.place.ask(asked))


def test_asleep_over_slots(machine: Machine, sendgrid: Emulator) -> None:
    """Asleep over a slot it sends at once; over two empty ones only the later asks; back is quiet.

    Then the grace period is over, and the slot is skipped.
    """
    machine.steady = 0.2
    asked = machine.place.run("issue", "queue", "1.1", "--next-slot")
    due = dt.datetime.fromisoformat(asked["at"])
    now = dt.datetime.now(dt.UTC)
    machine.serve()

    late = round((due - now).total_seconds()) + HOUR
    machine.set_by(late)
    wait_until(lambda: machine.place.states() == {"sent"})
    assert len(sendgrid.mailbox) == PEOPLE

    machine.set_by(late + 4 * WEEK)
    later = "A later slot was due before anything was sent."
    wait_until(
        lambda: list(by_date(machine).values())[1:3] == [later, "Nothing was queued for it."]
    )
    before = by_date(machine)

    machine.set_by(late + 4 * WEEK - HOUR // 2)
    wait_until(lambda: "was set back by 30 min" in machine.place.said())
    assert by_date(machine) == before
    machine.set_by(late + 4 * WEEK + 25 * HOUR)
    wait_until(lambda: "Nothing was sent in time." in by_date(machine).values())

    assert machine.place.said().count("was set back by") == 1
    assert len(sendgrid.mailbox) == PEOPLE
