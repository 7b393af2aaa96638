"""The limit of a mail server and this machine: one prebuilt message, again and again.

It looks at nothing but the code of each reply, keeps no ledger, and has no rules for faults.
"""

from __future__ import annotations

import asyncio

FROM, TO, DATA = b"MAIL FROM:<a@b.example>\r\n", b"RCPT TO:<c@d.example>\r\n", b"DATA\r\n"


def submit_prebuilt(
    port: int, message: bytes, count: int, *, connections: int, pipelining: bool
) -> None:
    """Submit a message `count` times over this many connections at once."""
    asyncio.run(submit_all(port, message + b".\r\n", count, connections, pipelining=pipelining))


async def submit_all(
    port: int, message: bytes, count: int, connections: int, *, pipelining: bool
) -> None:
    """Give each connection its share, and wait for all."""
    loop = asyncio.get_running_loop()
    done = []
    for number in range(min(connections, count)):
        share = count // connections + (number < count % connections)
        client = Client(message, share, loop.create_future(), pipelining=pipelining)
        await loop.create_connection(lambda client=client: client, "127.0.0.1", port)  # type: ignore[misc]
        done.append(client.done)
    await asyncio.gather(*done)


class Client(asyncio.Protocol):
    """One connection: what it writes next follows from how many replies have come."""

    def __init__(
        self, message: bytes, left: int, done: asyncio.Future[None], *, pipelining: bool
    ) -> None:
        self._left, self.done, self._rest = left, done, b""
        if pipelining:
            # After the third reply the message with the next envelope; the fourth is the message's.
            self._steps = [FROM + TO + DATA, b"", b"", message + FROM + TO + DATA]
        else:
            self._steps = [FROM, TO, DATA, message]
        self._pipelining, self._message, self._place = pipelining, message, -1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        self._transport: asyncio.WriteTransport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        """Take each whole reply."""
        *lines, self._rest = (self._rest + data).split(b"\r\n")
        for line in lines:
            if line[3:4] != b"-":
                self._on_reply()

    def _on_reply(self) -> None:
        self._place += 1
        if self._place == 0:
            self._transport.write(b"EHLO limit\r\n")
            return
        step = (self._place - 1) % 4
        if step == 0 and self._place > 1:
            self._left -= 1
        if step == 0 and not self._left:
            self.done.set_result(None)
            self._transport.close()
        elif step == 3 and self._left == 1:
            self._transport.write(self._message)
        elif step != 0 or self._place == 1 or not self._pipelining:
            self._transport.write(self._steps[step])
