"""A line of the lists on the first page of the desk."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """An issue, where it stands, and where to go on with it: its send, or its draft.

    `label` is what the button of a row is called; one without it is a link alone.  With `posts`
    the button sends that to the address as what is to be done there; else it is a link.
    """

    title: str
    url: str
    status: str
    urgent: bool = False
    label: str = ""
    posts: str = ""
