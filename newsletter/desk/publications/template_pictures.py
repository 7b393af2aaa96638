"""Choose a template from pictures: each is a mail that the template makes, much reduced."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.choices import CallableChoiceIterator
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from newsletter import rendering
from newsletter.conf.config import load
from newsletter.desk.publications.example_issues import example_issue
from newsletter.errors import NewsletterError
from newsletter.publishing.content.drafts import sample_reader
from newsletter.rendering import Template, template_names
from newsletter.runtime.security_headers import MAIL, POLICY
from newsletter.template_preview.color_scheme import apply_color_scheme

PERMISSION = "publishing.change_publication"
A_MINUTE = 60
#: What the templates that ship are, in a line; by their names, which people read in commands too.
LINES = {
    "digest": gettext_lazy("Headlines on top, linked to the items below."),
    "letter": gettext_lazy("One voice, in prose."),
    "roundup": gettext_lazy("Sections of links with notes."),
}
NAMES = {
    "digest": gettext_lazy("Digest"),
    "letter": gettext_lazy("Letter"),
    "roundup": gettext_lazy("Round-up"),
}


def name_of(template: str) -> str:
    """Return what a template is called."""
    return str(NAMES.get(template, template))


def line_of(template: str) -> str:
    """Return what a template is, in a line."""
    return str(LINES.get(template) or _("A template of your own."))


def list_choices() -> Iterable[tuple[str, str]]:
    """Return the templates that there are, by name."""
    return [(name, name_of(name)) for name in template_names(load().email_templates)]


class TemplatePictures(forms.RadioSelect):
    """Radio buttons, each with the picture of a template and a line of words."""

    template_name = "desk/publications/template_pictures.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.choices = CallableChoiceIterator(list_choices)

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add where the picture is, and what is said below it."""
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        picture = reverse("desk_template_picture", args=[value])
        return {**option, "picture": picture, "line": line_of(str(value))}


def template_picture(request: HttpRequest, name: str) -> HttpResponse:
    """Show the mail that a template makes of an example, in light; nothing in it runs."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    try:
        template = rendering.load_template(load().email_templates, name)
        answer = HttpResponse(example_of(template, get_language() or "en"))
    except NewsletterError:
        raise Http404 from None
    answer.headers[POLICY] = MAIL
    answer.headers["Cache-Control"] = f"private, max-age={A_MINUTE}"
    return answer


@lru_cache(maxsize=32)
def example_of(template: Template, language: str) -> str:
    """Return the mail of an example; the same template, as its files are, makes it once."""
    mail = rendering.render(example_issue(language), template, sample_reader())
    return apply_color_scheme(mail.html, "light")
