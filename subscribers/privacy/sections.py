"""Who says in words what is held of a person: each app for its own rows.

An app registers a section when it starts.  Rows of a model that no section speaks for are shown
with their columns, so that nothing is left out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise

from subscribers.models import Subscriber


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """One thing that is held, in the reader's language, with its time if it has one."""

    text: str
    at: dt.datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """What is held of one kind.  `models` are the labels of those it speaks for."""

    title: str | Promise
    models: tuple[str, ...]
    list_facts: Callable[[Subscriber], Iterable[Fact]]


_SECTIONS: dict[str, Section] = {}


def register_section(name: str, section: Section) -> None:
    """Add a section, or replace the one of that name; they stand in the order of their names."""
    _SECTIONS[name] = section


def all_sections() -> list[Section]:
    """Return the sections in the order of their names."""
    return [_SECTIONS[name] for name in sorted(_SECTIONS)]
