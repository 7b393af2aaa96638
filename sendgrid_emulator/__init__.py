"""A local SendGrid: the same API and rules, and a mailbox to read.

    with Emulator() as sendgrid:
        send_something_to(sendgrid.url)
        assert len(sendgrid.mailbox) == 1

Start reading at `account.Account`, which joins what the rooms hold, `api.mail.send`, which judges
a request, and `server.emulator.Emulator`.  This is a program of its own: see README.md.
"""

from sendgrid_emulator.errors import EmulatorError
from sendgrid_emulator.server.emulator import Emulator
from sendgrid_emulator.state.settings import Settings

__all__ = ["Emulator", "EmulatorError", "Settings"]
