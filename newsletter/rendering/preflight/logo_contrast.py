"""Whether a logo can be seen on a colour: most mail programs show it on light and on dark."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Final

from PIL import Image as Pillow

from newsletter.rendering.pipeline.image_limits import BROKEN, FORMATS, check_image
from newsletter.rendering.preflight.contrast import contrast_of

#: Of what is drawn, WCAG 2.2 (1.4.11) asks for this contrast with what is beside it.
LEAST: Final = 3.0
#: A part of the logo this large must have it; thin lines and shadows need not.
LEAST_SHARE: Final = 0.35
#: The logo is looked at this small, in pixels.
_SIZE: Final = 48
#: From this opacity on, of 255, a pixel counts.
_OPAQUE: Final = 128


@lru_cache(maxsize=64)
def is_lost(data: bytes, ground: str) -> bool:
    """Say whether a logo can hardly be seen on a colour such as `#1a2b3c`.

    A picture that has a background of its own counts as a whole.  Raises as `check_image`.
    """
    check_image(data)
    try:
        with Pillow.open(io.BytesIO(data), formats=FORMATS) as picture:
            small = picture.convert("RGBA")
            small.thumbnail((_SIZE, _SIZE))
    except BROKEN:
        return False
    raw = small.tobytes()
    pixels = (raw[at : at + 4] for at in range(0, len(raw), 4))
    drawn = [pixel for pixel in pixels if pixel[3] >= _OPAQUE]
    seen = sum(contrast_of(_hex(pixel), ground) >= LEAST for pixel in drawn)
    return bool(drawn) and seen < LEAST_SHARE * len(drawn)


def _hex(pixel: bytes) -> str:
    return f"#{pixel[:3].hex()}"
