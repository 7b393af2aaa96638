"""Languages as people call them, in the language itself and in that of the desk."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext as _

#: How their codes are written: capitals for a country, one for a script.
LONGEST_COUNTRY = 2


@lru_cache(maxsize=1)
def language_names() -> dict[str, tuple[str, str]]:
    """Return the own name and the English name of each language, by its code."""
    return {
        code_of(code): (info["name_local"], info["name"])
        for code, info in LANG_INFO.items()
        if "name_local" in info
    }


def code_of(code: str) -> str:
    """Return a code as it is written in mails and pages: `pt-BR`, `zh-Hans`."""
    language, _, rest = code.partition("-")
    region = rest.upper() if len(rest) <= LONGEST_COUNTRY else rest.capitalize()
    return f"{language}-{region}" if rest else language


def describe_language(code: str) -> str:
    """Return a language in words: `日本語 (ja)`; an unknown code as it is."""
    names = language_names().get(code)
    return f"{names[0]} ({code})" if names else code


def languages_in_words() -> Iterator[tuple[str, str]]:
    """Yield each language in words and its name in the language of the desk."""
    found = [
        (describe_language(code), translate_name(name)) for code, (_own, name) in names_by_code()
    ]
    return iter(sorted(found, key=lambda each: each[1]))


def names_by_code() -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield the codes with both names."""
    return iter(language_names().items())


def translate_name(english: str) -> str:
    """Return the name of a language as Django translates it."""
    return _(english)


def find_language(text: str) -> str:
    """Return the code of the language that somebody means: by its code, its words, or a name.

    Whatever else it is, it is returned as it is.
    """
    given = text.strip()
    if given.endswith(")") and "(" in given:
        given = given.rpartition("(")[2].rstrip(")").strip()
    for code, (own, english) in names_by_code():
        names = (code, own, english, translate_name(english))
        if given.casefold() in {each.casefold() for each in names}:
            return code
    return given
