r"""White space that means nothing, and the blanks that an author typed on purpose.

Python's `split()` and `\s` also take the ideographic space (U+3000) that stands between two
words of a Japanese headline, the no-break spaces (U+00A0, U+202F) of French punctuation and the
typographic spaces (U+2000 to U+200A).  Those are part of the text and stay.
"""

from __future__ import annotations

import re

#: Blank, tab, line ends of every kind (Unicode's included), and the ASCII separators.
MEANINGLESS = "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\u2028\u2029"
RUN = re.compile(f"[{MEANINGLESS}]+")


def single_spaced(text: str) -> str:
    r"""Return a text on one line, without white space at its ends, one blank for each run of it.

    >>> single_spaced("  防衛省\u3000会談 \n on\u00a0air ")
    '防衛省\u3000会談 on\xa0air'
    """
    return RUN.sub(" ", text).strip(MEANINGLESS)
