"""The issues on which rendering is shown: published ones, our own, other scripts, a long one."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator
from pathlib import Path

from newsletter.publishing.importing.reading import read_issue
from newsletter.rendering.content import Block, Content, Digest, Item, LeadImage, Text
from newsletter.rendering.text.markdown import to_html
from tests.environment import ROOT
from tests.unit.rendering import samples

_WHO = ("A harbour pilot", "Two students", "The tide office", "A retired engineer", "Readers")
_DOES = ("on measuring", "and", "explaining", "comparing", "mapping", "against")
_WHAT = ("old lock gates", "buoys that report", "night ferries", "salt marshes", "harbour cranes")
_NOTES = (
    "Long, but the drawings alone are worth the hour, and the tables settle who has to pay for it.",
    "The comments disagree with nearly every number in it; read it for the method, as we all did.",
    "With the data, and a recording in which nothing happens for nine minutes, then all of it.",
    "It would have saved us most of last winter, had we only known who had tried it, and where.",
)


def of_file(path: Path) -> Content:
    """An issue as a file has it, in the publication of the samples."""
    manuscript = read_issue(path)
    items = tuple(
        Item(id=f"item-{number}", headline=item.headline, body=to_html(item.body))
        for number, item in enumerate(manuscript.items, 1)
    )
    introduction = manuscript.introduction
    greeting: tuple[Block, ...] = (Text(body=to_html(introduction)),) if introduction else ()
    return dataclasses.replace(
        samples.ENGLISH,
        title=manuscript.title,
        subject=manuscript.subject or manuscript.title,
        volume=manuscript.volume or 0,
        number=manuscript.number or 0,
        date=manuscript.date or samples.ENGLISH.date,
        lead=dataclasses.replace(_lead(), credit=manuscript.credit),
        blocks=(*greeting, Digest(items=items)),
        boilerplate=to_html(manuscript.boilerplate),
    )


def demonstration() -> Content:
    """The issue that the demonstration sends."""
    return of_file(ROOT / "newsletter" / "demo" / "samples" / "issue.md")


def sections(links: int, count: int) -> list[tuple[str, str]]:
    """Return `count` sections with `links` links and their notes, as Markdown; always the same."""
    entries = itertools.islice(_entries(), links)
    return [
        (
            f"Part {number}: what the tide brought in",
            "\n".join(itertools.islice(entries, links // count)),
        )
        for number in range(1, count + 1)
    ]


def _entries() -> Iterator[str]:
    choices = itertools.product(range(2), _WHAT, _DOES, _WHO)
    for number, (part, what, does, who) in enumerate(choices, 1):
        note = _NOTES[number % len(_NOTES)]
        address = (
            f"https://example.org/{number:04}/tideline-{part}?utm_campaign=roundup&id={number:03}"
        )
        yield f"- [{who} {does} {what}]({address}) {note}"


def roundup(links: int = 300, count: int = 12) -> Content:
    """A round-up of links; as it stands, 60 KB of Markdown."""
    items = tuple(
        Item(id=f"item-{number}", headline=headline, body=to_html(body))
        for number, (headline, body) in enumerate(sections(links, count), 1)
    )
    return dataclasses.replace(
        samples.ENGLISH,
        subject=f"{links} things the tide brought in",
        lead=None,
        blocks=(Text(body=to_html("Good morning, [first_name|reader].")), Digest(items=items)),
    )


def _lead() -> LeadImage:
    assert samples.ENGLISH.lead
    return samples.ENGLISH.lead
