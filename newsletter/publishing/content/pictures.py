"""Pictures of issues: taken in once, and made as large as a mail shows them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.files.base import ContentFile
from django.db.models import ProtectedError, Q
from wagtail.images import get_image_model
from wagtail.images.models import SourceImageIOError

from newsletter.errors import BadInput
from newsletter.phrases import phrase
from newsletter.publishing.content.credits import without_label
from newsletter.rendering.content import LeadImage
from newsletter.rendering.pipeline.mail_pictures import Crop, Form, mail_picture
from newsletter.rendering.pipeline.stored_pictures import store_form

#: The widest a picture is shown in a mail, in CSS pixels; screens have two dots to each.
SHOWN_WIDTH = 600
#: The same inside a text, which is narrower than the mail: it fits into every shipped template.
TEXT_WIDTH = 540
DENSITY = 2
#: In pixels, the widest file that is made for a mail.
WIDEST = SHOWN_WIDTH * DENSITY
#: What is made of a picture for a mail.
FORMS: tuple[Form, ...] = ("gif", "jpeg", "png")
#: The shapes that a lead picture can be cut to: width divided by height.
SHAPES = {"16:9": 16 / 9, "3:2": 3 / 2, "1:1": 1.0}
#: That of the picture that stands beside a link to an issue elsewhere, in pixels.
CARD_WIDTH, CARD_HEIGHT = 1200, 630


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A stored picture as a mail shows it: its address, its size in CSS pixels."""

    src: str
    width: int
    height: int


def lead_image(value: Any, origin: str) -> LeadImage | None:
    """Return the picture of a lead block, or nothing while there is none."""
    if value["image"] is not None:
        return build_lead_image(value, origin)
    if not value["address"]:
        return None
    return LeadImage(src=value["address"], credit=without_label(value["credit"]), **words_of(value))


def build_lead_image(value: Any, origin: str) -> LeadImage:
    """Return an uploaded picture in twice the size it is shown in."""
    image = value["image"]
    shown = at_most(SHOWN_WIDTH, image, origin, SHAPES.get(value.get("shape") or "", 0))
    return LeadImage(
        src=shown.src,
        credit=without_label(value["credit"]),
        width=shown.width,
        height=shown.height,
        **words_of(value),
    )


def words_of(value: Any) -> dict[str, Any]:
    """Return what is said of a lead picture to whoever does not see it, and its file's name."""
    image, decorative = value["image"], bool(value.get("decorative"))
    described = value["alt"] or (image.description if image else "")
    return {
        "alt": "" if decorative else described,
        "decorative": decorative,
        "file_name": Path(image.filename).name if image else "",
    }


def find_picture(pk: int, origin: str) -> Shown | None:
    """Return a picture inside a text, or nothing once it is deleted."""
    image = get_image_model().objects.filter(pk=pk).first()
    return at_most(TEXT_WIDTH, image, origin) if image else None


def fit_picture(address: str, width: int, height: int) -> Shown:
    """Return a picture on the web as wide as it is, or as a text may be."""
    shown = max(1, min(TEXT_WIDTH, width))
    return Shown(src=address, width=shown, height=max(1, round(height * shown / max(1, width))))


def card_address(body: Any, origin: str) -> str:
    """Return the address of the lead picture as it stands beside a link, or nothing."""
    leads = (each.value for each in body if each.block_type == "lead_image")
    image = next((each["image"] for each in leads if each["image"] is not None), None)
    if image is None:
        return ""
    try:
        return f"{origin}{as_shown(image, CARD_WIDTH / CARD_HEIGHT).url}"
    except BadInput:
        return ""


def at_most(widest: int, image: Any, origin: str, ratio: float = 0) -> Shown:
    """Return a picture as wide as it is, or as wide as it may be; cut where a ratio is given."""
    rendition = as_shown(image, ratio, min(WIDEST, widest * DENSITY))
    width = min(widest, rendition.width)
    height = round(rendition.height * width / rendition.width)
    return Shown(src=f"{origin}{rendition.url}", width=width, height=height)


def as_shown(image: Any, ratio: float = 0, widest: int = WIDEST) -> Any:
    """Return a picture in the form for mails, `widest` pixels wide at most.

    It is made when it is first asked for.  With a `ratio` (width divided by height) it is cut to
    that, around its focal point.  `BadInput` says why it cannot be made.
    """
    key = crop_key(image) if ratio else ""
    specs = [spec_of(form, ratio, widest) for form in FORMS]
    made = image.renditions.filter(filter_spec__in=specs, focal_point_key=key).first()
    return made or make_rendition(image, ratio, widest)


def spec_of(form: Form, ratio: float, widest: int) -> str:
    """Return under which name Wagtail keeps a picture in a form."""
    if not ratio:
        return f"width-{widest}|format-{form}"
    return f"fill-{widest}x{round(widest / ratio)}|format-{form}"


def crop_of(image: Any, ratio: float) -> Crop | None:
    """Return how a picture is cut: around its focal point, or its middle."""
    if not ratio:
        return None
    x, y = image.focal_point_x, image.focal_point_y
    if x is None or y is None:
        return Crop(ratio=ratio)
    return Crop(ratio=ratio, x=min(1.0, x / image.width), y=min(1.0, y / image.height))


def crop_key(image: Any) -> str:
    """Return what tells a cut apart from one around another focal point."""
    if image.focal_point_x is None:
        return "middle"
    return f"{image.focal_point_x}-{image.focal_point_y}"[:16]


def make_rendition(image: Any, ratio: float = 0, widest: int = WIDEST) -> Any:
    """Return what is made of a picture for mails, stored as Wagtail does."""
    try:
        with image.open_file() as file:
            data, form = mail_picture(file.read(), widest, crop_of(image, ratio))
    except (SourceImageIOError, OSError):
        raise build_error(image, phrase("cannot be read")) from None
    except BadInput as error:
        raise build_error(image, error.message, error.hint) from None
    key = crop_key(image) if ratio else ""
    cut = f"-{round(ratio * 100)}-{key}" if ratio else ""
    name = f"{Path(image.filename).stem[:60]}.width-{widest}{cut}.{form.replace('jpeg', 'jpg')}"
    with ContentFile(data, name=name) as file:
        rendition, _ = image.renditions.get_or_create(
            filter_spec=spec_of(form, ratio, widest), focal_point_key=key, defaults={"file": file}
        )
    return rendition


def build_error(image: Any, reason: str, hint: str = "") -> BadInput:
    """Return the error to raise about a stored picture."""
    message = phrase("the picture “{name}” {reason}", name=image.title, reason=reason)
    return BadInput(message, hint=hint or phrase("Upload it again, or choose another one."))


def store_picture(data: bytes, *, name: str, description: str) -> Any:
    """Return the stored picture with these bytes; the same bytes are stored once.

    Raises `ImageTooLarge`, and `BadInput` for what is no picture, or not all of one.
    """
    kept = store_form(data)
    data, name = kept.data, kept.rename(name)
    images = get_image_model()
    digest = hashlib.sha1(data, usedforsecurity=False).hexdigest()
    if image := images.objects.filter(file_hash=digest).first():
        return image
    file = ContentFile(data, name=name)
    image = images(title=Path(name).stem[:255], description=description[:255], file=file)
    image.file_size, image.file_hash = len(data), digest
    image.save()
    return image


def refuse_in_use(instance: Any, **_: Any) -> None:
    """Raise `ProtectedError` before a picture is deleted that an issue shows, or a mail links to.

    Mail that was sent shows its pictures from here for as long as it is kept.
    """
    if issues := shown_by(instance):
        raise ProtectedError("an issue shows the picture", set(issues))


def shown_by(image: Any) -> list[Any]:
    """Return the issues whose drafts, web pages or mails show a picture."""
    names = [image.file.name, *(each.file.name for each in image.renditions.all())]
    in_mail = Q()
    for name in names:
        in_mail |= Q(editions__document__contains=name)
    issue_model = apps.get_model("publishing", "Issue")
    found = set(issue_model.objects.filter(in_mail))
    for issue in issue_model.objects.select_related("latest_revision", "live_revision"):
        stored_forms = [issue, *(rev.as_object() for rev in revisions_of(issue))]
        if any(image.pk in pictures_of(each) for each in stored_forms):
            found.add(issue)
    return sorted(found, key=lambda issue: issue.pk)


def revisions_of(issue: Any) -> list[Any]:
    """Return the latest draft of an issue and what is on the web, where there is any."""
    return [each for each in (issue.latest_revision, issue.live_revision) if each is not None]


def pictures_of(issue: Any) -> set[int]:
    """Return the numbers of the stored pictures in the blocks and texts of an issue."""
    named = {int(number) for number in issue.metadata.get("_pictures", {}).values()}
    return named | {
        int(pk)
        for model, pk, _path, _content in issue.body.stream_block.extract_references(issue.body)
        if model is get_image_model()
    }
