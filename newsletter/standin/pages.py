"""The mailbox for people: every mail as HTML, text and source; requests and events."""

from __future__ import annotations

from aiohttp import web

from newsletter.standin.account import Account


class Pages:
    """Serves the pages of one account."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def add_to(self, app: web.Application) -> None:
        """Register the pages."""
        app.router.add_get("/", self.mailbox)

    async def mailbox(self, _request: web.Request) -> web.Response:
        """List the mails."""
        return web.Response(text=f"{len(self.account.mailbox)} mails")
