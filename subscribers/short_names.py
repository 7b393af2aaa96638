"""The short name by which commands and addresses call something that a person named."""

from __future__ import annotations

from django.utils.text import slugify

from newsletter.errors import BadInput
from newsletter.phrases import phrase

MAX_LENGTH = 80  #: characters, as the columns hold


def make_short_name(name: str, given: str, *, example: str) -> str:
    """Return the short name that was given, or else the one that a name makes.

    Raises `BadInput`, with an example, for one that is no slug.
    """
    slug = given or slugify(name)[:MAX_LENGTH]
    if not slug or slug != slugify(slug) or len(slug) > MAX_LENGTH:
        raise BadInput(
            phrase("{name}: no short name can be made from it", name=slug or name),
            hint=phrase(
                "Give one with lower-case letters, digits and hyphens: --slug {example}",
                example=example,
            ),
        )
    return slug
