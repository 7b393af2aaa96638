"""`/favicon.ico`, which browsers, feed readers and mail programs ask for where they saw no page.

Many of them draw no SVG, so it is a real ICO: the envelope of `site/icon.svg`, in the colours that
the buttons of the host's publication have.
"""

from __future__ import annotations

import io
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from wagtail.models import Site

from newsletter.errors import NewsletterError
from newsletter.publishing.content.looks import template_of
from newsletter.publishing.models import Publication
from newsletter.publishing.web.caching import kept

A_DAY = 86_400
#: The colours of `site/icon.svg`: ground, and what stands on it.
PLAIN = ("#0b5470", "#ffffff")
SIZES = ((16, 16), (32, 32), (48, 48))
#: `site/icon.svg` has 32 units on each side; drawn larger, the edges are smooth when it shrinks.
UNIT = 12
ENVELOPE = ((6, 10.5), (26, 10.5), (26, 23), (6, 23), (6, 10.5))
FLAP = ((6.5, 11), (16, 18), (25.5, 11))


@require_safe
@kept(A_DAY)
def favicon(request: HttpRequest) -> HttpResponse:
    """Send the icon of the publication to which the host belongs."""
    return HttpResponse(draw_icon(*colours_for(request)), content_type="image/x-icon")


def colours_for(request: HttpRequest) -> tuple[str, str]:
    """Return ground and line for the host that is asked for; the plain ones where none is known."""
    site = Site.find_for_request(request)
    root = site.root_page_id if site else None
    publication = Publication.objects.filter(archive=root).select_related("logo").first()
    if publication is None:
        return PLAIN
    try:
        light = template_of(publication).theme.get("light", {})
    except NewsletterError:
        return PLAIN  # what is wrong is said where mail is made
    return light.get("button", PLAIN[0]), light.get("button_text", PLAIN[1])


@lru_cache(maxsize=64)
def draw_icon(ground: str, line: str) -> bytes:
    """Return the icon as ICO, in three sizes; an unknown colour is taken for the plain one."""
    # Only here: most processes never draw one.
    from PIL import Image, ImageColor, ImageDraw

    def known(colour: str, otherwise: str) -> str:
        try:
            ImageColor.getrgb(colour)
        except ValueError:
            return otherwise
        return colour

    picture = Image.new("RGBA", (32 * UNIT, 32 * UNIT))
    draw = ImageDraw.Draw(picture)
    edge = 32 * UNIT - 1
    draw.rounded_rectangle((0, 0, edge, edge), radius=7 * UNIT, fill=known(ground, PLAIN[0]))
    for path in (ENVELOPE, FLAP):
        points = [(x * UNIT, y * UNIT) for x, y in path]
        draw.line(points, fill=known(line, PLAIN[1]), width=2 * UNIT, joint="curve")
    file = io.BytesIO()
    picture.save(file, format="ICO", sizes=SIZES)
    return file.getvalue()
