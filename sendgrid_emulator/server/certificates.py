"""A certificate for this machine and its certificate authority, both created for this run.

Nobody trusts this authority by default: give its certificate to a client, for example
with SSL_CERT_FILE.  Its key is never written anywhere.
"""

from __future__ import annotations

import ssl

import trustme

NAMES = ("localhost", "127.0.0.1", "::1")


class Certificates:
    """What a server of TLS needs: an authority (PEM, for clients), and a certificate under it."""

    def __init__(self) -> None:
        made = trustme.CA(organization_name="SendGrid emulator")
        self.authority: bytes = made.cert_pem.bytes()
        self._own = made.issue_cert(*NAMES, organization_name="SendGrid emulator")

    def context(self) -> ssl.SSLContext:
        """Return what a server listens with."""
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._own.configure_cert(made)
        return made
