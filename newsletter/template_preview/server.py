"""The page with the preview, served on this machine only, and told of every change."""

from __future__ import annotations

import html
import json
import sys
import threading
from contextlib import suppress
from dataclasses import asdict
from functools import cached_property
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import TYPE_CHECKING, Self
from urllib.parse import SplitResult, parse_qs, urlsplit

from newsletter.errors import NewsletterError, TemplateError
from newsletter.rendering import load_template
from newsletter.rendering.pipeline.sample_issues import PICTURE
from newsletter.rendering.pipeline.template_folders import Folders, in_order
from newsletter.runtime.shutdown import Stoppable
from newsletter.template_preview.color_scheme import SCHEMES, apply_color_scheme
from newsletter.template_preview.preview import Preview, fault_of, make_preview
from newsletter.template_preview.watching import Watch

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

    from newsletter.rendering.content import Content

HOST = "127.0.0.1"
PORT = 8027
#: Seconds after which an open connection is tried, so that a closed page is noticed.
HEARTBEAT = 10.0

#: Nothing of a mail runs.  It stays of this origin: the page can tell how far it was scrolled.
_MAIL_POLICY = (
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox;"
    " default-src 'none'; img-src * data:; style-src 'unsafe-inline'; frame-ancestors 'self'"
)
_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self';"
    " frame-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)
_ASSETS = {
    "/": ("page.html", "text/html"),
    "/page.css": ("page.css", "text/css"),
    "/page.js": ("page.js", "text/javascript"),
    "/picture.svg": ("picture.svg", "image/svg+xml"),
}


class Server(Stoppable):
    """Serves the preview of one template, of any of some issues, until it is left.

    Listens once made; port 0 takes any free one.  Raises OSError if the port is taken, and
    `NotFound` if there is no such template; a broken one is served with its fault.
    """

    def __init__(
        self, folders: Folders, name: str, issues: Mapping[str, Content], *, port: int = PORT
    ) -> None:
        super().__init__()
        with suppress(TemplateError):
            load_template(folders, name)
        self.folders, self.name, self.issues = folders, name, issues
        # Whole: a file of one's own may begin to stand in for one of the program's.
        self.watch = Watch(in_order(folders))
        self._http = _HTTP((HOST, port), self)
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.1}, name="previews"
        )

    @property
    def url(self) -> str:
        """The address of the page."""
        return f"http://{HOST}:{self._http.server_address[1]}/"

    def __enter__(self) -> Self:
        """Begin to answer, and to look for changes."""
        self.watch.__enter__()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End as `stop` does."""
        self.stop()

    def stop(self) -> bool:
        """End, and free the port; open pages notice."""
        self.watch.__exit__()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()
        return True

    def preview(self, issue: str) -> Preview:
        """Return the preview of an issue by its name, else of the first.

        Raises as `make_preview`.
        """
        first = next(iter(self.issues.values()))
        return make_preview(self.folders, self.name, self.issues.get(issue, first))

    def state(self, issue: str) -> dict[str, object]:
        """Return what the page shows of an issue, or the fault of the template."""
        changes = self.watch.changes
        try:
            shown: dict[str, object] = {"preview": self.preview(issue).as_data()}
        except NewsletterError as error:
            shown = {"fault": asdict(fault_of(error, self.folders))}
        return {"template": self.name, "issues": list(self.issues), "changes": changes, **shown}


class _HTTP(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], server: Server) -> None:
        self.previews = server
        super().__init__(address, _Handler)

    def handle_error(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        """Say nothing of a page that was closed."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: _HTTP

    @cached_property
    def address(self) -> SplitResult:
        return urlsplit(self.path)

    def do_GET(self) -> None:
        """Answer a request by this machine's own name; others may be pages on the web."""
        if urlsplit(f"//{self.headers['Host']}").hostname not in {HOST, "localhost"}:
            self.answer("Only for this machine.\n", status=HTTPStatus.MISDIRECTED_REQUEST)
            return
        match self.address.path:
            case "/state":
                self.state()
            case "/mail":
                self.mail()
            case "/changes":
                self.changes()
            case path if path in _ASSETS:
                self.asset()
            case _:
                self.answer("There is nothing here.\n", status=HTTPStatus.NOT_FOUND)

    def asked(self, name: str) -> str:
        """Return a value of the query, or nothing."""
        return parse_qs(self.address.query).get(name, [""])[0]

    def asset(self) -> None:
        """Serve a file of the page."""
        name, kind = _ASSETS[self.address.path]
        text = files("newsletter.template_preview").joinpath("page", name).read_text("utf-8")
        self.answer(text, kind=kind, policy=_PAGE_POLICY)

    def state(self) -> None:
        """Serve what the page shows, as JSON."""
        state = self.server.previews.state(self.asked("issue"))
        self.answer(json.dumps(state), kind="application/json")

    def mail(self) -> None:
        """Serve the HTML part, to be shown in a frame as if the reader preferred light or dark."""
        scheme = self.asked("scheme")
        try:
            shown = self.server.previews.preview(self.asked("issue")).parts.html
        except NewsletterError as error:
            self.answer(f"{error}\n", status=HTTPStatus.CONFLICT)
            return
        shown = apply_color_scheme(shown, scheme if scheme in SCHEMES else SCHEMES[0])
        shown = shown.replace(html.escape(PICTURE), "/picture.svg")
        self.answer(shown, kind="text/html", policy=_MAIL_POLICY)

    def changes(self) -> None:
        """Tell of changes as they come (server-sent events), until the page is closed."""
        self.head("text/event-stream")
        watch = self.server.previews.watch
        seen = watch.changes
        self.wfile.write(f"data: {seen}\n\n".encode())
        while not watch.ended:
            now = watch.wait_beyond(seen, seconds=HEARTBEAT)
            self.wfile.write(b":\n\n" if now == seen else f"data: {now}\n\n".encode())
            seen = now

    def answer(
        self,
        text: str,
        *,
        kind: str = "text/plain",
        policy: str = "default-src 'none'",
        status: HTTPStatus = HTTPStatus.OK,
    ) -> None:
        """Answer with a text."""
        self.head(f"{kind}; charset=utf-8", policy=policy, status=status)
        self.wfile.write(text.encode())

    def head(
        self, kind: str, *, policy: str = "default-src 'none'", status: HTTPStatus = HTTPStatus.OK
    ) -> None:
        """Send status and headers; the connection is closed at the end (HTTP/1.0)."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", policy)
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Keep quiet: the terminal belongs to the person who writes the template."""
