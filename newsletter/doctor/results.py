"""What a check says: right, worth a look or wrong; what was found; and the fix."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from newsletter.phrases import from_data, phrase, to_data


class Status(StrEnum):
    """How it stands; only `WRONG` makes the exit status 1."""

    RIGHT = "right"
    LOOK = "worth-a-look"
    WRONG = "wrong"


#: As people read it.
LABELS = {
    Status.RIGHT: phrase("right"),
    Status.LOOK: phrase("worth a look"),
    Status.WRONG: phrase("wrong"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """One line of the check.  `title`, `found` and `fix` are phrases; `name` is for programs."""

    name: str
    title: str
    status: Status
    found: str
    fix: str = ""
    #: Whether there was an answer to judge.
    answered: bool = True

    def eased(self) -> Result:
        """Return the same, only worth a look where it is wrong: nothing depends on it here."""
        return replace(self, status=Status.LOOK) if self.status is Status.WRONG else self

    def as_data(self) -> dict[str, Any]:
        """Return what `Result.of` makes a result of again, in any language."""
        return {
            "name": self.name,
            "title": to_data(self.title),
            "status": self.status.value,
            "found": to_data(self.found),
            "fix": to_data(self.fix),
            "answered": self.answered,
        }

    @classmethod
    def of(cls, data: dict[str, Any]) -> Result:
        """Return the result that `as_data` was asked of."""
        return cls(
            name=str(data["name"]),
            title=from_data(data["title"]),
            status=Status(data["status"]),
            found=from_data(data["found"]),
            fix=from_data(data["fix"]),
            answered=bool(data["answered"]),
        )


@dataclass(frozen=True, slots=True)
class Topic:
    """What a check is about: its name for programs, and its title for people."""

    name: str
    title: str

    def right(self, found: str) -> Result:
        """Return that all is well."""
        return Result(name=self.name, title=self.title, status=Status.RIGHT, found=found)

    def look(self, found: str, fix: str) -> Result:
        """Return that a person should look at it."""
        return Result(name=self.name, title=self.title, status=Status.LOOK, found=found, fix=fix)

    def unanswered(self, found: str, fix: str) -> Result:
        """Return that there was no answer to judge."""
        return replace(self.look(found, fix), answered=False)

    def wrong(self, found: str, fix: str) -> Result:
        """Return that it must be fixed before mail is sent."""
        return Result(name=self.name, title=self.title, status=Status.WRONG, found=found, fix=fix)


def is_all_right(results: Iterable[Result]) -> bool:
    """Say whether nothing is wrong."""
    return all(result.status is not Status.WRONG for result in results)


def count_statuses(results: Sequence[Result]) -> dict[Status, int]:
    """Return how many results there are of each status."""
    return {status: sum(each.status is status for each in results) for status in Status}
