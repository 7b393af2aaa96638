"""One SendGrid account: it joins what the packages hold.  No network in here."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, replace

from sendgrid_emulator.events.event import Occurrence
from sendgrid_emulator.events.reading import act_of
from sendgrid_emulator.events.releases import Releases
from sendgrid_emulator.events.suppressing import added_entries, removed_entries
from sendgrid_emulator.events.webhook_sender import WebhookSender
from sendgrid_emulator.events.webhooks import Webhooks
from sendgrid_emulator.faults.fault import Faults
from sendgrid_emulator.rules.personalizations import ValidationContext
from sendgrid_emulator.rules.schema import Json
from sendgrid_emulator.state.batches import Batches, Mark, Status
from sendgrid_emulator.state.check_record import CheckRecord
from sendgrid_emulator.state.clock import Clock
from sendgrid_emulator.state.journal import (
    Journal,
    Record,
    accepted_fields,
    accepted_from,
    phase_fields,
    restore_phase,
)
from sendgrid_emulator.state.mailbox import Mailbox
from sendgrid_emulator.state.messages import DISCARDED, Accepted, Message, Phase
from sendgrid_emulator.state.request_log import RequestLog
from sendgrid_emulator.state.settings import Settings
from sendgrid_emulator.state.suppressions import Entry, Group, Suppressions
from sendgrid_emulator.state.timeline import Timeline


class Account:
    """All the state of the emulator.  Only one thread may change it, except `clock` and `faults`.

    With a `journal`, the state is restored from it first, and every change is written to it.
    """

    def __init__(self, settings: Settings | None = None, journal: Journal | None = None) -> None:
        self.settings = settings or Settings()
        self.clock = Clock()
        self.timeline = Timeline()
        self.request_log = RequestLog()
        self.mailbox = Mailbox()
        self.faults = Faults()
        self.batches = Batches(self.clock.now)
        self.suppressions = Suppressions()
        self.webhooks = Webhooks()
        self.webhook_sender = WebhookSender(self.webhooks, self.clock, self.timeline)
        self.releases = Releases(
            self.timeline, self.batches, self.suppressions, self._tell, self._moved
        )
        #: Recent events, for the page of events.
        self.recent: deque[Occurrence] = deque(maxlen=1000)
        #: Called with everything that happens to a mail.
        self.listeners: list[Callable[[Occurrence], None]] = [
            self.webhook_sender.tell,
            self.recent.append,
        ]
        self.checks = CheckRecord()
        self._journal = journal
        if journal:
            self._restore(journal)

    def takes_key(self, authorization: str) -> bool:
        """Return whether the value of an Authorization header has an accepted key."""
        scheme, _, key = authorization.partition(" ")
        if scheme.lower() != "bearer":
            return False
        self.checks.keys_used.add(key)
        keys = self.settings.keys
        return key in keys if keys else key.startswith("SG.") and len(key) > len("SG.")

    def takes_sender(self, address: str) -> bool:
        """Return whether the account may send from `address`."""
        address = address.lower()
        return (
            self.takes_all_senders()
            or address.rpartition("@")[2] in self.settings.senders
            or address in self.settings.verified_senders
        )

    def takes_all_senders(self) -> bool:
        """Tell whether no sender and no domain is named that mail may come from."""
        return not self.settings.senders and not self.settings.verified_senders

    def validation_context(self) -> ValidationContext:
        """Return the current context for the validation of requests."""
        return ValidationContext(
            now=self.clock.now(),
            knows_batch=self.batches.knows,
            map_bytes=self.settings.map_bytes,
            groups=self.suppressions.groups,
            ip_pools=self.settings.ip_pools,
        )

    def accept(self, body: bytes, payload: Json) -> Accepted:
        """Accept a request that passed the rules; from here on SendGrid must send it."""
        request = Accepted.of(secrets.token_urlsafe(16), self.clock.now(), body, payload)
        self._write("accepted", **accepted_fields(request))
        self._charge(len(request))
        self.mailbox.add(request)
        self.releases.expect(request)
        return request

    def read_mail(self, message: Message, act: str, url: str = "") -> bool:
        """Let a reader `open` a mail, a machine `machineopen` it, or a reader `click` a link.

        Return False where SendGrid would not hear of it.
        """
        now, request = self.clock.now(), message.request
        if request.phase is not Phase.RELEASED:
            return False
        step = act_of(message, act, url, now - request.released_at)
        if step is None:
            return False
        request.acts.setdefault(message.index, []).append(step)
        self._tell(Occurrence(request, (message.index,), step, now))
        return True

    def create_batch_id(self) -> str:
        """Issue a batch id."""
        batch_id = self.batches.issue()
        self._write("batch", id=batch_id, at=self.batches.issued[batch_id])
        return batch_id

    def set_batch_status(self, batch_id: str, status: Status) -> None:
        """Cancel or pause a batch."""
        self.batches.set_status(batch_id, status)
        self._write("mark", id=batch_id, status=status, at=self.batches.marks[batch_id].at)
        self.releases.reconsider(batch_id)

    def clear_batch_status(self, batch_id: str) -> bool:
        """Remove the status of a batch; False if it had none."""
        found = self.batches.clear_status(batch_id)
        if found:
            self._write("unmark", id=batch_id)
            self.releases.reconsider(batch_id)
        return found

    def suppress(self, name: str, entry: Entry) -> None:
        """Put an address on a suppression list."""
        self.suppressions.add(name, entry)
        self._write("suppress", list=name, **asdict(entry))

    def unsuppress(self, name: str, email: str) -> bool:
        """Take an address off a suppression list; False if it was not on it."""
        found = self.suppressions.remove(name, email)
        if found:
            self._write("unsuppress", list=name, email=email)
        return found

    def form_group(self, name: str, description: str = "", *, is_default: bool = False) -> Group:
        """Create an unsubscribe group."""
        number = max(self.suppressions.groups, default=0) + 1
        return self.change_group(Group(number, name, description, is_default))

    def change_group(self, group: Group) -> Group:
        """Change the given fields of a group; only one group is the default."""
        for other in [*self.suppressions.groups.values()]:
            if group.is_default and other.is_default and other.id != group.id:
                self.change_group(replace(other, is_default=False))
        self.suppressions.form(group)
        self._write("group", **asdict(group))
        return group

    def dissolve_group(self, group: Group) -> None:
        """Remove a group."""
        self.suppressions.dissolve(group)
        self._write("dissolve", id=group.id)

    def forbid(self, address: str) -> None:
        """Declare that from now on no request may name `address`; see `invariants`."""
        self.checks.forbidden.setdefault(address.lower(), self.clock.now())

    def reset(self) -> None:
        """Forget mail, requests, batches, suppressions, faults, violations and unposted events.

        Settings, webhooks and the clock stay.
        """
        self.timeline.clear()
        self.releases.clear()
        self.webhook_sender.clear()
        self.recent.clear()
        self.faults.clear()
        self.mailbox.clear()
        self.request_log.clear()
        self.batches.clear()
        self.suppressions.clear()
        self.checks.clear()
        if self._journal:
            self._journal.clear()

    def _tell(self, occurrence: Occurrence) -> None:
        """Record what an event says about a person, and queue it for posting."""
        for name, entry in added_entries(occurrence):
            self.suppress(name, entry)
        for name, email in removed_entries(occurrence):
            self.unsuppress(name, email)
        for listener in self.listeners:
            listener(occurrence)

    def _charge(self, people: int) -> None:
        if self.settings.credits is not None:
            self.settings.credits -= people

    def _moved(self, request: Accepted) -> None:
        if request.phase in DISCARDED and not self.batches.undocumented.charges_cancelled:
            self._charge(-len(request))
        self._write("phase", **phase_fields(request))

    def _write(self, what: str, **fields: object) -> None:
        if self._journal:
            self._journal.write(what, **fields)

    # ---------------------------------------------------------------- after a restart

    def _restore(self, journal: Journal) -> None:
        for record in journal.read():
            self._cancel(record)
        for request in self.mailbox.requests:
            self.releases.resume(request)

    def _cancel(self, record: Record) -> None:
        match record["what"]:
            case "accepted":
                self.mailbox.add(accepted_from(record))
            case "phase":
                if request := self.mailbox.request(record["id"]):
                    restore_phase(request, record)
            case "batch":
                self.batches.issued[record["id"]] = record["at"]
            case "mark":
                mark = Mark(Status(record["status"]), record["at"])
                self.batches.marks[record["id"]] = mark
            case "unmark":
                self.batches.clear_status(record["id"])
            case _:
                self._cancel_suppressed(record)

    def _cancel_suppressed(self, record: Record) -> None:
        match record["what"]:
            case "group":
                given = ("id", "name", "description", "is_default")
                self.suppressions.form(Group(**{key: record[key] for key in given}))
            case "dissolve":
                self.suppressions.dissolve(self.suppressions.groups[record["id"]])
            case "suppress":
                fields = {key: record[key] for key in ("email", "created", "reason", "status")}
                self.suppressions.add(record["list"], Entry(**fields))
            case "unsuppress":
                self.suppressions.remove(record["list"], record["email"])
