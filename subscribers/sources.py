"""Where a subscription came from, in the reader's language.

What is stored is English, in every language of who caused it: so it can be searched for.
"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

BY_HAND: Final = "added by hand"
PREFERENCES: Final = "preferences page"
SIGN_UP: Final = "sign-up"
IMPORT, BULK = "import of ", "bulk action "


def describe_source(source: str) -> str:
    """Return a stored source in words; what a person wrote stays as it is."""
    if source == BY_HAND:
        return _("added by hand")
    if source == PREFERENCES:
        return _("preferences page")
    if source == SIGN_UP:
        return _("sign-up")
    if source.startswith(f"{SIGN_UP}: "):
        return _("sign-up: {place}").format(place=source.removeprefix(f"{SIGN_UP}: "))
    if source.startswith(IMPORT):
        return _("import of {file}").format(file=source.removeprefix(IMPORT))
    if source.startswith(BULK):
        return _("bulk action {number}").format(number=source.removeprefix(BULK))
    return source
