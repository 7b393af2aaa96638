"""Raised and lowered text where nothing can be raised: 10⁶ and H₂O, not 106 and H2O.

Unicode has raised and lowered digits and signs (block Superscripts and Subscripts).  Of what it has
none, a figure would be read wrongly without a mark: `2^(3/4)`.  Letters alone are read rightly as
they are: `1st`.
"""

from __future__ import annotations

_PLAIN = "0123456789+-\u2212=()"
_RAISED = str.maketrans(f"{_PLAIN}ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_LOWERED = str.maketrans(_PLAIN, "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")


def spell_superscript(text: str) -> str:
    """Return a superscript as plain text.

    >>> raised("-3"), raised("st"), raised("3/4"), raised("[1]")
    ('⁻³', 'st', '^(3/4)', '[1]')
    """
    return _set(text, _RAISED, "^")


def lower_subscript(text: str) -> str:
    """Return a subscript as plain text.

    >>> lowered("2"), lowered("max"), lowered("1,2")
    ('₂', 'max', '_(1,2)')
    """
    return _set(text, _LOWERED, "_")


def _set(text: str, forms: dict[int, int], mark: str) -> str:
    if text.startswith("["):
        return text  # the call of a footnote
    if text and all(ord(character) in forms for character in text):
        return text.translate(forms)
    return f"{mark}({text})" if any(map(str.isdigit, text)) else text
