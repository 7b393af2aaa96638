"""The form of a list: find it, change its settings, and the words that people agree to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from newsletter.errors import BadInput, NotFound
from subscribers.importing.columns import clean_text
from subscribers.models import List
from subscribers.sign_up.models import SignUpForm
from subscribers.sign_up.surroundings import Publisher, publisher_of

#: A tag of BCP 47 without its rarer parts.
TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
MAX_TEXT = 2000
SWITCHES = ("is_open", "double_opt_in", "asks_name", "sends_welcome", "welcome_has_issue")
TEXTS = ("consent_texts", "welcome_texts")


# One short statement a request; the objects are made again only when something changed.
OPEN_FORM = """
SELECT form.id, form.*, list.*
  FROM subscribers_signupform AS form
  JOIN subscribers_list AS list ON list.id = form.list_id
 WHERE list.slug = %s AND form.is_open AND list.archived_at IS NULL
"""


def open_forms() -> QuerySet[SignUpForm]:
    """Return the forms at which people may sign up now."""
    return SignUpForm.objects.filter(is_open=True, list__archived_at=None).select_related("list")


def find_open_form(slug: str) -> SignUpForm:
    """Return the open form of a list, or raise `NotFound`."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN_FORM, [slug])
        row = cursor.fetchone()
    found = form_as_stored(row) if row else None
    if found is None:
        raise NotFound(_("nobody can sign up to a list {slug} here").format(slug=repr(slug)))
    return found


@lru_cache(maxsize=64)
def form_as_stored(row: tuple[Any, ...]) -> SignUpForm | None:
    """Return the form whose row and list are stored like this; made once until either changes.

    Nobody changes what is returned.
    """
    return open_forms().filter(pk=row[0]).first()


def form_of(one: List) -> SignUpForm:
    """Return the form of a list; one that is not saved yet where nobody has opened it."""
    found = SignUpForm.objects.filter(list=one).first()
    return found or SignUpForm(list=one)


def change_form(one: List, changes: Mapping[str, Any]) -> SignUpForm:
    """Change settings of the form of a list, all or none; raises `BadInput` naming the field."""
    form = form_of(one)
    for name, value in changes.items():
        setattr(form, name, checked(name, value))
    if form.is_open:
        check_may_open(one)
    form.changed_at = timezone.now()
    form.save()
    return form


def checked(name: str, value: Any) -> Any:
    """Return a setting as it is stored, or raise `BadInput`."""
    if name in SWITCHES:
        return bool(value)
    if name in TEXTS:
        return {read_language(tag): text for tag, text in read_texts(value).items() if text}
    if name == "frame_sites":
        return " ".join(read_origin(each) for each in str(value).split())
    raise BadInput(_("a sign-up form has no setting {name}").format(name=repr(name)))


def check_may_open(one: List) -> None:
    """Raise `BadInput` for a list that nobody can sign up to."""
    if one.archived_at is not None:
        raise BadInput(
            _("the list {slug} is archived and takes no new people").format(slug=repr(one.slug)),
            hint=_("Use the list again first: newsletter list restore {slug}").format(
                slug=one.slug
            ),
        )
    if publisher_of(one) is None:
        raise BadInput(
            _("no publication goes to the list {slug}, so nobody can be told what it is").format(
                slug=repr(one.slug)
            ),
            hint=_("Add the list to a publication first."),
        )


def read_texts(value: Mapping[str, str]) -> dict[str, str]:
    """Return texts by language, cleaned; raises `BadInput` for one that is too long."""
    texts = {tag: clean_text(str(text)).strip() for tag, text in value.items()}
    for tag, text in texts.items():
        if len(text) > MAX_TEXT:
            raise BadInput(
                _("the text in {language} is longer than {count} characters").format(
                    language=tag, count=MAX_TEXT
                )
            )
    return texts


def read_language(tag: str) -> str:
    """Return the tag of a language, or raise `BadInput`."""
    if not TAG.fullmatch(tag.strip()) or len(tag) > 35:
        raise BadInput(
            _("{tag} is no language").format(tag=repr(tag)),
            hint=_("Give its tag, such as en, ja or pt-BR."),
        )
    return tag.strip()


def read_origin(text: str) -> str:
    """Return the origin of a web site, or raise `BadInput`; it goes into a header."""
    parts = urlsplit(text.strip().rstrip("/"))
    try:
        port = f":{parts.port}" if parts.port else ""
        host = (parts.hostname or "").encode("idna").decode()
    except (ValueError, UnicodeError):
        host = port = ""
    extra = parts.path or parts.query or parts.fragment or parts.username
    name = host.removeprefix("*.")
    if (
        parts.scheme not in {"http", "https"}
        or extra
        or not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*", name)
    ):
        raise BadInput(
            _("{site} is not the address of a web site").format(site=repr(text)),
            hint=_("Give it without a path, such as https://example.org or https://*.example.org."),
        )
    return f"{parts.scheme}://{host}{port}"


def language_for(publisher: Publisher | None, accepted: str) -> str:
    """Return the tag of the language in which a form speaks: the publication's, or the reader's."""
    return (publisher.language if publisher else "") or accepted


def text_in(texts: Mapping[str, str], language: str) -> str:
    """Return the text in a language: `pt-BR`, else `pt`; empty where there is none."""
    lower = {tag.lower(): text for tag, text in texts.items()}
    tag = language.lower()
    return lower.get(tag, "") or lower.get(tag.partition("-")[0], "")


def consent_text(form: SignUpForm, publisher: Publisher, language: str) -> str:
    """Return what people agree to at a form, in a language; the program's own sentence else."""
    if own := text_in(form.consent_texts, language):
        return own
    with translation.override(language):
        return _(
            "I want to get {publication} by email. I can leave at any time by a link in every mail."
        ).format(publication=publisher.name)
