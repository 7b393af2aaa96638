"""What the editor says of a paste; `static/desk/paste.js` does the pasting."""

from __future__ import annotations

from django.utils.translation import gettext


def paste_words() -> dict[str, str]:
    """Return the sentences about what a paste left out or put elsewhere, by what it was."""
    return {
        "pictures": gettext("Pictures were left out: upload them, and place them yourself."),
        "embedded": gettext("Videos, formulas and embedded pages were left out."),
        "comments": gettext("Comments were left out."),
        "underlined": gettext("Underlines were left out: readers take them for links."),
        "files": gettext("Links to files on a computer were left out."),
        "tables_beside": gettext("Tables stand below, under “More, as Markdown”."),
        "tables_as_lines": gettext(
            "Tables are lines of Markdown here: in a Markdown block they become tables again."
        ),
    }
