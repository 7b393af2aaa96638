"""Citations as Pandoc writes them: `[@key]`, `[see @key, p. 3]`, `@key [p. 3]`.

Nothing here makes a reference of them.  A bare `@name` may as well be somebody's name on a social
network: it counts as a citation where it looks like a key, or where the text has others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

#: All of it, or nothing: it is not tried again a letter shorter.
_KEY = r"(?>@(?:\{[^{}\s]{1,80}\}|[A-Za-z0-9_](?:[\w:.#$%&+?<>~/-]{0,80}[\w/])?))"
#: What stands before a key in brackets, and what says behind it where to look.
_BEFORE = (
    r"(?:see(?: also)?|but see|e\.g\.,?|i\.e\.,?|cf\.?|compare|for example|also|in"
    r"|siehe(?: auch)?|vgl\.?|etwa|z\. ?B\.|voir(?: aussi)?|p\. ex\.|véase|cfr\.?|vedi|zie)"
)
_BEHIND = (
    r"(?:pp?|S|chaps?|ch|secs?|figs?|vols?|nos?|paras?|cap|art|kap)\.? ?\d"
    r"|(?:pages?|chapters?|sections?|figures?|volumes?|Seiten?|Kapitel|§+) ?\d|\d{1,4}\b"
)
#: A key with a year in it, or one of a figure, table or equation of pandoc-crossref.
_SURE = (
    r"@[A-Za-z][A-Za-z_:.-]{1,40}(?:1[5-9]|20)\d\d(?:[a-z]{0,2}|[A-Z]\w{2,40})(?![\w.-])"
    r"|@(?:fig|tbl|eq|sec|lst):[\w-]{1,60}"
)
_BRACKETED = re.compile(
    rf"\[(?:-?{_KEY}[^\[\]]{{0,300}}"
    rf"|{_BEFORE} -?{_KEY}[^\[\]]{{0,300}}"
    rf"|[^\[\]@]{{1,100}} -?{_KEY}(?:, ?(?:{_BEHIND})|; )[^\[\]]{{0,300}}"
    rf"|[^\[\]@]{{1,100}} -?(?:{_SURE})[^\[\]]{{0,300}})\]",
)
_BARE = re.compile(
    rf"(?<![\w@./:\[-])-?(?P<key>{_KEY})(?P<where> \[(?:{_BEHIND})[^\[\]]{{0,100}}\])?"
    r"(?![\w@])"
)
_SURE_KEY = re.compile(_SURE)
#: Words of links and code: who links a name says whose it is.
_LINKED = re.compile(r"<(?P<name>a|pre|code|kbd|samp)\b[^<>]*>.*?(?:</(?P=name)>|\Z)", re.DOTALL)


def without_links(html: str) -> str:
    """Return a formatted text with nothing in place of its links and code."""
    return _LINKED.sub(" ", html)


def citations_in(text: str) -> Iterator[str]:
    """Yield each citation in a text without tags, once."""
    yield from dict.fromkeys(found[0] for found in _BRACKETED.finditer(text))
    rest = _BRACKETED.sub(" ", text)
    for found in _BARE.finditer(rest):
        if found["where"] or _SURE_KEY.fullmatch(found["key"]):
            yield found[0]


def mentions_in(text: str) -> Iterator[str]:
    """Yield each `@name` in a text without tags that need be no citation, once."""
    names = (found for found in _BARE.finditer(_BRACKETED.sub(" ", text)) if not found["where"])
    keys = (found["key"] for found in names)
    yield from dict.fromkeys(key for key in keys if not _SURE_KEY.fullmatch(key))
