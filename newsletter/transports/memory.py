"""A transport that keeps what it is given and answers as it is told: for tests."""

from __future__ import annotations

from collections.abc import Sequence

from newsletter.errors import AnswerLost, PartlyHandedOver, TransportError
from newsletter.transports.base import Addressee, Letter, Receipt


class MemoryTransport:
    """Says yes, or raises the next of `answers`; `None` in them means yes.

    `handed_over` holds what a provider would have accepted: a lost answer counts, for the
    provider may well have the batch.
    """

    name = "memory"

    def __init__(
        self, answers: Sequence[TransportError | None] = (), *, largest_batch: int = 1000
    ) -> None:
        self.largest_batch = largest_batch
        self.handed_over: list[tuple[Letter, Sequence[Addressee]]] = []
        self.rehearsed: list[Addressee] = []
        self._answers = list(answers)

    def send(self, letter: Letter, recipients: Sequence[Addressee]) -> Receipt:
        """See `newsletter.transports.base.Transport`."""
        letter.raise_if_expired()
        answer = self._answers.pop(0) if self._answers else None
        if answer is None or isinstance(answer, AnswerLost):
            self.handed_over.append((letter, recipients))
        if isinstance(answer, PartlyHandedOver):
            reached = sorted(answer.accepted | answer.unknown)
            self.handed_over.append((letter, [recipients[place] for place in reached]))
        if answer is not None:
            raise answer
        return Receipt(message_id=f"memory-{len(self.handed_over)}", status=202)

    def rehearse(self, letter: Letter, recipients: Sequence[Addressee]) -> None:
        """Answer as `send` would, and hand nothing over."""
        del letter
        answer = self._answers.pop(0) if self._answers else None
        if answer is not None:
            raise answer
        self.rehearsed.extend(recipients)

    def unfit(self, letter: Letter, recipients: Sequence[Addressee]) -> dict[int, str]:
        """Say no to nobody."""
        del letter, recipients
        return {}

    def addresses(self) -> list[str]:
        """Return every address that was handed over, as often as it was."""
        return [person.address for _, people in self.handed_over for person in people]

    def close(self) -> None:
        """Nothing to let go of."""
