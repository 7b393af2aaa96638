"""Texts for readers of whom nothing is known: on the web, in feeds, in the PDF."""

from __future__ import annotations

from typing import TypeVar

from newsletter.errors import BadInput
from newsletter.rendering.personalisation.language import compile_printing
from newsletter.rendering.personalisation.merge_tags import fill_merge_tags
from newsletter.rendering.personalisation.recipients import RecipientData

T = TypeVar("T")


def make_impersonal(shown: T) -> T:
    """Return a content or an entry with the words for readers of whom nothing is known.

    A merge tag that is misspelt stays as it was written: readers are not to be told.
    """
    nobody = RecipientData(email="", unsubscribe_url="", preferences_url="")
    try:
        return fill_merge_tags(shown, lambda source, _place: compile_printing(source)(nobody))
    except BadInput:
        return shown
