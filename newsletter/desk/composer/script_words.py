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
    return {
        "item": gettext("Item {number}"),
        "removed": gettext("“{name}” is removed."),
        "undo": gettext("Undo"),
        "close": gettext("Close"),
    }


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


def coediting_words() -> dict[str, str]:
    """Return what is said when two people write in one issue."""
    return {
        "title": gettext("{name} changed the same as you"),
        "explain": gettext("Choose whose words stay. Nothing is saved there before you do."),
        "mine": gettext("Keep mine"),
        "theirs": gettext("Take theirs"),
        "save": gettext("Save what I chose"),
        "later": gettext("Not now"),
        "pending": gettext("Not saved: {name} changed the same as you."),
        "choose": gettext("Choose"),
        "show": gettext("Show it"),
        "empty": gettext("(nothing)"),
        "here": gettext("{name} is here"),
        "own": gettext("you, in another window"),
    }


def connection_words() -> dict[str, str]:
    """Return what is said when a save does not arrive."""
    return {
        "offline": gettext(
            "No connection to the desk. Go on writing: it is kept here, and saved as soon as the"
            " desk answers."
        ),
        "back": gettext("Connected again. Everything is saved."),
        "logged_out": gettext(
            "You are logged out. What you wrote is still here: log in again in another tab, and"
            " it is saved."
        ),
        "log_in": gettext("Log in in another tab"),
        "restored": gettext(
            "This browser kept words that were never saved, from {time}. Put them back?"
        ),
        "put_back": gettext("Put them back"),
        "drop": gettext("Leave them out"),
        "invalid": gettext("Not saved. Correct this first: {problems}"),
    }
