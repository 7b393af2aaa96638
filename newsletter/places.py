"""Where in an issue or a mail something is: `subject`, `item 2`, and how a person reads that."""

from __future__ import annotations

import re

from newsletter.phrases import Phrase, phrase

#: What is counted through an issue.
_NUMBERED = re.compile(r"(?P<kind>item|block|unfinished block) (?P<number>\d+)")
#: The places that there is one of. Their English names are also what programs call them.
PLACES = {
    str(each): each
    for each in (
        phrase("subject"),
        phrase("preheader"),
        phrase("title"),
        phrase("number"),
        phrase("date"),
        phrase("language"),
        phrase("web address"),
        phrase("lead image"),
        phrase("closing text"),
        phrase("body"),
        phrase("publication"),
        phrase("template"),
        phrase("headers"),
        phrase("site"),
        phrase("text"),
        phrase("HTML in light"),
        phrase("HTML in dark"),
    )
}


def name_place(place: str) -> str:
    """Return a place as a phrase; what is no word, such as a file, stays as it is."""
    if numbered := _NUMBERED.fullmatch(place):
        number = numbered["number"]
        if numbered["kind"] == "item":
            return phrase("item {number}", number=number)
        if numbered["kind"] == "unfinished block":
            return phrase("unfinished block {number}", number=number)
        return phrase("block {number}", number=number)
    return PLACES.get(place, place)


def name_line(place: str, line: int) -> str:
    """Return a place with the line of its text, where that is known."""
    if not line:
        return name_place(place)
    if not place:
        return phrase("line {line}", line=line)
    return phrase("{place}, line {line}", place=name_place(place), line=line)


def put_at(where: str, message: str) -> str:
    """Return a message behind the place that it is about, if that is known."""
    if not where:
        return message
    return Phrase("{where}: {message}", {"where": where, "message": message})
