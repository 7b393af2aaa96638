"""What of a page in Japanese stands there in Latin letters, without a reason to.

`latin_words.toml` has the words that may, each with its reason.  Code, addresses and what is
marked as another language do not count.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from lxml import html

WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
ALLOWED = {word.lower() for group in WORDS.values() for words in group.values() for word in words}
#: Elements that nobody reads, and those whose text is the same in every language.
UNREAD = " | ".join(
    (
        *("//script", "//style", "//template", "//noscript", "//svg", "//code", "//pre"),
        *("//textarea", "//*[@hidden]", "//head/*[not(self::title)]"),
        "//*[@lang and not(starts-with(@lang, 'ja')) and not(self::html)]",
    )
)
#: Attributes that are shown, or read aloud.
READ = ("alt", "aria-label", "aria-description", "placeholder", "title", "data-label", "label")
WORD = re.compile(r"[A-Za-z][A-Za-z'’]+")
#: Addresses of the web and of mail, paths, names of files and settings, codes, and CSS.
ADDRESS = re.compile(
    r"https?://[^\s（）「」、。]+|[\w.+…-]+@[\w.-]+|(?:\./|/)?[\w.-]*[\w-]/[\w./-]*|\b[\w-]+\.[a-z]{2,5}\b"
    r"|\[[\w|. ]+\]|\b\w+_\w+\b|[@:][a-z-]+|\.[a-z]{2,5}\b|\b[a-z]+(?:-[a-z]+)+\b"
)


#: Dates, times and sizes as English has them, or as computers do: whole words are found above.
ENGLISH_FORM = re.compile(
    r"\b\d{1,2}/\d{1,2}/\d{2,4}\b|\b\d{1,2}(?::\d\d)? ?[ap]\.?m\b|\b[ap]\.m\."
    # A date that stands in a sentence is an example of what to type.
    r"|\b\d+(?:st|nd|rd|th)\b|^\d{4}-\d\d-\d\d(?:[T ]\d\d:.*)?$",
    re.IGNORECASE,
)


def latin_texts(page: str, names: Iterable[str] = ()) -> list[str]:
    """Return the texts of a page with words, dates or times that should be Japanese.

    `names` are of the test.
    """
    tree = html.fromstring(page)
    for each in tree.xpath(UNREAD):
        each.drop_tree()
    allowed = ALLOWED | {name.lower() for name in names}
    return sorted(
        {
            text
            for text in texts_of(tree)
            if has_other_words(text, allowed) or ENGLISH_FORM.search(text)
        }
    )


def texts_of(tree: html.HtmlElement) -> Iterator[str]:
    """Yield the texts of a page, and what is read of its elements."""
    for text in (*tree.itertext(), *(value for name in READ for value in tree.xpath(f"//@{name}"))):
        if said := " ".join(str(text).split()):
            yield said


def has_other_words(text: str, allowed: set[str]) -> bool:
    """Say whether a text has a word that is not allowed."""
    words = WORD.findall(ADDRESS.sub(" ", text))
    return any(word.lower().removesuffix("'s") not in allowed for word in words)
