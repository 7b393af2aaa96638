"""The text of errors: what a server said, without addresses."""

from __future__ import annotations

import errno
import logging
import re
import socket
import ssl
from collections.abc import Iterator

from newsletter.phrases import phrase

log = logging.getLogger(__name__)

#: From the beginning of a word only: tried from each of its letters, a long word takes for ever.
ADDRESS = re.compile(r"(?<![^\s\"'<>\[\](),;])[^\s\"'<>\[\](),;]+@[^\s\"'<>\[\](),;]+")
#: How many characters of a server's answer are read.
MAX_CHARACTERS = 2000


def without_addresses(words: str) -> str:
    """Return the text of a server on one line, short and without addresses."""
    line = " ".join(make_printable(words).split())
    if len(line) > MAX_CHARACTERS:
        # Not in the middle of a word, which could be the beginning of an address.
        line = line[:MAX_CHARACTERS].rpartition(" ")[0] or "…"
    return ADDRESS.sub("…", line)[:300] or "no words"


def make_printable(text: str) -> str:
    """Return a text from outside so that every database and terminal accepts it.

    Control characters and halves of surrogate pairs become question marks.
    """
    clean = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(sign if sign.isprintable() or sign.isspace() else "?" for sign in clean)


#: What network errors are, in words; the first that fits.  The nearest cause is asked first.
NETWORK: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (socket.gaierror, phrase("its name cannot be looked up (DNS)")),
    (ssl.SSLCertVerificationError, phrase("its certificate is not trusted")),
    (ssl.SSLError, phrase("TLS failed")),
    (TimeoutError, phrase("it did not answer in time")),
    (ConnectionRefusedError, phrase("it refuses connections")),
    (
        (ConnectionResetError, ConnectionAbortedError, BrokenPipeError),
        phrase("the connection was reset"),
    ),
)
#: Errors that libraries make of these, by the names of their classes.
WRAPPED = {
    "NameResolutionError": NETWORK[0][1],
    "SSLError": NETWORK[2][1],
    "ConnectTimeoutError": NETWORK[3][1],
    "ReadTimeoutError": NETWORK[3][1],
    "NewConnectionError": phrase("no connection could be opened"),
    "ProtocolError": NETWORK[5][1],
    "RemoteDisconnected": phrase("it closed the connection without an answer"),
    "SMTPServerDisconnected": phrase("it closed the connection without an answer"),
}
#: The system's numbers for a network without a way there.
NO_WAY = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN})


def describe_network(error: BaseException) -> str:
    """Return what happened on the network, as a phrase; of another error its kind.

    Never the text of the error, which may contain addresses of machines and people.
    """
    causes = [*walk(error)]
    for each in causes:
        for kinds, words in NETWORK:
            if isinstance(each, kinds):
                return words
        if isinstance(each, OSError) and each.errno in NO_WAY:
            return phrase("there is no way to it through the network")
    return next(
        (WRAPPED[type(each).__name__] for each in causes if type(each).__name__ in WRAPPED),
        kind_of(error),
    )


def walk(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what it came of; a few, for they may be a ring."""
    found: object = error
    for _ in range(8):
        if not isinstance(found, BaseException):
            return
        yield found
        found = getattr(found, "reason", None) or found.__cause__ or found.__context__


def kind_of(error: BaseException) -> str:
    """Return the class name of an error: its text may contain addresses of machines and people."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(error).__name__)
    return words.removesuffix(" Error").lower()


def log_unexpected(error: BaseException) -> None:
    """Log where an unexpected error happened; its text may contain keys and addresses."""
    safe = RuntimeError(kind_of(error))
    log.error("unexpected: %s", safe, exc_info=(type(safe), safe, error.__traceback__))
