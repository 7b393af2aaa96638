"""OAuth for webhooks: SendGrid requests a token from the receiver's own server, and posts with it.

Client credentials, RFC 6749 section 4.4; the three settings are those of the event webhook in
SendGrid's API reference.  How SendGrid authenticates itself to the token server is not
documented; here it is HTTP Basic, which every such server must understand (section 2.3.1).
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote_plus

import aiohttp

#: Seconds a token counts for when the server does not say.
USUAL_LIFE = 3600.0
#: Seconds before its end at which a token is not used any more.
MARGIN = 10.0


class NoToken(ValueError):
    """The server gave no usable token; says why, without the secret."""


@dataclass(frozen=True, slots=True)
class OAuth:
    """Where a token comes from, and the client's credentials; without `token_url` there is none."""

    client_id: str = ""
    client_secret: str = ""
    token_url: str = ""

    def changed(self, settings: Mapping[str, Any]) -> OAuth:
        """Return these with the given `oauth_…` fields; the secret stays if only others change."""
        given = {
            name: str(settings[f"oauth_{name}"] or "")
            for name in ("client_id", "client_secret", "token_url")
            if f"oauth_{name}" in settings
        }
        return replace(self, **given)

    @property
    def missing(self) -> str:
        """The setting that is missing, or an empty string."""
        if self.client_secret and not self.client_id:
            return "oauth_client_id"
        if (self.client_id or self.client_secret) and not self.token_url:
            return "oauth_token_url"
        return "" if self.client_id or not self.token_url else "oauth_client_id"

    def as_json(self) -> dict[str, str]:
        """Return what the API shows: everything but the secret."""
        if not self.token_url:
            return {}
        return {"oauth_client_id": self.client_id, "oauth_token_url": self.token_url}


@dataclass(frozen=True, slots=True)
class Token:
    """What goes into the Authorization header, and until when (Unix time)."""

    value: str
    until: float


class Tokens:
    """The cached tokens; each is requested when it is needed, and again when it has expired."""

    def __init__(self, now: Callable[[], float]) -> None:
        #: How often a token was requested.
        self.fetched = 0
        self._now = now
        self._kept: dict[OAuth, Token] = {}

    async def header(self, session: aiohttp.ClientSession, oauth: OAuth) -> dict[str, str]:
        """Return the header for a post; None if no token is needed.

        Raises NoToken, or aiohttp's error if the server cannot be reached.
        """
        if not oauth.token_url:
            return {}
        token = self._kept.get(oauth)
        if token is None or self._now() >= token.until:
            token = self._kept[oauth] = await self._fetch(session, oauth)
        return {"Authorization": f"Bearer {token.value}"}

    def forget(self, oauth: OAuth) -> None:
        """Request a new token next time: the receiver did not accept this one."""
        self._kept.pop(oauth, None)

    async def _fetch(self, session: aiohttp.ClientSession, oauth: OAuth) -> Token:
        self.fetched += 1
        # RFC 6749 section 2.3.1: both are form-encoded before they are put together.
        who = f"{quote_plus(oauth.client_id)}:{quote_plus(oauth.client_secret)}".encode()
        headers = {"Authorization": f"Basic {base64.b64encode(who).decode()}"}
        form = {"grant_type": "client_credentials"}
        async with session.post(
            oauth.token_url, data=form, headers=headers, allow_redirects=False
        ) as answer:
            if answer.status != 200:
                raise NoToken(f"the token server answered {answer.status}")
            return self._read(await answer.json(content_type=None))

    def _read(self, document: Any) -> Token:
        fields = document if isinstance(document, dict) else {}
        value, life = fields.get("access_token"), fields.get("expires_in", USUAL_LIFE)
        if not isinstance(value, str) or not value:
            raise NoToken("the token server's answer has no access_token")
        if str(fields.get("token_type", "bearer")).lower() != "bearer":
            raise NoToken("the token server's token is not a bearer token")
        return Token(value, self._now() + max(0.0, _seconds(life) - MARGIN))


def _seconds(life: object) -> float:
    try:
        return float(str(life))
    except ValueError:
        raise NoToken("the token server's expires_in is not a number") from None
