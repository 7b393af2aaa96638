"""The look of a publication: its template, with the colours, fonts and logo that it chose."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from newsletter.conf.config import load
from newsletter.publishing.content.pictures import DENSITY, Shown, as_shown, at_most
from newsletter.rendering import Look, Template, load_template
from newsletter.rendering.pipeline.looks import SCHEMES
from newsletter.rendering.preflight.contrast import LEAST, contrast_of
from newsletter.rendering.preflight.logo_contrast import is_lost

if TYPE_CHECKING:
    from newsletter.publishing.models import Publication

WHITE = "#ffffff"
#: The colours of what a PDF has outside of its boxes.
ON_PAPER = ("ink", "heading", "muted", "accent", "link")


def template_of(publication: Publication) -> Template:
    """Return the template of a publication as it looks there; as its files are now.

    Raises as `load_template`, and `BadInput` for a logo that cannot be shown.
    """
    template = load_template(load().email_templates, publication.template)
    look = look_of(publication)
    themed = look.applied_to(template)
    if not is_logo_lost(publication, themed.theme, "dark"):
        return themed
    return dataclasses.replace(look, logo_plate=True).applied_to(template)


def look_of(publication: Publication) -> Look:
    """Return what a publication changes of its template's theme."""
    chosen = publication.look
    logo = logo_of(publication)
    return Look(
        colours={scheme: chosen.get(scheme, {}) for scheme in SCHEMES},
        fonts=chosen.get("fonts", ""),
        logo=logo.src if logo else "",
        logo_width=logo.width if logo else 0,
        logo_height=logo.height if logo else 0,
    )


def is_logo_lost(publication: Publication, theme: Mapping[str, Any], scheme: str) -> bool:
    """Say whether the logo can hardly be seen behind the text of a mail, in light or in dark."""
    card = theme.get(scheme, {}).get("card", "")
    if publication.logo is None or not card:
        return False
    return is_lost(bytes_of_logo(publication), card)


def bytes_of_logo(publication: Publication) -> bytes:
    """Return the logo as mails show it; nothing without one."""
    if publication.logo is None:
        return b""
    widest = publication.logo_width * DENSITY
    with as_shown(publication.logo, widest=widest).file.open("rb") as file:
        data: bytes = file.read()
    return data


def logo_of(publication: Publication) -> Shown | None:
    """Return the logo as it is shown, never wider than its file; None without one."""
    if publication.logo is None:
        return None
    return at_most(publication.logo_width, publication.logo, load().site.origin)


def colours_on_paper(theme: Mapping[str, Any]) -> dict[str, str]:
    """Return the light colours for the PDF; on white, unless they can only be read on the card."""
    light: dict[str, str] = dict(theme.get("light", {}))
    card = light.get("card", WHITE)
    if not all(is_readable(light[name], WHITE) for name in ON_PAPER if name in light):
        light["paper"] = card
    return light


def is_readable(text: str, ground: str) -> bool:
    """Say whether a text can be read on a ground."""
    return contrast_of(text, ground) >= LEAST
