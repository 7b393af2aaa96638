"""What Jinja says of a mistake in a template, as a phrase, so that it can be read in any language.

Jinja writes its sentences into `jinja2/parser.py`, `lexer.py` and `runtime.py`.  What is not among
these keeps Jinja's own words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jinja2.exceptions import TemplateNotFound

from newsletter.phrases import Phrase, phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_SENTENCES: Mapping[str, Callable[..., Phrase]] = {
    r"(?P<name>'.+') is undefined": lambda **found: phrase("{name} is undefined", **found),
    r"'(?P<owner>.+)' has no attribute (?P<name>'.+')": lambda **found: phrase(
        "'{owner}' has no attribute {name}", **found
    ),
    r"(?P<owner>.+) has no element (?P<name>.+)": lambda **found: phrase(
        "{owner} has no element {name}", **found
    ),
    r"unexpected (?P<found>'.+'), expected (?P<wanted>'.+')": lambda **found: phrase(
        "unexpected {found}, expected {wanted}", **found
    ),
    r"unexpected (?P<found>'.+')": lambda **found: phrase("unexpected {found}", **found),
    r"expected token (?P<wanted>'.+'), got (?P<found>'.+')": lambda **found: phrase(
        "expected token {wanted}, got {found}", **found
    ),
    r"No filter named (?P<name>'.+')\.": lambda **found: phrase("No filter named {name}.", **found),
    r"No test named (?P<name>'.+')\.": lambda **found: phrase("No test named {name}.", **found),
    r"Encountered unknown tag (?P<name>'.+?')\.(?P<more>.*)": lambda **found: phrase(
        "Encountered unknown tag {name}.{more}", **found
    ),
    r"Unexpected end of template\.(?P<more>.*)": lambda **found: phrase(
        "Unexpected end of template.{more}", **found
    ),
}


def explain(message: str) -> str:
    """Return a sentence of Jinja's as a phrase; what is one already, or is not known, as it is."""
    if isinstance(message, Phrase):
        return message
    for pattern, make in _SENTENCES.items():
        if found := re.fullmatch(pattern, message, re.DOTALL):
            return make(**found.groupdict())
    return message


def explain_error(error: Exception) -> str:
    """Return what an error that a template raised says; empty if it says nothing."""
    if isinstance(error, TemplateNotFound):
        return phrase("no such template: {name}", name=str(error))
    said = error.args[0] if error.args else ""
    return said if isinstance(said, Phrase) else explain(str(error))
