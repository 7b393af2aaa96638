"""Ask addresses of the web, but never one on a private network.

A link in a mail is a stranger's text: it may name a machine of this network, or a host whose
name leads into it.  So every address that a host has is looked at first, and the connection
goes to the address that was looked at; redirects are followed the same way.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import urllib3
from urllib3.exceptions import HTTPError

from newsletter.hostnames import ascii_host
from newsletter.networks import is_public
from newsletter.phrases import phrase

MAX_REDIRECTS = 5

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
#: Some servers know no HEAD, or answer it wrongly.
_ASK_AGAIN = frozenset({400, 403, 404, 405, 406, 501})
_HEADERS = {"User-Agent": "Fortnight (checks the links of a newsletter)", "Accept": "*/*"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What became of a question: an HTTP status, or 0 and a problem in words.

    `size` is the length in bytes that the server tells, 0 if it tells none.
    """

    status: int = 0
    size: int = 0
    problem: str = ""
    private: bool = False
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes: the host as its server knows it, in ASCII, and the path with query."""

    secure: bool
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The Host header (RFC 9110 7.2): the port only where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"


def resolve(host: str, port: int) -> list[str]:
    """Return every address of a host; raises `OSError` for a name that is not known."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


@dataclass(frozen=True, kw_only=True, slots=True)
class Web:
    """The web as links are asked there: how names are resolved, and who may be asked."""

    resolve: Callable[[str, int], list[str]] = resolve
    allows: Callable[[str], bool] = is_public

    def ask(self, address: str, *, seconds: float) -> Answer:
        """Return what an http(s) address answers after its redirects, within a time limit."""
        deadline = time.monotonic() + seconds
        for _ in range(MAX_REDIRECTS + 1):
            answer, redirect = self._step(address, deadline)
            if not redirect:
                return answer
            address = urljoin(address, redirect)
        return Answer(problem=phrase("more than {number} redirects", number=MAX_REDIRECTS))

    def read(self, address: str, *, seconds: float, most: int) -> tuple[Answer, bytes]:
        """Return what an address answers after its redirects, and the first `most` bytes of it."""
        deadline = time.monotonic() + seconds
        for _ in range(MAX_REDIRECTS + 1):
            target, ip, answer = self._target(address)
            if target is None:
                return answer, b""
            answer, redirect, data = _read(target, ip, deadline, most)
            if not redirect:
                return answer, data
            address = urljoin(address, redirect)
        return Answer(problem=phrase("more than {number} redirects", number=MAX_REDIRECTS)), b""

    def _step(self, address: str, deadline: float) -> tuple[Answer, str]:
        target, ip, answer = self._target(address)
        return _asked(target, ip, deadline) if target else (answer, "")

    def _target(self, address: str) -> tuple[Target | None, str, Answer]:
        """Return where to ask and at which IP address, or why nobody is asked."""
        try:
            parts = urlsplit(address)
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            return None, "", Answer(problem=phrase("it is no address"))
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            return None, "", Answer(problem=phrase("it leads to {address}", address=address[:80]))
        try:
            host = ascii_host(parts.hostname)
            ips = self.resolve(host, port)
        except (OSError, ValueError) as error:
            again = getattr(error, "errno", None) == socket.EAI_AGAIN
            problem = phrase("there is no host {host}", host=parts.hostname)
            return None, "", Answer(problem=problem, unknown=not again)
        if not ips or not all(map(self.allows, ips)):
            problem = phrase("{host} is on a private network", host=parts.hostname)
            return None, "", Answer(problem=problem, private=True)
        # To the very address that was judged: asked again, the name might lead elsewhere.
        path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        return Target(parts.scheme == "https", host, port, path), ips[0], Answer()


def _asked(target: Target, ip: str, deadline: float) -> tuple[Answer, str]:
    """Return the answer to HEAD, or to GET where that is not known, and where it redirects."""
    headers: Mapping[str, str] = {}
    status = 0
    for method in ("HEAD", "GET"):
        left = deadline - time.monotonic()
        if left <= 0:
            return Answer(problem=phrase("no answer in time")), ""
        try:
            status, headers = _request(method, target, ip, left)
        except (HTTPError, OSError, ValueError) as error:
            return Answer(problem=_reason(error)), ""
        if status not in _ASK_AGAIN:
            break
    length = headers.get("Content-Length", "")
    # Python makes no number of thousands of digits.
    size = int(length) if length.isdecimal() and len(length) < 20 else 0
    redirect = headers.get("Location", "") if status in _REDIRECTS else ""
    return Answer(status=status, size=size), redirect


def _read(target: Target, ip: str, deadline: float, most: int) -> tuple[Answer, str, bytes]:
    """Return the answer to GET, where it redirects, and the first bytes of a document."""
    left = deadline - time.monotonic()
    if left <= 0:
        return Answer(problem=phrase("no answer in time")), "", b""
    data = b""
    try:
        with _pool(target, ip, left) as pool:
            response = _answer(pool, "GET", target)
            redirect = response.headers.get("Location", "")
            redirect = redirect if response.status in _REDIRECTS else ""
            if response.status == 200:
                for part in response.stream(65_536):
                    data += part
                    if len(data) >= most or time.monotonic() > deadline:
                        break
            response.close()
    except (HTTPError, OSError, ValueError) as error:
        return Answer(problem=_reason(error)), "", b""
    return Answer(status=response.status), redirect, data[:most]


def _request(method: str, target: Target, ip: str, seconds: float) -> tuple[int, Mapping[str, str]]:
    with _pool(target, ip, seconds) as pool:
        response = _answer(pool, method, target)
        response.close()
    return response.status, response.headers


def _pool(target: Target, ip: str, seconds: float) -> urllib3.HTTPConnectionPool:
    timeout = urllib3.Timeout(total=seconds)
    if not target.secure:
        return urllib3.HTTPConnectionPool(ip, target.port, timeout=timeout)
    return urllib3.HTTPSConnectionPool(
        ip,
        target.port,
        timeout=timeout,
        server_hostname=target.host,
        assert_hostname=target.host,
    )


def _answer(
    pool: urllib3.HTTPConnectionPool, method: str, target: Target
) -> urllib3.BaseHTTPResponse:
    return pool.urlopen(
        method,
        target.path,
        headers={**_HEADERS, "Host": target.authority},
        retries=False,
        redirect=False,
        preload_content=False,
    )


def _reason(error: Exception) -> str:
    words = str(error).rpartition(": ")[2]
    return words[:120] or type(error).__name__
