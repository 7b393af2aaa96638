"""All accepted mail, to count, search and read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from sendgrid_emulator.state.messages import Accepted, Message


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a search: how many there are in all, and the mails on this page."""

    total: int
    messages: Sequence[Message]


class Mailbox:
    """Accepted requests in the order of arrival, seen as mails."""

    def __init__(self) -> None:
        self.requests: list[Accepted] = []
        self._by_id: dict[str, Accepted] = {}
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Message]:
        return (message for request in tuple(self.requests) for message in request)

    def add(self, request: Accepted) -> None:
        """Add an accepted request."""
        self._by_id[request.id] = request
        self.requests.append(request)
        self._size += len(request)

    def clear(self) -> None:
        """Forget everything."""
        self.requests.clear()
        self._by_id.clear()
        self._size = 0

    def request(self, request_id: str) -> Accepted | None:
        """Return the request with that X-Message-Id."""
        return self._by_id.get(request_id)

    def message(self, message_id: str) -> Message | None:
        """Return the mail of that name (see `Message.id`)."""
        request_id, _, index = message_id.rpartition(".")
        request = self._by_id.get(request_id)
        if request is None or not index.isdecimal() or int(index) >= len(request):
            return None
        return Message(request, int(index))

    def to(self, address: str) -> list[Message]:
        """Return every mail to `address`, oldest first; the case of letters does not matter."""
        folded = address.lower()
        return [
            Message(request, position)
            for request in tuple(self.requests)
            if folded in (lines := request.recipients.lower())
            for position, line in enumerate(lines.split("\n"))
            if line == folded
        ]

    def has_batch(self, batch_id: str) -> bool:
        """Return whether any request has that batch id."""
        return any(request.batch_id == batch_id for request in tuple(self.requests))

    def search(self, words: str = "", *, start: int = 0, count: int = 50) -> Found:
        """Return mails whose address or subject contains `words`, the newest request first."""
        needle = words.strip().lower()
        if not needle:
            return Found(len(self), list(islice(self.newest(start), count)))
        groups = [
            (request, positions)
            for request in reversed(tuple(self.requests))
            if (positions := _matching(request, needle))
        ]
        found = (Message(request, i) for request, positions in groups for i in positions)
        total = sum(len(positions) for _, positions in groups)
        return Found(total, list(islice(found, start, start + count)))

    def newest(self, skip: int = 0) -> Iterator[Message]:
        """Yield all mails, the newest request first, after leaving out the first `skip`."""
        for request in reversed(tuple(self.requests)):
            size = len(request)
            yield from (Message(request, index) for index in range(min(skip, size), size))
            skip = max(0, skip - size)


def _matching(request: Accepted, needle: str) -> Sequence[int]:
    """Return the positions of those mails whose subject or address contains `needle`."""
    if needle in request.subject.lower():
        return range(len(request))
    if needle not in (folded := request.recipients.lower()):
        return ()
    return [position for position, line in enumerate(folded.split("\n")) if needle in line]
