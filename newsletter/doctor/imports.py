"""Imports: was one left half-way, so that sends wait for it?"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone

from newsletter.doctor.results import Result, Topic
from newsletter.doctor.surroundings import Surroundings
from newsletter.phrases import phrase

IMPORTS = Topic("imports", phrase("Imports"))


def check_imports(_around: Surroundings) -> Iterator[Result]:
    """Check that nothing waits for an import that was left half-way."""
    from subscribers.importing.stuck import FIX, describe_stuck, list_stuck

    stuck = list_stuck(timezone.now()).first()
    if stuck is None:
        yield IMPORTS.right(phrase("nothing waits for one that stopped half-way"))
    else:
        yield IMPORTS.wrong(describe_stuck(stuck), FIX)
