"""Links that Google Docs and Gmail wrap into a redirect of Google: back to where they lead.

`https://www.google.com/url?q=https%3A%2F%2Fexample.org%2Fx&sa=D&source=editors&ust=…` tells
Google about every click, and shows readers a warning once `ust` has expired.
"""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qs, quote, urlsplit

#: An address of the redirect as it stands in a text; brackets belong to it in pairs only.
_REDIRECT = re.compile(
    r"https?://(?:www\.)?google\.(?:com|[a-z]{2}|co\.[a-z]{2}|com\.[a-z]{2})/url\?"
    r"(?:[^\s<>()\[\]\"'`]|\([^\s<>()]{0,1000}\)){0,8000}",
    re.IGNORECASE,
)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_CODE = re.compile(r"(?<!`)(`{1,8})(?!`)[^\n]{1,400}?(?<!`)\1(?!`)")
#: What an address may hold as it is (RFC 3986 2.2), but for the brackets that end a link.
_SAFE = "/:?#@!$&*+,;=%~-._"
#: A redirect may lead to another one.
MAX_REDIRECTS = 5


def unwrap_redirects(text: str) -> tuple[str, int]:
    """Return Markdown or plain text with redirects replaced outside of code, and how many."""
    count = 0
    fence = ""
    lines = text.split("\n")
    for index, line in enumerate(lines):
        if fence:
            fence = "" if line.strip().startswith(fence) else fence
            continue
        if opening := _FENCE.match(line):
            fence = opening[1]
            continue
        if "/url?" in line:
            lines[index], found = _unwrapped_line(line)
            count += found
    return "\n".join(lines), count


def _unwrapped_line(line: str) -> tuple[str, int]:
    parts: list[str] = []
    count = done = 0
    for code in [*_CODE.finditer(line), None]:
        stretch = line[done : code.start() if code else len(line)]
        count += sum(find_destination(each[0]) != each[0] for each in _REDIRECT.finditer(stretch))
        shown = _REDIRECT.sub(lambda match: find_destination(match[0]), stretch)
        parts += [shown, code[0] if code else ""]
        done = code.end() if code else done
    return "".join(parts), count


def find_destination(address: str) -> str:
    """Return where a redirect of Google leads; what is none, or leads nowhere, stays."""
    found = address
    for _ in range(MAX_REDIRECTS):
        if not _REDIRECT.fullmatch(found):
            break
        query = parse_qs(urlsplit(html.unescape(found)).query)
        target = next((query[key][0].strip() for key in ("q", "url") if query.get(key)), "")
        if not target.lower().startswith(("http://", "https://", "mailto:")):
            break
        found = quote(target, safe=_SAFE)
    return found
