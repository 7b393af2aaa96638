"""Languages by their codes: what may be one, its direction, and which one a person prefers."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings

#: Languages written from right to left (ISO 639); a script subtag outweighs them.
RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
RIGHT_TO_LEFT_SCRIPTS = frozenset({"arab", "hebr", "syrc", "thaa"})
#: The shape of a language tag (RFC 5646), without its rarer parts.
TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def is_language(tag: str) -> bool:
    """Say whether the text has the shape of a language tag, e.g. `en`, `pt-BR`, `zh-Hant`."""
    return TAG.fullmatch(tag) is not None


def direction_of(tag: str) -> str:
    """Return `rtl` for languages written from right to left, else `ltr`."""
    language, *rest = tag.lower().split("-")
    scripts = [part for part in rest if len(part) == 4 and part.isalpha()]
    if scripts:
        return "rtl" if scripts[0] in RIGHT_TO_LEFT_SCRIPTS else "ltr"
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def preferred_language(user: Any) -> str:
    """Return the language that an account prefers and the desk speaks; else nothing."""
    profile = getattr(user, "wagtail_userprofile", None)
    preferred = str(profile.preferred_language) if profile else ""
    return preferred if preferred in dict(settings.LANGUAGES) else ""


def language_of(user: Any) -> str:
    """Return the language that an account prefers and the desk speaks, else that of the site."""
    return preferred_language(user) or str(settings.LANGUAGE_CODE)
