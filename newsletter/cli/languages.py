"""The language of whoever reads the terminal."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping

#: The languages that messages are translated into.
LANGUAGES = ("en", "ja")
#: Where systems say it (GNU gettext, "Locale Environment Variables"), the weightiest first.
LOCALES = ("LC_ALL", "LC_MESSAGES", "LANG")


def language_of(variables: Mapping[str, str]) -> str:
    """Return the language that the environment asks for, of those that there are; else English.

    `LANGUAGE` is a list such as `ja:en`, and counts unless the locale is C.
    """
    locale = next((variables[name] for name in LOCALES if variables.get(name)), "")
    if code_of(locale) in {"c", "posix"}:
        return "en"
    wishes = [*variables.get("LANGUAGE", "").split(":"), locale]
    return next((code for wish in wishes if (code := code_of(wish)) in LANGUAGES), "en")


def code_of(locale: str) -> str:
    """Return the language of a locale: `ja` for `ja_JP.UTF-8`."""
    return locale.partition(".")[0].partition("@")[0].partition("_")[0].partition("-")[0].lower()


@contextlib.contextmanager
def readers_language() -> Iterator[None]:
    """Speak the language of whoever reads the terminal; Django must be ready."""
    from django.utils import translation

    with translation.override(language_of(os.environ)):
        yield
