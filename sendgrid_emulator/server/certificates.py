"""A certificate for this machine, and the authority that vouches for it: both made on the spot.

Nobody trusts such an authority unless told to: a client is given its certificate, for instance
with SSL_CERT_FILE.  Its key is forgotten at once.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

VALID_FOR = dt.timedelta(days=30)
_NAMES = ("127.0.0.1", "::1")
_PEM = serialization.Encoding.PEM


@dataclass(frozen=True, slots=True)
class Certificates:
    """What a server of TLS needs, in PEM: the authority, the certificate, and its key."""

    authority: bytes
    certificate: bytes
    key: bytes

    @classmethod
    def make(cls) -> Certificates:
        """Make an authority and a certificate for localhost."""
        own, leaf = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        issuer = _named("Emulator's own authority")
        root = _builder(issuer, issuer, own).add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        )
        names: list[x509.GeneralName] = [x509.DNSName("localhost")]
        names += [x509.IPAddress(ipaddress.ip_address(name)) for name in _NAMES]
        site = _builder(_named("localhost"), issuer, leaf).add_extension(
            x509.SubjectAlternativeName(names), critical=False
        )
        return cls(
            authority=root.sign(own, hashes.SHA256()).public_bytes(_PEM),
            certificate=site.sign(own, hashes.SHA256()).public_bytes(_PEM),
            key=leaf.private_bytes(
                _PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ),
        )

    def context(self) -> ssl.SSLContext:
        """Return what a server listens with."""
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        # The standard library reads them from a file only.
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "emulator.pem")
            file.write_bytes(self.certificate + self.key)
            made.load_cert_chain(file)
        return made


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + VALID_FOR)
    )
