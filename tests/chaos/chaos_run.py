"""One chaos run: a send during which processes are killed at random and much else goes wrong."""

from __future__ import annotations

import contextlib
import datetime as dt
import random
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import urllib3

from tests.chaos.fork_server import SHORT_SECONDS, TIME_SCALE
from tests.chaos.mail_server import MailServer, mail_server
from tests.chaos.outcome import Outcome, unknown_but_mailed
from tests.chaos.programs import ForkServer, Provider, fork_server, provider
from tests.chaos.snapshots import Snapshot, address, change
from tests.cluster import free_port
from tests.program.workspaces import Workspace, wait_until

Mode = Literal["immediate", "prescheduled", "on_hold", "smtp"]

#: What happens to requests, and how likely; together one in five, and half of that where a lost
#: answer costs a group: else hardly a group would come to its time.
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
#: What happens to questions about pauses and cancellations.
CANCELLATION_FAULTS = {"accept_then_reset": 0.04, "reject_500": 0.04, "accept_then_500": 0.04}
SCHEDULED = "/v3/user/scheduled_sends*"
#: Seconds that a fault lasts, a request takes at least, and a client waits.
FAULT_SECONDS, DELAY_SECONDS, READ_TIMEOUT_SECONDS = 1.5, 0.15, 1.5
DELIVERY_CONDITIONS = {
    "every": 0.3,
    "duplicates": 0.1,
    "missing": 0.3,
    "late": 0.1,
    "late_by": 2.0,
    "shuffled": True,
    "timeout": 3.0,
}
#: Seconds over which processes are killed where mail is submitted at its time.
RUN_SECONDS = 8.0
#: The same where a mail server takes them one by one.
SMTP_RUN_SECONDS = 20.0
#: Seconds from queueing to the scheduled time where mail is submitted before, and how long
#: behind that processes are still killed.
LEAD_SECONDS, TAIL_SECONDS = 17.0, 2.0
#: This many kills are kept for when mail on hold is released.
KILLS_AT_RELEASE = 3
#: Seconds to wait for such a time, and between two looks for it.
RELEASE_TIMEOUT_SECONDS, POLL_SECONDS = 2.0, 0.02
#: Seconds between two people who leave, on the average.
LEAVER_INTERVAL_SECONDS = 0.4
#: Of eight groups, from how many people leave while all of them may still be cancelled: else not
#: one would come to its time.
GROUPS, LEFT_GROUPS = 8, 5
NUMBER = re.compile(r"(\d+)@")
#: Seconds for all to resolve when the chaos run is over.
RESOLVE_TIMEOUT_SECONDS = 90.0
#: The programs of a fleet besides the one that serves.
WORKERS = {f"worker{number}": ("worker", "--concurrency", "2") for number in (1, 2, 3)}
RELEASING = "SELECT COUNT(*) FROM sending_providerbatch WHERE state = 'releasing'"
SETTINGS = {
    "sendgrid_read_timeout_seconds": str(READ_TIMEOUT_SECONDS),
    "sending_lease_seconds": "2",
    "sending_undo_seconds": "0",
    # Bad luck comes first in an alphabet of readers; nobody is here to overrule an automatic pause.
    "auto_pause_bounce_percent": "0",
    "auto_pause_lost_answers": "0",
    "auto_pause_lost_percent": "0",
}
#: People in a batch: a group has few, so that some groups are not cancelled.
BATCHES: dict[Mode, str] = {
    "immediate": "15",
    "prescheduled": "40",
    "on_hold": "40",
    "smtp": "15",
}
FLEET = {"sending_engine": "procrastinate", "sending_concurrency": "0"}


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a chaos run is to be; `database` names the snapshot."""

    seed: int
    mode: Mode
    database: str
    tls: bool
    kills: int
    #: How many times as long everything takes where mail is submitted before its time.
    pace: float = 1.0

    @property
    def delivery_mode(self) -> str:
        """The delivery mode of the publication: a mail server takes mail at its time only."""
        return "immediate" if self.mode == "smtp" else self.mode

    @property
    def is_immediate(self) -> bool:
        """Whether mail is submitted at its time."""
        return self.delivery_mode == "immediate"


@dataclass
class ChaosRun:
    """What is to happen follows from the plan; when exactly, from the machine."""

    plan: Plan
    snapshot: Snapshot
    place: Workspace
    provider: Provider | MailServer
    fork_server: ForkServer
    #: Who was told to be out, and when at the latest it was so.
    left: dict[str, dt.datetime] = field(default_factory=dict)
    killed: int = 0
    killed_in_release: int = 0
    trouble: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(f"{self.plan.seed} and its kills")
        self.programs = {"serve": ("serve",), **(WORKERS if self.snapshot.server else {})}

    def run(self) -> None:
        """Begin, kill, and wait until all is resolved."""
        if isinstance(self.provider, Provider):
            self.brew(self.provider)
        for name, words in self.programs.items():
            self.fork_server.start(name, *words)
        self.queue()
        over = threading.Event()
        leaving = threading.Thread(target=self.let_people_leave, args=(over,))
        leaving.start()
        try:
            self.kill_them()
        finally:
            over.set()
            leaving.join()
        self.provider.calm()
        wait_until(self.is_resolved, RESOLVE_TIMEOUT_SECONDS)

    def brew(self, provider: Provider) -> None:
        """Have the provider do what providers do."""
        # Whether a cancellation stops what comes later is not documented: each in half of them.
        later = self.plan.mode != "prescheduled" or self.chance.random() < 0.5
        provider.post(
            "settings",
            delivery_conditions=DELIVERY_CONDITIONS | {"seed": self.plan.seed},
            undocumented={"catches_later": later},
        )
        for kind, odds in FAULTS.items():
            often = odds if self.plan.is_immediate else odds / 2
            provider.post("fault", kind=kind, times=None, odds=often, seconds=FAULT_SECONDS)
        for kind, odds in CANCELLATION_FAULTS.items():
            provider.post("fault", kind=kind, times=None, odds=odds, path=SCHEDULED)
        if self.plan.tls:
            provider.post("fault", kind="tls_fail", times=None, odds=0.03)
        provider.post("fault", kind="delay", times=None, seconds=DELAY_SECONDS)
        provider.post("fault", kind="delay", times=None, seconds=DELAY_SECONDS, path=SCHEDULED)

    def queue(self) -> None:
        """Queue the issue as somebody would."""
        self.at = dt.datetime.now(dt.UTC)
        if not self.plan.is_immediate:
            self.at += dt.timedelta(seconds=LEAD_SECONDS * self.plan.pace)
        at = "now" if self.plan.is_immediate else self.at.isoformat()
        self.fork_server.start("queue", "issue", "queue", "1.1", "--at", at)
        assert self.fork_server.wait("queue") == 0, self.place.said()

    def kill_them(self) -> None:
        """Kill processes all along, and some while mail on hold is being released."""
        scheduled = LEAD_SECONDS * self.plan.pace
        last = RUN_SECONDS if self.plan.is_immediate else scheduled + TAIL_SECONDS
        last = SMTP_RUN_SECONDS if self.plan.mode == "smtp" else last
        begun, planned = time.monotonic(), self.plan.kills
        kept = KILLS_AT_RELEASE if self.plan.mode == "on_hold" else 0
        times = sorted(self.chance.uniform(0, last) for _ in range(planned - kept))
        for at_time in [each for each in times if each < scheduled - 0.2]:
            time.sleep(max(0.0, begun + at_time - time.monotonic()))
            self.kill(self.chance.choice(list(self.programs)))
        for _ in range(kept):
            self.kill_in_release()
        for at_time in [each for each in times if each >= scheduled - 0.2]:
            time.sleep(max(0.0, begun + at_time - time.monotonic()))
            self.kill(self.chance.choice(list(self.programs)))

    def kill_in_release(self) -> None:
        """Kill the process that lets mail on hold go, while it does."""
        deadline = max(time.time(), self.at.timestamp()) + RELEASE_TIMEOUT_SECONDS * self.plan.pace
        while time.time() < deadline:
            if self.place.ask(RELEASING) != [(0,)]:
                time.sleep(self.chance.uniform(0, 2 * DELAY_SECONDS))
                self.kill("serve")
                self.killed_in_release += 1
                return
            time.sleep(POLL_SECONDS)

    def kill(self, name: str) -> None:
        """Kill a process, and now and then the mail server; start it again at once."""
        if isinstance(self.provider, MailServer) and self.chance.random() < 0.2:
            self.provider.kill()
            self.provider.start()
        self.fork_server.kill(name)
        self.fork_server.start(name, *self.programs[name])
        self.killed += 1

    def let_people_leave(self, over: threading.Event) -> None:
        """Have people leave in every phase, by the command and by the link in a mail in turn.

        One at a time: whoever leaves is told so before the next does.
        """
        chance = random.Random(f"{self.plan.seed} and who leaves")
        people = [address(number) for number in range(self.snapshot.people)]
        chance.shuffle(people)
        while not over.wait(chance.expovariate(1 / LEAVER_INTERVAL_SECONDS)):
            if not people or chance.random() < 0.3:
                self.leave_by_link(chance)
            else:
                leaver = next(reader for reader in people if self.may_leave(reader))
                people.remove(leaver)
                self.leave_by_command(leaver)

    def may_leave(self, reader: str) -> bool:
        """Say whether a reader may leave now: a few groups are spared until it is too late."""
        last_call = (
            SHORT_SECONDS["newsletter.sending.prescheduled.leavers:CANCELLABLE_UNTIL"]
            * self.plan.pace
        )
        too_late = time.time() >= self.at.timestamp() - last_call
        if self.plan.is_immediate or (self.plan.mode == "prescheduled" and too_late):
            return True
        found = NUMBER.search(reader)
        return bool(found) and int(found[1]) // int(BATCHES[self.plan.mode]) % GROUPS < LEFT_GROUPS

    def leave_by_command(self, reader: str) -> None:
        """Have somebody take a reader off the list."""
        self.fork_server.start(reader, "subscriber", "unsubscribe", reader)
        status = wait_until(lambda: self.fork_server.ended(reader), RESOLVE_TIMEOUT_SECONDS)
        if status == "0":
            self.left[reader] = dt.datetime.now(dt.UTC)
        else:
            self.trouble.append(f"{reader} could not be unsubscribed: status {status}")

    def leave_by_link(self, chance: random.Random) -> None:
        """Have a reader press the button of a mail; it counts if the answer says so.

        The mail may wait still: the link in an issue of last year is as good.
        """
        mails = [mail for mail in self.provider.mails()[:200] if self.may_leave(mail["to"])]
        if not mails:
            return
        mail = chance.choice(mails)
        link = self.provider.unsubscribe_link(mail)
        with contextlib.suppress(urllib3.exceptions.HTTPError):
            form = {"List-Unsubscribe": "One-Click"}
            answer = urllib3.request("POST", link, fields=form, timeout=2.0, retries=False)
            if answer.status == 200:
                self.left.setdefault(mail["to"], dt.datetime.now(dt.UTC))

    def is_over(self) -> bool:
        """Say whether everything was submitted."""
        return self.place.states() <= {"sent", "unresolved"}

    def is_resolved(self) -> bool:
        """Say whether everything was submitted, and all that was told has been heard.

        A mail server tells nothing afterwards: who is unknown stays so until a person decides.
        """
        if isinstance(self.provider, MailServer):
            return self.is_over()
        return (
            self.is_over()
            and self.provider.is_idle()
            and self.place.ask("SELECT COUNT(*) FROM tracking_post") == [(0,)]
            and not unknown_but_mailed(self.place, self.provider)
        )


def provider_of(
    plan: Plan, folder: Path, web: str
) -> contextlib.AbstractContextManager[Provider | MailServer]:
    """Return what mail is submitted to."""
    if plan.mode == "smtp":
        return mail_server(folder, tls=plan.tls)
    pace = None if plan.is_immediate else plan.pace
    authority = folder / "authority.pem" if plan.tls else None
    return provider(f"{web}/events/sendgrid", pace=pace, authority=authority)


@contextlib.contextmanager
def gathered(snapshot: Snapshot, folder: Path, plan: Plan) -> Iterator[ChaosRun]:
    """Have everything that a chaos run needs, in a folder of its own."""
    port = str(free_port())
    web = f"http://127.0.0.1:{port}"
    with provider_of(plan, folder, web) as way:
        place = snapshot.copied(
            folder,
            site_base_url=web,
            web_port=port,
            sending_batch_size=BATCHES[plan.mode],
            **way.settings,
            **SETTINGS,
            **(FLEET if snapshot.server else {}),
        )
        place.environment.update(way.environment)
        if not plan.is_immediate:
            place.environment[TIME_SCALE] = str(plan.pace)
        with fork_server(place) as programs:
            yield ChaosRun(plan, snapshot, place, way, programs)


def execute_run(snapshot: Snapshot, folder: Path, plan: Plan) -> Outcome:
    """Execute a run on a copy of the snapshot, and return its outcome."""
    began = time.monotonic()
    with gathered(snapshot, folder, plan) as run:
        # Taken up as soon as it is queued.
        change(
            run.place,
            "UPDATE publishing_publication"
            f" SET delivery_mode = '{plan.delivery_mode}', preschedule_minutes = 1",
        )
        try:
            run.run()
        except AssertionError as error:
            run.trouble.append(str(error))
        return Outcome.of(run, time.monotonic() - began)
