"""Where mail is submitted, and how."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """A mail server and what it needs of us; times in seconds."""

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    #: The name we greet with; if empty, the machine's own.
    hello: str = ""
    #: The variable that the password came from, for errors.
    variable: str = "SMTP_PASSWORD"
    connect: float = 5.0
    answer: float = 60.0

    @property
    def opening(self) -> float:
        """Time for everything up to the first message: connection, greeting, TLS and login."""
        return self.connect + self.answer
