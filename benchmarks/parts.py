"""What `make bench` runs: the benchmarks one after the other, in small parts.

What one part has found is kept when another one fails.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SIZES = (1_000, 10_000, 100_000, 1_000_000)
QUICK_SIZES = (1_000, 10_000)
DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True)
class Part:
    """One program to run: what its figures are about, and its module with arguments."""

    title: str
    command: tuple[str, ...]
    #: Seconds after which it counts as stuck.
    limit: float = 1200


def parts(sizes: Sequence[int], *, quick: bool) -> Iterator[Part]:
    """Yield all parts, the most important first."""
    yield from sending_parts(sizes, quick=quick)
    yield from people_parts(sizes, quick=quick)
    yield from page_parts(sizes, quick=quick)
    yield from other_parts(quick=quick)


def sending_parts(sizes: Sequence[int], *, quick: bool) -> Iterator[Part]:
    """Yield whole sends on both databases, by workers and by the service."""
    numbers = [str(size) for size in sizes]
    for only in ("postgres", "sqlite", "serve", *(() if quick else ("latency",))):
        yield Part("Sending", ("sending", *numbers, "--only", only), 1800)


def people_parts(sizes: Sequence[int], *, quick: bool) -> Iterator[Part]:
    """Yield imports, segments and sign-ups."""
    requests = "300" if quick else "2000"
    for database in DATABASES:
        for size in sizes:
            only = ("--only", "people", "--on", database)
            yield Part("People", ("subscribers", str(size), requests, *only))
        only = ("--only", "sign-up", "--on", database)
        yield Part("People", ("subscribers", "1", requests, *only))


def page_parts(sizes: Sequence[int], *, quick: bool) -> Iterator[Part]:
    """Yield pages on both databases."""
    chosen = [str(max(sizes)), "--issues", "50", "--quick"] if quick else [str(n) for n in sizes]
    for database in DATABASES:
        yield Part("Pages", ("pages", *chosen, "--only", database))


def other_parts(*, quick: bool) -> Iterator[Part]:
    """Yield what does not depend on how many people there are."""
    yield Part("Rendering", ("rendering", "2000" if quick else "20000"))
    yield Part("Rendering", ("desk", "5" if quick else "15"))
    yield Part("Events", ("events", "3000" if quick else "50000"))
    yield Part("Mail servers", ("smtp", *(("2000", "--quick") if quick else ("12000",))))
    yield Part("The first send", ("first", "2000" if quick else "20000"))
    seconds = ("8", "--warm-up", "4") if quick else ("30", "--warm-up", "20")
    yield Part("At rest", ("idle", *seconds))
