"""Errors of the network are told in words, and never with the addresses that are in their text."""

from __future__ import annotations

import errno
import http.client
import smtplib
import socket
import ssl

import pytest
import urllib3
from urllib3.exceptions import NewConnectionError

from newsletter.transports.error_text import describe_network


def caused(error: BaseException, cause: BaseException) -> BaseException:
    """Return an error that came of another one."""
    error.__cause__ = cause
    return error


UNOPENED = NewConnectionError(urllib3.connection.HTTPConnection("h.example"), "h.example: refused")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (socket.gaierror(-2, "h.example not known"), "its name cannot be looked up (DNS)"),
        (caused(UNOPENED, ConnectionRefusedError(111, "h.example")), "it refuses connections"),
        (ssl.SSLCertVerificationError("h.example"), "its certificate is not trusted"),
        (urllib3.exceptions.SSLError(ssl.SSLError("h.example")), "TLS failed"),
        (TimeoutError("h.example"), "it did not answer in time"),
        (urllib3.exceptions.ReadTimeoutError(None, "h.example", "m"), "it did not answer in time"),  # type: ignore[arg-type]
        (ConnectionResetError("h.example"), "the connection was reset"),
        (smtplib.SMTPServerDisconnected("h.example"), "it closed the connection without an answer"),
        (OSError(errno.ENETUNREACH, "h.example"), "there is no way to it through the network"),
        (http.client.BadStatusLine("h.example"), "bad status line"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_network_errors_are_told_in_words(error: BaseException, said: str) -> None:
    """The cause is named as people name it; no class of Python, no host."""
    assert str(describe_network(error)) == said
