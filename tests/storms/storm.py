"""One storm: a send during which processes are killed at random, and all else goes wrong too."""

from __future__ import annotations

import contextlib
import datetime as dt
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import urllib3

from tests.cluster import free_port
from tests.program.workspaces import Workspace, until
from tests.storms.grounds import Ground, address, change
from tests.storms.nursery import HASTE
from tests.storms.outcome import Outcome, unknown_but_mailed
from tests.storms.programs import Nursery, Provider, nursery, provider

#: What befalls requests, and how likely; together one in five.
FAULTS = {
    "accept_then_reset": 0.03,
    "accept_then_500": 0.02,
    "accept_then_html502": 0.02,
    "accept_then_hang": 0.01,
    "zombie": 0.02,
    "reset_before": 0.02,
    "read_then_reset": 0.02,
    "reject_500": 0.01,
    "429": 0.03,
    "close_idle": 0.04,
}
#: Seconds that a fault lasts, a request takes at least, and a client waits.
FAULT, DELAY, PATIENCE = 2.0, 0.15, 1.5
WEATHER = {
    "every": 0.3,
    "duplicates": 0.1,
    "missing": 0.3,
    "late": 0.1,
    "late_by": 2.0,
    "shuffled": True,
    "timeout": 3.0,
}
#: Seconds between a start and the next kill, on the average; the shortest storm.
PAUSE = 0.35
#: Seconds from queueing to the moment where mail is handed over ahead.
AHEAD = 16
#: Seconds for all to settle when the storm is over.
DEADLINE = 90.0
#: The programs of a fleet besides the one that serves.
WORKERS = {f"worker{number}": ("worker", "--senders", "2") for number in (1, 2, 3)}
#: Who leaves while the mail is on its way.
LEAVERS = 2
#: As the ledger calls the ways of handing over.
WAYS = ("direct", "ahead", "held")
SETTINGS = {
    "sendgrid_answer_seconds": str(PATIENCE),
    "sending_batch_size": "15",
    "sending_lease_seconds": "2",
    "sending_hold_back_seconds": "0",
    # Bad luck comes first in an alphabet of readers; nobody is here to overrule a brake.
    "brakes_bounce_percent": "0",
}
FLEET = {"sending_engine": "procrastinate", "sending_senders": "0"}


@dataclass
class Storm:
    """What is to happen follows from the seed; when exactly, from the machine."""

    seed: int
    kills: int
    ground: Ground
    place: Workspace
    provider: Provider
    nursery: Nursery
    #: Who is on the way out, and who was told to be out.
    leaving: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)
    killed: int = 0
    trouble: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.way = way_of(self.seed)
        self.chance = random.Random(f"{self.seed} and its kills")
        self.programs = {"serve": ("serve",), **(WORKERS if self.ground.server else {})}

    def run(self) -> None:
        """Begin, kill, and wait until all is settled."""
        self.brew()
        for name, words in self.programs.items():
            self.nursery.start(name, *words)
        self.queue()
        until(lambda: self.provider.get("overview")["mails"] or self.is_over(), DEADLINE)
        self.start_leaving()
        for _ in range(self.kills):
            time.sleep(self.chance.expovariate(1 / PAUSE))
            self.kill(self.chance.choice(list(self.programs)))
            self.leave_by_link()
        self.provider.post("fault/clear")
        self.finish_leaving()
        until(self.is_settled, DEADLINE)

    def brew(self) -> None:
        """Have the provider do what providers do."""
        self.provider.post("settings", weather=WEATHER | {"seed": self.seed})
        for kind, odds in FAULTS.items():
            self.provider.post("fault", kind=kind, times=None, odds=odds, seconds=FAULT)
        self.provider.post("fault", kind="delay", times=None, seconds=DELAY)

    def queue(self) -> None:
        """Queue the issue as somebody would."""
        later = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=AHEAD)
        at = "now" if self.way == "direct" else later.isoformat()
        self.nursery.start("queue", "issue", "queue", "1.1", "--at", at)
        assert self.nursery.wait("queue") == 0, self.place.said()

    def kill(self, name: str) -> None:
        """Kill a process and start it again at once."""
        self.nursery.kill(name)
        self.nursery.start(name, *self.programs[name])
        self.killed += 1

    def start_leaving(self) -> None:
        """Have people unsubscribe whom the mail may not have reached yet."""
        people = range(self.ground.people // 4, self.ground.people)
        for number in self.chance.sample(people, LEAVERS):
            reader = address(number)
            self.nursery.start(reader, "subscriber", "unsubscribe", reader)
            self.leaving.add(reader)

    def finish_leaving(self) -> None:
        """See that all who unsubscribed were told that they have."""
        for reader in self.leaving:
            assert self.nursery.wait(reader) == 0, self.place.said()
            self.left.add(reader)

    def leave_by_link(self) -> None:
        """Have a reader press the button of a mail; it counts if the answer says so."""
        mails = self.provider.get("mailbox?count=20")["mails"]
        if not mails:
            return
        mail = self.provider.get(f"mailbox/{self.chance.choice(mails)['id']}")
        link = mail["headers"]["List-Unsubscribe"].strip("<>")
        with contextlib.suppress(urllib3.exceptions.HTTPError):
            form = {"List-Unsubscribe": "One-Click"}
            answer = urllib3.request("POST", link, fields=form, timeout=2.0, retries=False)
            if answer.status == 200:
                self.left.add(mail["to"])

    def is_over(self) -> bool:
        """Say whether everything was handed over."""
        return self.place.states() <= {"sent", "unsettled"}

    def is_settled(self) -> bool:
        """Say whether everything was handed over, and all that was told has been heard."""
        return (
            self.is_over()
            and self.provider.is_idle()
            and self.place.ask("SELECT COUNT(*) FROM tracking_post") == [(0,)]
            and not unknown_but_mailed(self.place, self.provider)
        )


def way_of(seed: int) -> str:
    """Return the way of handing over of a storm."""
    return random.Random(seed).choice(WAYS)


@contextlib.contextmanager
def gathered(ground: Ground, folder: Path, seed: int, kills: int) -> Iterator[Storm]:
    """Have everything that a storm needs, in a folder of its own."""
    ahead = way_of(seed) != "direct"
    port = str(free_port())
    web = f"http://127.0.0.1:{port}"
    with provider(f"{web}/events/sendgrid", hastened=ahead) as sendgrid:
        place = ground.copied(
            folder,
            site_base_url=web,
            web_port=port,
            sendgrid_base_url=sendgrid.url,
            sending_ahead_minutes="1" if ahead else "0",
            **SETTINGS,
            **(FLEET if ground.server else {}),
        )
        place.environment["SENDGRID_WEBHOOK_KEYS"] = sendgrid.public_key
        if ahead:
            place.environment[HASTE] = "1"
        with nursery(place) as programs:
            yield Storm(seed, kills, ground, place, sendgrid, programs)


def blow(ground: Ground, folder: Path, *, seed: int, kills: int) -> Outcome:
    """Let a storm go over a copy of the ground, and return what came of it."""
    began = time.monotonic()
    with gathered(ground, folder, seed, kills) as storm:
        if storm.way == "held":
            change(storm.place, "UPDATE publishing_publication SET undo_until_sent = true")
        try:
            storm.run()
        except AssertionError as error:
            storm.trouble.append(str(error))
        return Outcome.of(storm, time.monotonic() - began)
