"""The interface of a transport: what it gets, and what it returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple, Protocol, runtime_checkable

from newsletter.transports.deadline import Deadline

#: The labels that name a delivery and its attempt: in the request to a provider, and in what
#: it reports afterwards.  Transports that need a name for one person's mail use the first.
DELIVERY, ATTEMPT = "nl_delivery", "nl_attempt"
#: The labels that name the send, and the database whose ledger knows both.
SEND, DATABASE = "nl_send", "nl_database"


@dataclass(frozen=True, kw_only=True, slots=True)
class Preschedule:
    """Mail that waits at the provider until `at` (Unix time), under one of its batch ids."""

    batch_id: str
    at: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """What all recipients of a batch get.

    `subject`, `html` and `text` contain keys; each `Recipient` has their values.
    """

    from_email: str
    from_name: str
    reply_to: str
    subject: str
    html: str
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)
    categories: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    #: Whether the provider is to count who opens it, and who follows its links.  A transport
    #: that cannot count, submits it all the same.
    count_opens: bool = False
    count_clicks: bool = False
    preschedule: Preschedule | None = None
    #: After the deadline nothing may begin to leave; without one it may at any time.
    deadline: Deadline | None = None

    def raise_if_expired(self) -> None:
        """Raise `NotSubmitted` if it must not begin to leave any more."""
        if self.deadline:
            self.deadline.raise_if_expired()


class Recipient(NamedTuple):
    """One person: `values` by key, already encoded for the place where the key stands.

    `headers` and `labels` are added to those of the message.  Labels come back with every event
    about this mail; they must not identify the person.
    """

    address: str
    values: Mapping[str, str]
    headers: Mapping[str, str] = MappingProxyType({})
    labels: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True, slots=True)
class SubmitResult:
    """The provider has accepted the batch.  That is not an inbox."""

    message_id: str
    status: int


class Transport(Protocol):
    """Submits a batch to a provider.

    A return means that the whole batch was accepted.  Anything else is raised as a
    `newsletter.errors.TransportError`, and its class is the decision: `NotSubmitted` (try
    again), `TooLarge` (split it), `Refused` (some or all were refused for good), `AccountError`
    (every batch would fail), `OutcomeUnknown` (it may have been accepted).  If each person is
    submitted separately, `PartiallySubmitted` has the result for each.
    """

    name: str
    #: People in one batch.  If a process dies during a batch, all of them are unknown.
    max_batch_size: int

    def submit(self, message: Message, recipients: Sequence[Recipient]) -> SubmitResult:
        """Submit the message for these recipients, once; never try again automatically.

        Nothing begins to leave when the deadline of the message has passed.
        """
        ...

    def dry_run(self, message: Message, recipients: Sequence[Recipient]) -> None:
        """Ask whether these recipients would be accepted, as far as can be known; mail nobody.

        Raises what `submit` would.
        """
        ...

    def find_over_limit(self, message: Message, recipients: Sequence[Recipient]) -> dict[int, str]:
        """Return whose mail exceeds a limit of the provider: the reason by place."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


@runtime_checkable
class Finishing(Protocol):
    """A transport that mails one person after another, and can end a batch in the middle."""

    def finish(self, seconds: float) -> None:
        """Let nothing begin to leave any more, for good; returns at once.

        Each `submit` returns within these seconds, or soon after: a message that has left by then
        without an answer is unknown, and everybody behind it was not submitted.
        """
        ...


def finish(transport: Transport, seconds: float) -> None:
    """Have a transport come to its end within some seconds, if it can be told."""
    if isinstance(transport, Finishing):
        transport.finish(seconds)
