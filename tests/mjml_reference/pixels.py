"""How much of a page two HTML documents draw differently, in Chromium."""

from __future__ import annotations

import io
from collections.abc import Mapping

from PIL import Image, ImageChops, ImageDraw
from playwright.sync_api import Browser, Page

#: A phone and a desktop, in CSS pixels.
WIDTHS = (375, 700)

#: Shares up to this are no difference: a few pixels at the edge of a letter.
TOLERANCE = 0.0001


def shares(browser: Browser, width: int, pairs: Mapping[str, tuple[str, str]]) -> dict[str, float]:
    """Return, by name, the share of pixels that two documents differ in, from 0 to 1.

    Where one is longer, all of its surplus differs.  Whatever picture they ask for, it is the same.
    """
    context = browser.new_context(viewport={"width": width, "height": 600})
    page = context.new_page()
    page.route("**/*", lambda route: route.fulfill(body=PICTURE, content_type="image/png"))
    found = {
        name: _share(_picture(page, one), _picture(page, other))
        for name, (one, other) in pairs.items()
    }
    context.close()
    return found


def _picture(page: Page, document: str) -> Image.Image:
    page.set_content(document, wait_until="load")
    return Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")


def _share(one: Image.Image, other: Image.Image) -> float:
    size = max(one.width, other.width), max(one.height, other.height)
    first, second = (Image.new("RGB", size, "white") for _ in "12")
    first.paste(one)
    second.paste(other)
    same = ImageChops.difference(first, second).convert("L").histogram()[0]
    return 1 - same / (size[0] * size[1])


def _drawn() -> bytes:
    """Return a PNG whose scale and place can be told from how it looks."""
    picture = Image.new("RGB", (120, 80), "#4477aa")
    draw = ImageDraw.Draw(picture)
    draw.line((0, 0, 120, 80), fill="white", width=3)
    draw.rectangle((10, 50, 50, 75), fill="#ddaa33")
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


PICTURE = _drawn()
