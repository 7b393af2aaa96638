"""Whole answers of public pages, kept in this process, so that most requests cost next to nothing.

It stands before Django, as WSGI (PEP 3333).  An answer is kept if a view offered it to proxies as
well: 200 to GET, with `Cache-Control: public` and an `ETag`.  It is given again to whoever asks the
same host for the same path in the same language, while nothing has changed that pages are made of
(`newsletter.publishing.web.web_state`), and for a minute at most: templates are files.
"""

from __future__ import annotations

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.http import HttpRequest
from django.utils.cache import get_conditional_response
from django.utils.http import parse_http_date
from django.utils.translation import get_language_from_request

from newsletter.conf.config import load
from newsletter.publishing.web.caching import PAGE_SECONDS
from newsletter.publishing.web.kept_parts import STATE
from newsletter.publishing.web.web_state import WebState
from newsletter.runtime.proxies import BY_ADDRESS, LINKS, parse_networks, read_forwarded
from newsletter.runtime.request_ids import HEADER as REQUEST_ID
from newsletter.runtime.request_ids import META, name_request

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

#: What a kept page may read of its query; all else, such as the marks of campaigns, changes none.
READ = ("page", "volume", "year")
#: A value with more characters is none that a page knows.
MAX_VALUE = 20
#: Django reads 500 characters of `Accept-Language`, and needs to see that there are more.
MAX_ACCEPTED = 501
#: Pages of one reader, which show what many others do as well.
READERS = re.compile(r"/+[uUpP]/")
#: There is no end to what can be searched.
NEVER_KEPT = frozenset({"q"})
#: Headers by which a client says what it has (RFC 9110, 13.1).
CONDITIONS = (
    *("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE"),
    *("HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE"),
)
OF_A_BODY = frozenset({"Content-Type", "Content-Length"})
#: Bytes of all kept answers, and of the largest one.
MAX_BYTES, MAX_BYTES_OF_ONE = 32_000_000, 1_000_000
#: What an answer takes besides its body, about.
HEAD_BYTES = 2000

Key = tuple[str | None, ...]
Headers = list[tuple[str, str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """An answer, the state that it holds for, and until when."""

    headers: Headers
    body: bytes
    state: bytes
    until: float
    etag: str
    #: Seconds of the epoch.
    modified: int

    @property
    def size(self) -> int:
        """How many bytes it takes, about."""
        return len(self.body) + HEAD_BYTES


class KeptAnswers:
    """The application, with a memory for its public pages."""

    def __init__(
        self,
        application: WSGIApplication,
        state: WebState,
        *,
        max_bytes: int = MAX_BYTES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._application, self._state = application, state
        self._max_bytes, self._clock = max_bytes, clock
        self._trusted = parse_networks(load().web.trusted_proxies)
        self._desk = f"{settings.PREFIX}/admin/"
        #: What is never kept: the desk, and files, of which others know what is new.
        self._others = (self._desk, settings.STATIC_URL, settings.MEDIA_URL)
        self._lock = threading.Lock()
        self._answers: OrderedDict[Key, Answer] = OrderedDict()
        self._bytes = 0

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, by what is kept if it still holds."""
        # Only a trusted proxy names requests.
        visitor = {**environ, META: "", **read_forwarded(environ, self._trusted)}
        key = self._key_of(visitor)
        if key is None:
            return self._pass_on(self._with_state(environ), start_response)
        state = self._state.current()
        if state is None:
            return self._application(environ, start_response)
        if (kept := self._find(key, state)) is not None:
            return give_answer(kept, visitor, start_response)
        return self._make(key, state, environ, start_response)

    def _key_of(self, environ: WSGIEnvironment) -> Key | None:
        """Return what decides an answer to a visitor; None where none can be kept."""
        path = environ.get("PATH_INFO", "")
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"} or path.startswith(self._others):
            return None
        # Whether this process lives is answered, and a link leads on, while the database hangs.
        below = load().site.path_below(path)
        if below in BY_ADDRESS or LINKS.match(below):
            return None
        # No page sets it, but Django would go by it, and no header would say so.
        if settings.LANGUAGE_COOKIE_NAME in environ.get("HTTP_COOKIE", ""):
            return None
        # Of a name that comes twice Django takes the last value, too.
        fields = dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
        if not NEVER_KEPT.isdisjoint(fields):
            return None
        chosen = [fields.get(name) for name in READ]
        if any(len(value or "") > MAX_VALUE for value in chosen):
            return None
        language = language_for(environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        origin = (environ["wsgi.url_scheme"], environ.get("HTTP_HOST", ""))
        return (*origin, path, language, *chosen)

    def _with_state(self, environ: WSGIEnvironment) -> WSGIEnvironment:
        """Return a request; one for a page of a reader with the state, for its parts that are kept.

        It is read once a page has parts: nothing else of a mail's links waits for it.
        """
        path = environ.get("PATH_INFO", "")
        if environ["REQUEST_METHOD"] != "GET" or not READERS.match(load().site.path_below(path)):
            return environ
        return {**environ, STATE: self._state.current}

    def _pass_on(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request that cannot be kept; what the desk changes shows at once."""
        changes = environ["REQUEST_METHOD"] not in {"GET", "HEAD"}
        try:
            return self._application(environ, start_response)
        finally:
            if changes and environ.get("PATH_INFO", "").startswith(self._desk):
                self._state.expire()

    def _find(self, key: Key, state: bytes) -> Answer | None:
        """Return the kept answer that holds, as the one that was used last."""
        with self._lock:
            kept = self._answers.get(key)
            if kept is None:
                return None
            if kept.state != state or self._clock() > kept.until:
                self._drop(key)
                return None
            self._answers.move_to_end(key)
            return kept

    def _drop(self, key: Key) -> None:
        self._bytes -= self._answers.pop(key).size

    def _make(
        self, key: Key, state: bytes, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Have the application answer in full, keep that if it may be, and give it."""
        # Who has it already gets that said from what is kept now.
        whole = {name: value for name, value in environ.items() if name not in CONDITIONS}
        said: list[Any] = []

        def note(status: str, headers: Headers, _error: Any = None) -> Callable[[bytes], object]:
            said[:] = [status, headers]
            return lambda _data: None

        body = self._application(whole, note)
        status, headers = said
        told = {name.lower(): value for name, value in headers}
        if not may_be_kept(status, told):
            if len(whole) < len(environ) and not told.keys().isdisjoint({"etag", "last-modified"}):
                # What is private has its own way to say that it is known.
                close(body)
                return self._application(environ, start_response)
            start_response(status, headers)
            return body
        try:
            content = b"".join(body)
        finally:
            close(body)
        answer = Answer(
            headers=[each for each in headers if each[0] != REQUEST_ID],
            body=content,
            state=state,
            until=self._clock() + PAGE_SECONDS,
            etag=told["etag"],
            modified=parse_http_date(told["last-modified"]),
        )
        if environ["REQUEST_METHOD"] == "GET" and answer.size <= MAX_BYTES_OF_ONE:
            self._keep(key, answer)
        return give_answer(answer, {**environ, META: told[REQUEST_ID.lower()]}, start_response)

    def _keep(self, key: Key, answer: Answer) -> None:
        with self._lock:
            if key in self._answers:
                self._drop(key)
            self._answers[key] = answer
            self._bytes += answer.size
            while self._bytes > self._max_bytes:
                self._drop(next(iter(self._answers)))


def language_for(accepted: str) -> str:
    """Return the language that pages in the language of the reader have, by `Accept-Language`."""
    return _language_for(accepted[:MAX_ACCEPTED])


@lru_cache(maxsize=1024)
def _language_for(accepted: str) -> str:
    request = HttpRequest()
    request.META["HTTP_ACCEPT_LANGUAGE"] = accepted
    return get_language_from_request(request)


def may_be_kept(status: str, told: dict[str, str]) -> bool:
    """Say whether an answer is for everybody, by its status and its headers in small letters."""
    return (
        status.startswith("200")
        and "public" in told.get("cache-control", "")
        and {"etag", "last-modified", "content-length"} <= told.keys()
        and "set-cookie" not in told
        and told.get("vary", "accept-language").lower() == "accept-language"
    )


def give_answer(
    answer: Answer, environ: WSGIEnvironment, start_response: StartResponse
) -> Iterable[bytes]:
    """Give a kept answer, under a name of its own; 304 or 412 to whoever has it, or another one."""
    named = (REQUEST_ID, name_request(environ.get(META, "")))
    if any(name in environ for name in CONDITIONS):
        request = HttpRequest()
        request.META, request.method = environ, environ["REQUEST_METHOD"]
        said = get_conditional_response(request, etag=answer.etag, last_modified=answer.modified)
        if said is not None:
            headers = [each for each in answer.headers if each[0] not in OF_A_BODY]
            start_response(f"{said.status_code} {said.reason_phrase}", [*headers, named])
            return []
    start_response("200 OK", [*answer.headers, named])
    return [answer.body]


def close(body: Iterable[bytes]) -> None:
    """Let go of what an answer holds (PEP 3333)."""
    if hasattr(body, "close"):
        body.close()
