"""What every answer tells the browser: which scripts, styles and frames it may have.

A view that knows better sets its own `Content-Security-Policy`; it is kept.  The policies were
tried in a browser, with every complaint in its console counted as a failure (tests/browser).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from newsletter.conf.config import load

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase

POLICY: Final = "Content-Security-Policy"

#: Pages for readers have no scripts; whatever looks at a page may read robots.txt from it.
#: Pictures may be anywhere, as issues name addresses.
PUBLIC: Final = (
    "default-src 'none'; img-src * data:; style-src 'self'; font-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: Wagtail's scripts come from files; its editor sets styles in the page.
DESK: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; frame-src 'self';"
    " form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'self'"
)
#: The HTML of a mail or of a draft: nothing runs, nothing is sent, links open a tab of their own.
#: It stays of this origin, since the editor keeps the place to which it was scrolled.
MAIL: Final = (
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox; default-src 'none';"
    " img-src * data:; style-src 'self' 'unsafe-inline'; font-src *; form-action 'none';"
    " base-uri 'none'; frame-ancestors 'self'"
)
#: What is shown by a program of the browser that brings its own styles: PDF and feeds.
OTHER: Final = "frame-ancestors 'none'"

SHOWN_BY_BROWSER: Final = frozenset(
    {"application/pdf", "application/rss+xml", "application/atom+xml", "application/feed+json"}
)

#: Nothing of this site needs a device of the visitor.
PERMISSIONS: Final = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "camera",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)
A_YEAR: Final = 31_536_000


class SecurityHeaders:
    """Middleware that adds what an answer does not say itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        # A site at https is never to be asked for at http again.
        self.at_https = load().site.base_url.startswith("https:")

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, with the headers."""
        response = self.get_response(request)
        policy = policy_of(load().site.path_below(request.path), response.get("Content-Type", ""))
        response.headers.setdefault(POLICY, policy)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        # For browsers that do not know `frame-ancestors`; it cannot name other sites.
        if legacy := frame_options(response.headers[POLICY]):
            response.headers.setdefault("X-Frame-Options", legacy)
        if self.at_https:
            response.headers.setdefault("Strict-Transport-Security", f"max-age={A_YEAR}")
        return response


def frame_options(policy: str) -> str:
    """Return what X-Frame-Options says of a policy; nothing where other sites may frame a page."""
    sites = next(
        (part.split()[1:] for part in policy.split(";") if part.split()[:1] == ["frame-ancestors"]),
        [],
    )
    if sites == ["'self'"]:
        return "SAMEORIGIN"
    return "DENY" if sites in ([], ["'none'"]) else ""


def policy_of(path: str, content_type: str) -> str:
    """Return the policy for an answer that brings none of its own."""
    if path.startswith("/admin/"):
        return DESK
    if content_type.partition(";")[0] in SHOWN_BY_BROWSER:
        return OTHER
    return PUBLIC
