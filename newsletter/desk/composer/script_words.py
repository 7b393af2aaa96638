"""The sentences that scripts of the composer say, in the language of whoever reads them."""

from __future__ import annotations

from django.utils.translation import gettext


def counter_words() -> dict[str, str]:
    """Return what counters say of a subject, a preheader or a headline that grows long."""
    return {
        "near": gettext("{count} of about {limit} characters that a phone shows"),
        "phone": gettext("{count} characters; a phone shows about {limit}"),
        "desktop": gettext("{count} characters; even a desktop shows only about {limit}"),
    }


def item_words() -> dict[str, str]:
    """Return how an item of a digest is called."""
    return {"item": gettext("Item {number}")}


def finding_words() -> dict[str, str]:
    """Return how findings beside the fields are announced."""
    return {
        "found": gettext("The check finds {summary}"),
        "nothing": gettext("The check finds nothing that stands in the way."),
        "looking": gettext("Links are being looked at…"),
        "all": gettext("See all"),
        "error": gettext("Error"),
        "warning": gettext("Warning"),
    }
