"""In which language the pages of subscribers speak: their own first, then that of the browser."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header

from newsletter.publishing.models import Publication
from newsletter.publishing.web.kept_parts import keep_part
from newsletter.statements import Statement

#: What each publication speaks, and the lists to which it goes: a row for each of them.
PUBLICATIONS = Statement(
    lambda: Publication.objects.order_by("pk").values_list("pk", "language", "lists")
)


def choose_language(request: HttpRequest, own: str, list_ids: tuple[int, ...]) -> str:
    """Return the person's own language, else the browser's among those of the publications.

    Where the browser asks for none of these, it is that of the publication whose mail brought the
    person here.
    """
    if has_words(own):
        return spoken_language(own)
    known = list_publications(request)
    spoken = {spoken_language(each) for _pk, each, _list in known}
    for wanted, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if has_words(wanted) and spoken_language(wanted) in spoken:
            return spoken_language(wanted)
    found = next((language for _pk, language, one in known if one in list_ids), "")
    if not found and len(spoken) == 1:
        return spoken.pop()
    return spoken_language(found or settings.LANGUAGE_CODE)


def list_publications(request: HttpRequest | None) -> list[tuple[int, str, int | None]]:
    """Return what each publication speaks, and the lists to which it goes."""
    return keep_part(request, "publications", PUBLICATIONS.rows)


def all_languages() -> set[str]:
    """Return the languages of all publications."""
    return {language for _pk, language, _list in PUBLICATIONS.rows()}


def spoken_language(tag: str) -> str:
    """Return the language of which there are words for a language tag; else English."""
    code = tag.lower().partition("-")[0]
    return code if code in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def has_words(tag: str) -> bool:
    """Say whether the pages have words in a language."""
    return tag.lower().partition("-")[0] in dict(settings.LANGUAGES)
