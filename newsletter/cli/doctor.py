"""`newsletter doctor`: does everything around the mail hold?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from newsletter.cli.languages import readers_language
from newsletter.cli.output import Json, print_result
from newsletter.runtime.startup import open_to_examine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsletter.doctor.results import Result

#: Before a line, for those who look for the bad ones.
SIGNS = {"right": "  ok ", "worth-a-look": "look ", "wrong": "WRONG"}


def doctor(*, json: Json = False) -> None:
    """Check settings, database, provider, site and DNS, and say how to fix what is wrong.

    Nothing is changed, and nobody is mailed. The exit status is 1 if something is wrong.
    """
    config = open_to_examine()
    from newsletter.doctor.checks import examine
    from newsletter.doctor.results import is_all_right
    from newsletter.doctor.surroundings import Surroundings, known_senders

    results = examine(Surroundings(config=config, senders=known_senders()))
    with readers_language():
        print_result(as_data(results), as_json=json, text="" if json else in_words(results))
    if not is_all_right(results):
        raise typer.Exit(1)


def as_data(results: Sequence[Result]) -> dict[str, Any]:
    """Return the results for programs, in English."""
    from newsletter.doctor.results import count_statuses, is_all_right

    return {
        "right": is_all_right(results),
        "counts": {status.value: number for status, number in count_statuses(results).items()},
        "checks": [
            {
                "name": each.name,
                "status": each.status.value,
                "title": str(each.title),
                "found": str(each.found),
                "fix": str(each.fix),
            }
            for each in results
        ],
    }


def in_words(results: Sequence[Result]) -> str:
    """Return the results for people, the fix below each that needs one."""
    from newsletter.doctor.results import Status, count_statuses
    from newsletter.phrases import translate

    lines = []
    for each in results:
        sign = SIGNS[each.status.value]
        lines.append(f"{sign} {translate(each.title)}: {translate(each.found)}")
        if each.fix:
            lines.append(f"      {translate(each.fix)}")
    counts = count_statuses(results)
    last = ", ".join(
        f"{counts[status]} {words}"
        for status, words in (
            (Status.RIGHT, "right"),
            (Status.LOOK, "worth a look"),
            (Status.WRONG, "wrong"),
        )
    )
    return "\n".join([*lines, "", last])
