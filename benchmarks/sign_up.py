"""Sign-up in figures: whole requests through all of Django, with a proof of work each.

The proofs are computed beforehand, as browsers do it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from benchmarks.figures import Place

Row = tuple[str, str, str, str]
#: As many as the web server has.
THREADS = 6


def sign_up_rows(requests: int) -> list[Row]:
    """Measure requests of new addresses, then again of the same ones."""
    from benchmarks.people import database_name
    from subscribers.models import List
    from subscribers.sign_up import forms

    form = forms.change_form(List.objects.get(), {"is_open": True})
    path = f"/subscribe/{form.list.slug}/"
    site = threading.local()
    rows: list[Row] = []
    bare = measure_rate(lambda _: get(site), requests)
    plain = f"a page of three lines: {bare:,.0f} requests/s"
    for what in ("sign-up of unknown addresses", "of the same addresses again"):
        proofs = [solve() for _ in range(requests)]
        rate = measure_rate(
            lambda number, given=proofs: post(site, path, number, given[number]), requests
        )
        rows.append((what, f"{rate:,.0f} requests/s", "≥ 300 requests/s", plain))
        if "unknown" in what:
            Place(database_name()).tell("sign-ups", rate, "requests/s", bare)
    rows.append(("check of a proof that costs as usual", f"{check_milliseconds():.2f} ms", "", ""))
    return rows


def solve() -> str:
    """Return the solution of a new challenge."""
    import altcha
    from django.utils import timezone

    from subscribers.sign_up import proof

    challenge = altcha.Challenge.from_dict(proof.make_challenge(timezone.now()))
    solution = altcha.solve_challenge(challenge)
    if solution is None:
        raise RuntimeError("a challenge was not solved in time")
    return altcha.Payload(challenge, solution).to_base64()


def post(site: Any, path: str, number: int, proof: str) -> None:
    """Sign up one address, from a visitor of its own."""
    from django.test import Client

    # One for each thread: to make one loads all middleware.
    client = site.__dict__.setdefault("client", Client())
    answer: Any = client.post(
        path,
        {"email": f"reader{number}@tideline.example", "altcha": proof},
        REMOTE_ADDR=f"{11 + number // 65536}.{number // 256 % 256}.{number % 256}.7",
        HTTP_HOST="127.0.0.1",
    )
    if answer.status_code != 200 or b"One more step" in answer.content:
        raise RuntimeError(f"{answer.status_code}: {answer.content[:400]!r}")


def get(site: Any) -> None:
    """Open a small page: one statement and a template of a few lines."""
    from django.test import Client

    site.__dict__.setdefault("client", Client()).get("/robots.txt", HTTP_HOST="127.0.0.1")


def measure_rate(work: Callable[[int], None], times: int) -> float:
    """Return how often a second some threads together do a work."""
    from django.db import connection

    def some(numbers: Sequence[int]) -> None:
        try:
            for number in numbers:
                work(number)
        finally:
            connection.close()

    # The first of each thread loads all middleware.
    ready = threading.Barrier(THREADS + 1)

    def warmed(numbers: Sequence[int]) -> None:
        work(numbers[0])
        ready.wait()
        some(numbers[1:])

    with ThreadPoolExecutor(THREADS) as pool:
        running = [pool.submit(warmed, range(start, times, THREADS)) for start in range(THREADS)]
        ready.wait()
        started = time.perf_counter()
        for each in running:
            each.result()
        return (times - THREADS) / (time.perf_counter() - started)


def check_milliseconds(cost: int = 2000) -> float:
    """Return the time that the check of one proof of the usual cost takes."""
    import hashlib

    started = time.perf_counter()
    for _ in range(100):
        hashlib.pbkdf2_hmac("sha256", b"password", b"salt", cost, 32)
    return (time.perf_counter() - started) * 10
