"""Links inside an issue that name a heading, as GitHub and static sites make them: `#in-brief`.

Here an item has the id `item-2` whatever its headline is, and headings in a text have none.
"""

from __future__ import annotations

import re
from collections import Counter
from html import escape, unescape
from typing import TYPE_CHECKING
from urllib.parse import unquote

from newsletter.rendering.personalisation import merge_tags
from newsletter.rendering.preflight.pages import items_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from newsletter.rendering.content import Content

_LINK = re.compile(r'(?<=\shref="#)[^"]+(?=")')
_ID = re.compile(r'\sid="([^"]+)"')
_HEADING = re.compile(
    r'<(?P<tag>h[34])(?P<rest>(?: (?:id|title|lang|dir)="[^"]*"){0,4})>'
    r"(?P<words>(?>(?:(?!</?h[34][ >]).)*))</(?P=tag)>",
    re.DOTALL,
)
_TAG = re.compile(r"<[^<>]*>")
_NO_WORD = re.compile(r"[\W_]+")

#: The words of a heading, and its id, if it has one.
Heading = tuple[str, str]


def with_targets(content: Content) -> Content:
    """Return an issue whose links to headings lead there; others stay as they are."""
    texts = [text for text, _ in merge_tags.texts_of(content)]
    there = {item.id for item in items_of(content)}
    there |= {unescape(each) for text in texts for each in _ID.findall(text)}
    wanted = {_plain(each) for text in texts for each in _LINK.findall(text)}
    missing = [each for each in sorted(wanted - there) if _key(each)]
    if not missing:
        return content
    headings = list(_headings(content))
    ends, ids = _numbered(words for words, _ in headings), [end for _, end in headings]
    for anchor in missing:
        if (index := ends.get(_key(anchor), -1)) >= 0:
            ids[index] = ids[index] or anchor

    def led(link: re.Match[str]) -> str:
        index = ends.get(_key(_plain(link[0])), -1)
        return escape(ids[index]) if index >= 0 and _plain(link[0]) not in there else link[0]

    return merge_tags.change_texts(
        _with_ids(content, ids),
        lambda text, _where, formatted: _LINK.sub(led, text) if formatted else text,
    )


def _headings(content: Content) -> Iterator[Heading]:
    """Yield the headlines of items and the headings in texts, from the top."""
    ends = iter([item.id for item in items_of(content)])
    for text, place in merge_tags.texts_of(content):
        if place.endswith(" headline"):
            yield text, next(ends)
        else:
            for heading in _HEADING.finditer(text):
                own = _ID.search(heading["rest"])
                yield unescape(_TAG.sub("", heading["words"])), unescape(own[1]) if own else ""


def _numbered(headings: Iterable[str]) -> dict[str, int]:
    """Return which heading each anchor leads to: of those with the same words, `-1` the second."""
    ends: dict[str, int] = {}
    again: dict[str, int] = {}
    times: Counter[str] = Counter()
    for index, key in enumerate(map(_key, headings)):
        if times[key]:
            again.setdefault(f"{key}{times[key]}", index)
        elif key:
            ends[key] = index
        times[key] += 1
    # A heading that has the number in its words comes before one that is only counted.
    return again | ends


def _with_ids(content: Content, ids: Iterable[str]) -> Content:
    """Return an issue whose headings have these ids, from the top."""
    left = iter(ids)

    def with_id(heading: re.Match[str]) -> str:
        end = next(left)
        if not end or _ID.search(heading["rest"]):
            return heading[0]
        opening = f'<{heading["tag"]} id="{escape(end)}"{heading["rest"]}>'
        return f"{opening}{heading['words']}</{heading['tag']}>"

    def change(text: str, place: str, formatted: bool) -> str:
        if place.endswith(" headline"):
            next(left)
        return _HEADING.sub(with_id, text) if formatted else text

    return merge_tags.change_texts(content, change)


def _plain(anchor: str) -> str:
    return unquote(unescape(anchor))


def _key(words: str) -> str:
    """Return words as all who make anchors of them agree: their letters and digits."""
    return _NO_WORD.sub("", words.lower())
