"""A transport for tests: it keeps what it gets and answers as configured."""

from __future__ import annotations

from collections.abc import Sequence

from newsletter.errors import OutcomeUnknown, PartiallySubmitted, TransportError
from newsletter.transports.base import Message, Recipient, SubmitResult


class MemoryTransport:
    """Accepts a batch, or raises the next of `answers`; `None` in them means accepted.

    `submitted` holds what a provider would have accepted: a lost answer counts, for the
    provider may well have the batch.
    """

    name = "memory"

    def __init__(
        self, answers: Sequence[TransportError | None] = (), *, max_batch_size: int = 1000
    ) -> None:
        self.max_batch_size = max_batch_size
        self.submitted: list[tuple[Message, Sequence[Recipient]]] = []
        self.dry_runs: list[Recipient] = []
        self._answers = list(answers)

    def submit(self, message: Message, recipients: Sequence[Recipient]) -> SubmitResult:
        """See `newsletter.transports.base.Transport`."""
        message.raise_if_expired()
        answer = self._answers.pop(0) if self._answers else None
        if answer is None or isinstance(answer, OutcomeUnknown):
            self.submitted.append((message, recipients))
        if isinstance(answer, PartiallySubmitted):
            reached = sorted(answer.accepted | answer.unknown)
            self.submitted.append((message, [recipients[place] for place in reached]))
        if answer is not None:
            raise answer
        return SubmitResult(message_id=f"memory-{len(self.submitted)}", status=202)

    def dry_run(self, message: Message, recipients: Sequence[Recipient]) -> None:
        """Answer as `submit` would, and submit nothing."""
        del message
        answer = self._answers.pop(0) if self._answers else None
        if answer is not None:
            raise answer
        self.dry_runs.extend(recipients)

    def find_over_limit(self, message: Message, recipients: Sequence[Recipient]) -> dict[int, str]:
        """Return nobody: there are no limits."""
        del message, recipients
        return {}

    def addresses(self) -> list[str]:
        """Return every address that was submitted, as often as it was."""
        return [person.address for _, people in self.submitted for person in people]

    def close(self) -> None:
        """Do nothing: there is nothing to close."""
