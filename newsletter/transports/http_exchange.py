"""One HTTP request, and whether any byte of it has left: the decision depends on this fact.

The class of an exception is not enough: the same `SSLError` comes from a handshake, before
anything was sent, and from reading an answer, when the provider has everything.  So the fact is
recorded where bytes are written to the socket.

- Nothing left: the request may be sent again (`NotSubmitted`).
- Something left, and there is no complete answer: nobody knows (`OutcomeUnknown`).
"""

from __future__ import annotations

import http.client
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import urllib3

from newsletter.errors import AccountError, NotSubmitted, OutcomeUnknown, TransportError
from newsletter.phrases import phrase
from newsletter.transports.base import Message
from newsletter.transports.error_text import describe_network, kind_of, log_unexpected
from newsletter.transports.sockets import is_of_the_kernel

#: The most bytes in one TLS record (RFC 8446 5.1).  An incomplete record cannot be read.
ONE_RECORD = 16_384
#: Errors of the network; anything else is an error in the request or in this program.
OF_THE_WAY = (OSError, urllib3.exceptions.HTTPError, http.client.HTTPException)


@dataclass(slots=True)
class Exchange:
    """One request and its answer, as far as it has come."""

    message: Message | None = None
    #: The name of the provider, for messages.
    provider: str = "the provider"
    #: Whether a byte of the request may have left.
    began: bool = False
    #: Whether all of the request was given to the socket.
    complete: bool = False
    alarm: threading.Timer | None = None

    def write(self, sock: Any, data: Any) -> None:
        """Give bytes of the request to a connected socket, and record that they leave."""
        view = memoryview(data).cast("B")
        if view and not self.began:
            view = view[self._first(sock, view) :]
        if view:
            sock.sendall(view)

    def _first(self, sock: Any, view: memoryview) -> int:
        """Send the beginning, and return how much of it went.

        If the kernel refuses, it has taken nothing: of a plain connection no byte,
        of TLS no complete record.  An interruption in here may come after it accepted.
        """
        self.began = True
        try:
            return int(sock.send(view[:ONE_RECORD]))
        except OSError as error:
            if is_of_the_kernel(error):
                self.began = False
            raise

    def begin_again(self) -> None:
        """Forget what was recorded: the same message goes out in another request."""
        self.began = self.complete = False

    def ring_after(self, seconds: float, wake: Callable[[], None]) -> None:
        """Call `wake` if the exchange has not ended by then."""
        self.end()
        self.alarm = threading.Timer(seconds, wake)
        self.alarm.daemon = True
        self.alarm.start()

    def end(self) -> None:
        """Cancel the wake-up."""
        if self.alarm is not None:
            self.alarm.cancel()

    def decision(self, error: BaseException) -> TransportError:
        """Return the decision for an error of this request."""
        if self.began:
            decided: TransportError = OutcomeUnknown(
                phrase(
                    "No answer from {provider}: {kind}",
                    provider=self.provider,
                    kind=describe_network(error),
                )
            )
        else:
            decided = before_anything_left(error, self.provider)
        if isinstance(error, Exception) and not isinstance(error, OF_THE_WAY):
            log_unexpected(error)
        return decided


#: The request that is being made; the client's own calls have no place to say it.
EXCHANGE: ContextVar[Exchange | None] = ContextVar("EXCHANGE", default=None)


def before_anything_left(error: BaseException, provider: str) -> TransportError:
    """Return the decision if nothing has left: try again, if that can help."""
    reason = getattr(error, "reason", None)
    if isinstance(error, urllib3.exceptions.SSLError | ssl.SSLError) or isinstance(
        reason, ssl.SSLError
    ):
        return NotSubmitted(
            phrase(
                "No secure connection to {provider}: {kind}",
                provider=provider,
                kind=describe_network(error),
            )
        )
    if isinstance(error, ValueError | TypeError) and not isinstance(error, OF_THE_WAY):
        return AccountError(
            phrase(
                "The request to {provider} cannot be written: {kind}",
                provider=provider,
                kind=kind_of(error),
            )
        )
    return NotSubmitted(
        phrase(
            "{provider} cannot be reached: {kind}", provider=provider, kind=describe_network(error)
        )
    )


@contextmanager
def exchange_before_deadline(provider: str, message: Message | None = None) -> Iterator[Exchange]:
    """Make the requests in this context for a message: none begins after its deadline.

    `provider` is the name of the provider.

    An interruption (a signal, the end of the process) is raised as a decision about the message,
    with itself as `interruption`; without a message it is raised as it is.
    """
    exchange = Exchange(message, provider)
    token = EXCHANGE.set(exchange)
    try:
        yield exchange
    except Exception:
        raise
    except BaseException as error:
        if message is None:
            raise
        decided = exchange.decision(error)
        decided.interruption = error
        raise decided from None
    finally:
        exchange.end()
        EXCHANGE.reset(token)
