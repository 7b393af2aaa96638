"""The mailbox for people: every mail as HTML, text and source; requests, events, checks."""

from __future__ import annotations

import asyncio
import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode, urlsplit

import jinja2
from aiohttp import web

from sendgrid_emulator.account import Account
from sendgrid_emulator.checks.invariants import SENDER_RULES, check_invariants
from sendgrid_emulator.checks.sender_rules import HIDDEN
from sendgrid_emulator.events.event import event_of, history_of
from sendgrid_emulator.events.outcomes import of_step, outcome_of
from sendgrid_emulator.events.reading import is_tracked, tracked_links
from sendgrid_emulator.state.messages import Message
from sendgrid_emulator.ui.previews import CONTENT_POLICY, SCHEMES, preview_mail

PER_PAGE = 50
VIEWS = ("html", "text", "source", "events")
WIDTHS = ("desktop", "phone")

_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
_ASSETS = {"style.css": "text/css", "live.js": "text/javascript"}


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page of a long list is shown; pages count from 1."""

    page: int
    total: int

    @classmethod
    def of(cls, request: web.Request, total: int) -> Paging:
        """Return the page that a request asks for, or the nearest there is."""
        asked = request.query.get("page", "1")
        wanted = int(asked) if asked.isdecimal() else 1
        return cls(min(max(1, wanted), max(1, math.ceil(total / PER_PAGE))), total)

    @property
    def start(self) -> int:
        """How many come before this page."""
        return (self.page - 1) * PER_PAGE

    @property
    def first(self) -> int:
        """The number of the first on this page, counted from 1; 0 if there are none."""
        return min(self.start + 1, self.total)

    @property
    def last(self) -> int:
        """The number of the last on this page."""
        return min(self.start + PER_PAGE, self.total)

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, math.ceil(self.total / PER_PAGE))


class Pages:
    """Serves the pages of one account."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self._environment = jinja2.Environment(
            loader=jinja2.PackageLoader("sendgrid_emulator.ui"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {
            "when": format_local,
            "iso": format_iso,
            "count": count,
            "bytes": format_size,
            "json": text_of,
        }
        self._environment.globals |= {"query": build_query}

    def add_to(self, app: web.Application) -> None:
        """Register the pages."""
        app.router.add_get("/", self.mailbox)
        app.router.add_get("/mail/{id}", self.mail)
        app.router.add_get("/mail/{id}/html", self.html)
        app.router.add_get("/mail/{id}/download", self.download)
        app.router.add_get("/requests", self.requests)
        app.router.add_get("/events", self.events)
        app.router.add_get("/checks", self.checks)
        app.router.add_post("/empty", self.empty)
        app.router.add_post("/mail/{id}/read", self.read)
        for name in _ASSETS:
            app.router.add_get(f"/{name}", self.asset)

    async def mailbox(self, request: web.Request) -> web.Response:
        """List and search the mails."""
        words = request.query.get("q", "").strip()
        total = self.account.mailbox.search(words, count=0).total
        paging = Paging.of(request, total)
        found = self.account.mailbox.search(words, start=paging.start, count=PER_PAGE)
        now = self.account.clock.now()
        rows = [(message, outcome_of(message, now)) for message in found.messages]
        return self._page("mailbox.html", request, rows=rows, paging=paging, words=words)

    async def mail(self, request: web.Request) -> web.Response:
        """Show one mail in one of its views."""
        message = self._message(request)
        view = _chosen(request, "view", VIEWS)
        now = self.account.clock.now()
        happened = [
            (at, of_step(step), event_of(message, step, at))
            for at, step in history_of(message, now)
        ]
        return self._page(
            "mail.html",
            request,
            mail=message,
            outcome=outcome_of(message, now),
            view=view,
            width=_chosen(request, "width", WIDTHS),
            scheme=_chosen(request, "scheme", SCHEMES),
            source=message.source().decode("ascii", "replace") if view == "source" else "",
            happened=happened,
            opens=is_tracked(message.request, "open"),
            links=tracked_links(message),
            newer=self._neighbour(message, -1),
            older=self._neighbour(message, 1),
        )

    async def html(self, request: web.Request) -> web.Response:
        """Serve the HTML part by itself, to be shown in a frame."""
        shown = preview_mail(self._message(request).html, _chosen(request, "scheme", SCHEMES))
        headers = {"Content-Security-Policy": CONTENT_POLICY, "Referrer-Policy": "no-referrer"}
        return web.Response(text=shown, content_type="text/html", headers=headers)

    async def download(self, request: web.Request) -> web.Response:
        """Serve the whole mail as a file that mail programs open."""
        message = self._message(request)
        headers = {"Content-Disposition": f'attachment; filename="{message.id}.eml"'}
        return web.Response(body=message.source(), content_type="message/rfc822", headers=headers)

    async def requests(self, request: web.Request) -> web.Response:
        """List the requests to the API."""
        paging = Paging.of(request, len(self.account.request_log))
        rows = self.account.request_log.newest(paging.start, PER_PAGE)
        return self._page("requests.html", request, rows=rows, paging=paging)

    async def events(self, request: web.Request) -> web.Response:
        """List what happened lately, and what was posted where."""
        recent = list(self.account.recent)[::-1]
        paging = Paging.of(request, len(recent))
        rows = [
            (occurrence, of_step(occurrence.step))
            for occurrence in recent[paging.start : paging.start + PER_PAGE]
        ]
        posts = list(self.account.webhook_sender.posts)[: -PER_PAGE - 1 : -1]
        return self._page("events.html", request, rows=rows, paging=paging, posts=posts)

    async def checks(self, request: web.Request) -> web.Response:
        """Show the sender rules, and whether they were broken."""
        found = await asyncio.to_thread(check_invariants, self.account)
        counts = Counter(violation.rule for violation in found)
        unasked = HIDDEN - self.account.checks.tried
        return self._page(
            "checks.html", request, rules=SENDER_RULES, counts=counts, found=found, unasked=unasked
        )

    async def empty(self, request: web.Request) -> web.Response:
        """Forget all mail, if the button on our own page was pressed."""
        require_own_page(request)
        self.account.reset()
        raise web.HTTPSeeOther("/")

    async def read(self, request: web.Request) -> web.Response:
        """Open a mail or follow a link, if the button on our own page was pressed."""
        require_own_page(request)
        message, form = self._message(request), await request.post()
        self.account.read_mail(message, str(form.get("act", "")), str(form.get("url", "")))
        raise web.HTTPSeeOther(f"/mail/{message.id}?view=events")

    async def asset(self, request: web.Request) -> web.Response:
        """Serve the style sheet or the script."""
        name = request.path.removeprefix("/")
        text = files("sendgrid_emulator.ui").joinpath("templates", name).read_text("utf-8")
        return web.Response(text=text, content_type=_ASSETS[name])

    def _page(self, template: str, request: web.Request, **values: Any) -> web.Response:
        text = self._environment.get_template(template).render(
            account=self.account,
            address=f"{request.scheme}://{request.host}",
            path=request.path,
            **values,
        )
        headers = {"Content-Security-Policy": _PAGE_POLICY, "Cache-Control": "no-store"}
        return web.Response(text=text, content_type="text/html", headers=headers)

    def _message(self, request: web.Request) -> Message:
        message = self.account.mailbox.message(request.match_info["id"])
        if message is None:
            raise web.HTTPNotFound(text="There is no such mail here (any more).\n")
        return message

    def _neighbour(self, message: Message, step: int) -> Message | None:
        return self.account.mailbox.message(f"{message.request.id}.{message.index + step}")


def require_own_page(request: web.Request) -> None:
    """Refuse what a page of somebody else makes a browser send."""
    origin = request.headers.get("Origin", "")
    if urlsplit(origin).netloc != request.host:
        raise web.HTTPForbidden(text="Only the emulator's own page may do this.\n")


def _chosen(request: web.Request, name: str, choices: Sequence[str]) -> str:
    """Return what the address asks for, or the first choice."""
    asked = request.query.get(name, "")
    return asked if asked in choices else choices[0]


def format_local(at: float) -> str:
    """Return a time of this machine's zone for people, with the zone."""
    return datetime.fromtimestamp(at).astimezone().strftime("%d %b %Y, %H:%M:%S %Z")


def format_iso(at: float) -> str:
    """Return a time for programs."""
    return datetime.fromtimestamp(at).astimezone().isoformat(timespec="seconds")


def count(number: int) -> str:
    """Return a number with its thousands apart."""
    return f"{number:,}"


def format_size(number: int) -> str:
    """Return a number of bytes for people."""
    return f"{number:,} B" if number < 1024 else f"{number / 1024:,.0f} KB"


def text_of(value: object) -> str:
    """Return a value as JSON to be read."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def build_query(**values: object) -> str:
    """Return the query part of an address, without what is empty."""
    return "?" + urlencode({key: value for key, value in values.items() if value})
