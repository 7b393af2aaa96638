"""What a site owner copies into a page: a plain form, a frame, or a small script."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import format_html

from newsletter.conf.config import load
from newsletter.errors import BadInput
from subscribers.sign_up import forms
from subscribers.sign_up.models import SignUpForm
from subscribers.sign_up.surroundings import publisher_of

#: The ways, as commands call them.
WAYS = ("html", "frame", "script")


def page_url(form: SignUpForm) -> str:
    """Return the address of the page of a form."""
    return f"{load().site.base_url}/subscribe/{form.list.slug}/"


def embed_code(form: SignUpForm, way: str) -> str:
    """Return the code of a way, ready to be copied into a page; raises `BadInput`."""
    if way not in WAYS:
        raise BadInput(
            f"{way!r} is no way to put the form into a page", hint=f"Choose: {', '.join(WAYS)}"
        )
    publisher = publisher_of(form.list)
    name = publisher.name if publisher else form.list.name
    language = (publisher.language if publisher else "") or translation.get_language() or "en"
    with translation.override(language):
        if way == "script":
            code = format_html('<script src="{}form.js" async></script>', page_url(form))
            return f"{code}\n"
        context = {"form": form, "url": page_url(form), "name": name, "language": language}
        if publisher:
            context["consent"] = forms.consent_text(form, publisher, language)
        # A plain text: where it is shown, it is escaped.
        return f"{render_to_string(f'web/embed_{way}.html', context).strip()}\n"
