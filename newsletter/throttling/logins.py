"""Passwords are tried a few times, not many; what is refused costs no hash.

- ten tries in a quarter of an hour at one account from one address,
- thirty from one address at any accounts,
- a hundred in an hour at one account from anywhere,
- thirty in a minute over all, as each takes a third of a second of the processor that also sends.

So that nobody can lock others out of their accounts, a browser that has once logged in to an
account is known by a signed cookie: it has ten tries of its own, whatever others do.  OWASP calls
it a device cookie (owasp.org: Slow Down Online Guessing Attacks with Device Cookies).
So is one in which a password was set
by the link in a mail.  `newsletter user unlock` forgets all tries.

Why this is not django-axes stands in docs/explanation/security.md, with what its source does
instead.

This stands before Django's own backend, so it holds for every form that logs in.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

from django.core import signing
from django.core.exceptions import PermissionDenied

from newsletter.runtime.proxies import visitor_of
from newsletter.throttling.counting import Limit, account_name, count_attempt, give_back

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.http import HttpRequest

MINUTES: Final = 60
COOKIE: Final = "known_browser"
SALT: Final = "newsletter.throttling.known_browser"
#: Seconds for which a browser is known.
KNOWN_FOR: Final = 365 * 24 * 3600


class LimitedLogin:
    """A backend that lets nobody in, and refuses who tried too often before a hash is made."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        """Count a try; raise `PermissionDenied`, after which Django asks no other backend.

        Without a request (a program that checks a password) nothing is counted.
        """
        name = credentials.get("username") or ""
        if request is None or not request.META.get("REMOTE_ADDR"):
            return
        limits = limits_of(request, str(name))
        request.login_limits = limits  # type: ignore[attr-defined]
        if wait := count_attempt(limits):
            request.retry_after = wait  # type: ignore[attr-defined]
            raise PermissionDenied


def limits_of(request: HttpRequest, name: str) -> list[Limit]:
    """Return what a try at an account counts under."""
    account = account_name(name)
    if known := known_browser(request, account):
        return [
            Limit(
                kind="login-browser",
                tries=10,
                seconds=15 * MINUTES,
                subject=(known,),
                account=account,
            )
        ]
    limits = [
        Limit(
            kind="login-account",
            tries=100,
            seconds=60 * MINUTES,
            subject=(account,),
            account=account,
        ),
        Limit(kind="login", tries=30, seconds=MINUTES),
    ]
    if address := visitor_of(request):
        limits += [
            Limit(
                kind="login-account-address",
                tries=10,
                seconds=15 * MINUTES,
                subject=(account, address),
                account=account,
            ),
            Limit(kind="login-address", tries=30, seconds=15 * MINUTES, subject=(address,)),
        ]
    return limits


def known_browser(request: HttpRequest, account: str) -> str:
    """Return the name of the browser if it has logged in to this account before."""
    try:
        value = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=KNOWN_FOR)
        browser, known = str(value["browser"]), value["account"]
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return ""
    return browser if known == account else ""


def accept_login(request: HttpRequest | None, user: AbstractBaseUser, **_: Any) -> None:
    """Give back the try of who has logged in, and have the browser remembered."""
    if request is None:
        return
    limits = getattr(request, "login_limits", None)
    if limits is None:
        return
    give_back(limits)
    remember(request, user)


def remember(request: HttpRequest, user: AbstractBaseUser) -> None:
    """Have the browser of a person remembered, who logged in or came by a link in a mail."""
    account = account_name(user.get_username())
    browser = known_browser(request, account) or secrets.token_urlsafe(12)
    value = {"account": account, "browser": browser}
    request.known_browser = signing.dumps(value, salt=SALT)  # type: ignore[attr-defined]
