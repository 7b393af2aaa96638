"""What reading a whole file found, apart from its lines: what an import tells in the end."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from subscribers.importing.encodings import Found
from subscribers.importing.noted import Noted
from subscribers.importing.results import BadLine


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """How a file was read, and what was counted; see `results.ImportResult` for most of it.

    `titles` are the cells of its line of titles, and `told` what a person said of columns.
    """

    file_name: str
    titles: list[str]
    told: dict[str, str]
    columns: dict[str, str]
    rows: int
    bad: tuple[BadLine, ...]
    statuses: tuple[dict[str, str | int], ...]
    encoding: Found
    separator: str
    remarks: tuple[str, ...]
    noted: tuple[Noted, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self) | {"encoding": tuple(self.encoding)}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Summary:
        """Return what `as_json` made, read again."""
        encoding = Found(*values["encoding"])
        return cls(
            **values
            | {
                "bad": tuple(BadLine(**each) for each in values["bad"]),
                "statuses": tuple(values["statuses"]),
                "encoding": encoding._replace(others=tuple(encoding.others)),
                "remarks": tuple(values["remarks"]),
                "noted": tuple(Noted(**each) for each in values["noted"]),
            }
        )
