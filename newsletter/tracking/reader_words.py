"""What was counted of readers, in words that claim no more than that."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsletter.tracking.models import CountedClicks, CountedOpens
from newsletter.tracking.reader_figures import ReaderFigures


def describe_opens(opens: CountedOpens) -> str:
    """Return how often the picture of a mail was loaded, and how often by machines."""
    said = ngettext("{count} open counted", "{count} opens counted", opens.count)
    said = said.format(count=f"{opens.count:,}")
    if not opens.by_machines:
        return said
    if opens.only_machines:
        return _("{said}, by machines alone").format(said=said)
    return _("{said}, of these {count} by machines").format(
        said=said, count=f"{opens.by_machines:,}"
    )


def describe_clicks(clicks: CountedClicks) -> str:
    """Return how often a link was followed, and which."""
    said = ngettext("{count} click counted: {url}", "{count} clicks counted: {url}", clicks.count)
    return said.format(count=f"{clicks.count:,}", url=clicks.link.url)


def describe_figures(figures: ReaderFigures) -> list[str]:
    """Return what was counted of a send, a sentence each; nothing where it is not counted."""
    said = []
    if figures.opened is not None:
        words = ngettext(
            "Opens counted: {people} person (of which {machines} only by machines).",
            "Opens counted: {people} people (of which {machines} only by machines).",
            figures.opened,
        )
        said.append(
            words.format(people=f"{figures.opened:,}", machines=f"{figures.only_machines:,}")
        )
    if figures.clicked is not None:
        words = ngettext(
            "Clicks counted: {people} person.", "Clicks counted: {people} people.", figures.clicked
        )
        said.append(words.format(people=f"{figures.clicked:,}"))
    return said
