"""One request to an address of the web, with time limits; redirects are not followed."""

from __future__ import annotations

import urllib3

#: Seconds for the connection, and for each read.
TIMEOUT = urllib3.Timeout(connect=4.0, read=5.0)
#: Bytes of an answer that are read.
MAX_BYTES = 4096


def ask_address(method: str, url: str, body: bytes | None = None) -> tuple[int, bytes]:
    """Return the status of an answer and the beginning of its body.

    Raises `urllib3.exceptions.HTTPError` where there is none.
    """
    with urllib3.PoolManager(retries=False, timeout=TIMEOUT) as pool:
        answer = pool.request(
            method,
            url,
            body=body,
            redirect=False,
            preload_content=False,
            headers={"Content-Type": "application/json", "User-Agent": "Fortnight-Doctor"},
        )
        try:
            return answer.status, answer.read(MAX_BYTES)
        finally:
            answer.release_conn()
