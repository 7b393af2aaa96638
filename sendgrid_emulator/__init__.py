"""A local SendGrid with the same API and rules; a mailbox page shows every mail.

    with Emulator() as sendgrid:
        send_something_to(sendgrid.url)
        assert len(sendgrid.mailbox) == 1

Start reading at `account.Account`, which joins what the packages hold, `api.mail.accept_mail`,
which judges a request, and `server.emulator.Emulator`.  This is a program of its own: see
README.md.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sendgrid_emulator.errors import EmulatorError
    from sendgrid_emulator.server.emulator import Emulator
    from sendgrid_emulator.state.settings import Settings

__all__ = ["Emulator", "EmulatorError", "Settings"]

#: Loaded on first use, because the command line needs only the options, not the server.
MODULES = {
    "Emulator": "sendgrid_emulator.server.emulator",
    "EmulatorError": "sendgrid_emulator.errors",
    "Settings": "sendgrid_emulator.state.settings",
}


def __getattr__(name: str) -> Any:
    """Return a public name from its module."""
    if name not in MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(MODULES[name]), name)
