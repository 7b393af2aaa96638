"""In which language the pages of subscribers speak: their own first, then that of the browser."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header

from newsletter.publishing.models import Publication


def choose_language(request: HttpRequest, own: str, list_ids: tuple[int, ...]) -> str:
    """Return the person's own language, else the browser's among those of the publications.

    Where the browser asks for none of these, it is that of the publication whose mail brought the
    person here.
    """
    if has_words(own):
        return spoken_language(own)
    spoken = [spoken_language(each) for each in all_languages()]
    for wanted, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if has_words(wanted) and spoken_language(wanted) in spoken:
            return spoken_language(wanted)
    of_lists = Publication.objects.filter(lists__in=list_ids).order_by("pk")
    found = of_lists.values_list("language", flat=True).first()
    if found is None and len(set(spoken)) == 1:
        return spoken[0]
    return spoken_language(found or settings.LANGUAGE_CODE)


def all_languages() -> Iterator[str]:
    """Yield the languages of all publications."""
    yield from Publication.objects.order_by().values_list("language", flat=True).distinct()


def spoken_language(tag: str) -> str:
    """Return the language of which there are words for a language tag; else English."""
    code = tag.lower().partition("-")[0]
    return code if code in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def has_words(tag: str) -> bool:
    """Say whether the pages have words in a language."""
    return tag.lower().partition("-")[0] in dict(settings.LANGUAGES)
