"""A picture as mail programs show it: GIF, JPEG or PNG, in sRGB, no wider than it is needed.

Outlook and older programs know no WebP and no AVIF, show CMYK in wrong colours or not at all, and
only a GIF moves everywhere.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, Literal

from PIL import Image as Pillow
from PIL import ImageCms, ImageOps, ImageSequence
from PIL.Image import Image

from newsletter.errors import BadInput
from newsletter.phrases import phrase
from newsletter.rendering.pipeline.image_limits import BROKEN, FORMATS, ImageHeader, check_image

Form = Literal["gif", "jpeg", "png"]

#: In bytes; a moving picture that is larger takes seconds on a phone.
LARGEST_ANIMATION: Final = 1_000_000
#: In bytes; a photo that was saved as a PNG is larger, and as a JPEG much smaller.
LARGEST_DRAWING: Final = 300_000
#: Milliseconds for a frame that says nothing of its time, as browsers do.
FRAME_TIME: Final = 100


def check_whole(data: bytes) -> ImageHeader:
    """Return the header of a picture of which everything is there; decodes all of it.

    Raises `ImageTooLarge` and `BadInput`, whose messages go on behind "the picture X".
    """
    header = check_image(data)
    try:
        with _opened(data) as picture:
            for frame in ImageSequence.Iterator(picture):
                frame.load()
                if header.frames == 1:
                    break
    except BROKEN:
        raise BadInput(
            phrase("is broken, or cut off: not all of it is there"),
            hint=phrase("Save it again, or get the whole file."),
        ) from None
    return header


@dataclass(frozen=True, kw_only=True, slots=True)
class Crop:
    """How a picture is cut: its width divided by its height, and where its focal point is.

    `x` and `y` go from 0 to 1.  The part that is left lies as browsers place a picture in a frame
    (`object-position`), so that what a page shows beforehand is what is cut.
    """

    ratio: float
    x: float = 0.5
    y: float = 0.5

    def apply(self, picture: Image) -> Image:
        """Return the part of a picture that is left."""
        width = min(picture.width, max(1, round(picture.height * self.ratio)))
        height = min(picture.height, max(1, round(width / self.ratio)))
        left = round((picture.width - width) * self.x)
        top = round((picture.height - height) * self.y)
        return picture.crop((left, top, left + width, top + height))


def mail_picture(data: bytes, width: int, crop: Crop | None = None) -> tuple[bytes, Form]:
    """Return a picture at most `width` pixels wide as mail programs show it, and its format.

    Moving pictures stay so, and whole, where `make_gif` has an answer.  Raises as `check_whole`.
    """
    header = check_image(data)
    if moving := make_gif(data, width):
        return moving, "gif"
    try:
        with _opened(data) as picture:
            picture.load()
            upright = in_srgb(ImageOps.exif_transpose(picture))
            still = narrow(crop.apply(upright) if crop else upright, width)
    except BROKEN:
        raise BadInput(phrase("is broken, or cut off"), hint=phrase("Save it again.")) from None
    drawn = header.format in {"GIF", "PNG"}
    form: Form = "png" if drawn or "A" in still.getbands() else "jpeg"
    made = as_png(still) if form == "png" else as_jpeg(still)
    if form == "png" and len(made) > LARGEST_DRAWING and not still.has_transparency_data:
        photo = as_jpeg(still)
        if len(photo) * 2 < len(made):
            return photo, "jpeg"
    return made, form


def as_png(still: Image) -> bytes:
    """Return a picture as PNG."""
    written = io.BytesIO()
    still.save(written, "PNG", optimize=True)
    return written.getvalue()


def as_jpeg(still: Image) -> bytes:
    """Return a picture as JPEG."""
    written = io.BytesIO()
    still.convert("RGB").save(written, "JPEG", quality=80, progressive=True, optimize=True)
    return written.getvalue()


def make_gif(data: bytes, width: int) -> bytes | None:
    """Return a moving picture as a GIF, or nothing for one that is still or would be too large."""
    header = check_image(data)
    if header.frames < 2:
        return None
    if header.format == "GIF" and header.width <= width:
        return data if len(data) <= LARGEST_ANIMATION else None
    try:
        with _opened(data) as picture:
            frames, times = [], []
            # An animated PNG may begin with a picture for programs that show no animation.
            first = 1 if getattr(picture, "default_image", False) and header.frames > 2 else 0
            for frame in islice(ImageSequence.Iterator(picture), first, None):
                frames.append(narrow(frame.convert("RGBA"), width))
                times.append(int(frame.info.get("duration") or FRAME_TIME))
            options: dict[str, Any] = {"duration": times, "disposal": 2}
            if "loop" in picture.info:
                options["loop"] = picture.info["loop"]
            written = io.BytesIO()
            frames[0].save(written, "GIF", save_all=True, append_images=frames[1:], **options)
    except BROKEN:
        return None
    return written.getvalue() if written.tell() <= LARGEST_ANIMATION else None


def in_srgb(picture: Image) -> Image:
    """Return a picture as RGB or RGBA in the colours of the web, by its own profile if it has one.

    Palettes and greys stay as they are: they say nothing that would have to be converted.
    """
    profile = picture.info.get("icc_profile")
    if picture.mode in {"1", "L", "P"} and "transparency" not in picture.info:
        return picture
    if picture.mode in {"P", "PA", "LA", "RGBA"} or "transparency" in picture.info:
        full = picture.convert("RGBA")
        alpha = full.getchannel("A")
        colours = _converted(full.convert("RGB"), profile)
        if alpha.histogram()[255] < alpha.width * alpha.height:
            colours.putalpha(alpha)
        return colours
    if picture.mode.startswith("I;16"):
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if picture.mode in {"I", "F"}:
        return picture.convert("L")
    return _converted(picture, profile)


def _converted(picture: Image, profile: bytes | None) -> Image:
    if profile:
        try:
            converted = ImageCms.profileToProfile(
                picture,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode="RGB",
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            # A profile of another kind of picture, or a broken one.
            converted = None
        if converted is not None:
            converted.info.pop("icc_profile", None)
            return converted
    plain = picture.convert("RGB")
    plain.info.pop("icc_profile", None)
    return plain


def narrow(picture: Image, width: int) -> Image:
    """Return a picture no wider than `width` pixels."""
    if picture.width <= width:
        return picture
    if picture.mode in {"1", "P"}:
        picture = picture.convert("RGB")
    height = max(1, round(picture.height * width / picture.width))
    return picture.resize((width, height), Pillow.Resampling.LANCZOS)


def _opened(data: bytes) -> Image:
    return Pillow.open(io.BytesIO(data), formats=FORMATS)
