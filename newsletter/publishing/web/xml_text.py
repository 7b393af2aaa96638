"""Text that XML can hold: feeds are XML, and whatever editors paste has to get into them."""

from __future__ import annotations

import re

#: What is no `Char` of XML 1.0 (https://www.w3.org/TR/xml/#charsets), not even when escaped.
_NO_CHAR = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def for_xml(text: str) -> str:
    r"""Return a text without the characters that XML cannot hold.

    >>> for_xml("Ferries\x0b\tand\x00 eels")
    'Ferries\tand eels'
    """
    return _NO_CHAR.sub("", text)
