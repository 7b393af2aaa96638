"""A line of the lists on the first page of the desk."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """An issue, where it stands, and where to go on with it: its send, or its draft.

    `label` is what the button of a row is called; one without it is a link alone.
    """

    title: str
    url: str
    status: str
    urgent: bool = False
    label: str = ""
