"""Links inside an issue that name a heading, as GitHub and static sites make them: `#in-brief`.

Here an item has the id `item-2` whatever its headline is, and headings in a text have none.
"""

from __future__ import annotations

import re
from html import escape, unescape
from typing import TYPE_CHECKING
from urllib.parse import unquote

from newsletter.rendering import tags
from newsletter.rendering.preflight.pages import items_of

if TYPE_CHECKING:
    from newsletter.rendering.content import Content

_LINK = re.compile(r'(?<=\shref="#)[^"]+(?=")')
_ID = re.compile(r'\sid="([^"]+)"')
#: A heading without an id.
_HEADING = re.compile(
    r'<(?P<tag>h[34])(?P<rest>(?: (?:title|lang|dir)="[^"]*"){0,3})>'
    r"(?P<words>(?>(?:(?!</?h[34][ >]).)*))</(?P=tag)>",
    re.DOTALL,
)
_TAG = re.compile(r"<[^<>]*>")
_NO_WORD = re.compile(r"[\W_]+")


def with_targets(content: Content) -> Content:
    """Return an issue whose links to headings lead there; others stay as they are."""
    texts = [text for text, _ in tags.texts(content)]
    there = {item.id for item in items_of(content)}
    there |= {unescape(each) for text in texts for each in _ID.findall(text)}
    wanted = {_plain(each) for text in texts for each in _LINK.findall(text)}
    missing = {_key(each): each for each in sorted(wanted - there) if _key(each)}
    if not missing:
        return content
    ends = {_key(item.headline): item.id for item in reversed(items_of(content))}

    def with_id(heading: re.Match[str]) -> str:
        key = _key(unescape(_TAG.sub("", heading["words"])))
        if key not in missing or key in ends:
            return heading[0]
        ends[key] = missing[key]
        opening = f'<{heading["tag"]} id="{escape(ends[key])}"{heading["rest"]}>'
        return f"{opening}{heading['words']}</{heading['tag']}>"

    def led(link: re.Match[str]) -> str:
        end = ends.get(_key(_plain(link[0])), "")
        return escape(end) if end and _plain(link[0]) not in there else link[0]

    named = tags.changed(
        content, lambda text, _where, formatted: _HEADING.sub(with_id, text) if formatted else text
    )
    return tags.changed(
        named, lambda text, _where, formatted: _LINK.sub(led, text) if formatted else text
    )


def _plain(anchor: str) -> str:
    return unquote(unescape(anchor))


def _key(words: str) -> str:
    """Return words as all who make anchors of them agree: their letters and digits."""
    return _NO_WORD.sub("", words.lower())
