"""Whose a picture is: the name, without the label that people write before it.

Mail and PDF write a label of their own, `Image: …`, in the language of the issue.
"""

from __future__ import annotations

import re

#: A line that says whose the picture is.
CREDIT = re.compile(
    r"(?:(?:Image|Photo|Picture) ?(?:Source|Credit|by)?"
    r"|(?:写真|画像)(?:提供|出典|クレジット)?|撮影者?|クレジット) ?[:：] ?(.+)",
    re.IGNORECASE,
)


def without_label(credit: str | None) -> str:
    """Return `Ann Abe` for `Photo: Ann Abe`; what has no such label stays as it is."""
    found = CREDIT.fullmatch((credit or "").strip())
    return found[1].strip() if found else credit or ""
