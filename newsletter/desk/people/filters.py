"""The filter of the page as its address has it, and how many it finds, in words."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext

from newsletter import counted
from subscribers.finding.filters import PeopleFilter, read_filter
from subscribers.finding.pages import Found


def filter_of(values: Any) -> PeopleFilter:
    """Return the filter that a form of the page asks for, or raise as `read_filter` does."""
    names = ("list", "state", "segment", "source")
    return read_filter(
        {"text": values.get("q", "")} | {name: values.get(name, "") for name in names}
    )


def as_query(of: PeopleFilter, **more: int) -> str:
    """Return a filter as the page's address has it."""
    told = of.as_dict()
    return urlencode({("q" if name == "text" else name): told[name] for name in told} | more)


def describe_count(found: Found) -> str:
    """Say how many people are found, and no more than is known."""
    people = counted.people(found.people)
    return people if found.exact else gettext("more than {people}").format(people=people)
