"""The colours and fonts of a publication's public pages: those of its mail, as a style sheet."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from newsletter.errors import NewsletterError
from newsletter.publishing.content.looks import is_readable, template_of
from newsletter.publishing.models import Publication
from newsletter.publishing.web.caching import kept
from newsletter.rendering.pipeline.fonts import STACKS

if TYPE_CHECKING:
    from newsletter.rendering import Template

FIVE_MINUTES = 300
#: What site.css calls a colour, and how a theme does.
NAMES = {
    "card": "card",
    "ink": "ink",
    "soft": "muted",
    "line": "line",
    "accent": "link",
    "info-paper": "tint",
    "button": "button",
    "on-button": "button_text",
}
#: Texts that stand on the page itself; in a mail they stand on its card.
ON_PAGE = ("ink", "muted", "link")


def look_path(publication: Publication) -> str:
    """Return the path of the style sheet; it is another one once the publication was changed."""
    chosen = [publication.template, publication.look]
    version = hashlib.sha256(json.dumps(chosen, sort_keys=True).encode()).hexdigest()[:12]
    return f"{reverse('look_of', args=[publication.slug])}?v={version}"


@require_safe
@kept(FIVE_MINUTES)
def look_styles(_request: HttpRequest, slug: str) -> HttpResponse:
    """Send the style sheet; an empty one where the template is broken."""
    publication = get_object_or_404(Publication.objects.select_related("logo"), slug=slug)
    try:
        sheet = "\n".join(rules_of(template_of(publication), publication.look.get("fonts", "")))
    except NewsletterError:
        # The pages can be read without it; what is wrong is said where mail is made.
        sheet = ""
    return HttpResponse(sheet, content_type="text/css; charset=utf-8")


def rules_of(template: Template, fonts: str) -> Iterator[str]:
    """Yield the rules; without fonts of its own a publication has those of the pages."""
    light, dark = (colours_of(template.theme.get(scheme, {})) for scheme in ("light", "dark"))
    if stack := STACKS.get(fonts):
        light |= {"serif": f"{stack.text}, {stack.ja}", "sans": stack.plain}
    yield f":root {{ {declarations(light)} }}"
    yield f"@media (prefers-color-scheme: dark) {{ :root {{ {declarations(dark)} }} }}"


def colours_of(colours: Mapping[str, Any]) -> dict[str, str]:
    """Return the colours of a scheme by the names of site.css."""
    found = {name: colours[theirs] for name, theirs in NAMES.items() if theirs in colours}
    found["paper"] = paper_of(colours)
    return {name: colour for name, colour in found.items() if colour}


def paper_of(colours: Mapping[str, Any]) -> str:
    """Return the colour of the pages: that around the mail, if all texts can be read on it."""
    page, card = (str(colours.get(name, "")) for name in ("page", "card"))
    texts = [str(colours[name]) for name in ON_PAGE if name in colours]
    return page if page and all(is_readable(text, page) for text in texts) else card


def declarations(values: Mapping[str, str]) -> str:
    """Return custom properties as CSS."""
    return " ".join(f"--{name}: {value};" for name, value in values.items())
