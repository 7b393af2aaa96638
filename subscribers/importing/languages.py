"""The languages that a cell may name: by a tag, or by a name in English or in the language."""

from __future__ import annotations

import re
from functools import lru_cache

from django.conf.locale import LANG_INFO

from subscribers.exports.words import fold_text

#: A tag of BCP 47 without its rarer parts; programs write `en_US`, too, and `en_US.UTF-8`.
TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?(?:\.[\w-]+)?")
#: The tags of the languages that Django knows, some hundred.
TAGS = frozenset(code.partition("-")[0] for code in LANG_INFO)
#: Tags by the names of their languages, folded.
NAMES = {
    fold_text(str(info[name])): code.partition("-")[0]
    for code, info in LANG_INFO.items()
    for name in ("name", "name_local")
    if name in info and "-" not in code
}


@lru_cache(maxsize=4096)
def read_language(text: str) -> str:
    """Return the tag of the language that a cell names; blank for what is none."""
    match = TAG.fullmatch(text.strip())
    if match and match[1].lower() in TAGS:
        language, script, region = (part or "" for part in match.groups())
        parts = (language.lower(), script.title(), region.upper())
        return "-".join(part for part in parts if part)
    return NAMES.get(fold_text(text), "")
