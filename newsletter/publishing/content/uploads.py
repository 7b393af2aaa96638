"""Pictures that people upload: looked at by their header before anything decodes them.

`PICTURE_FORM` is the form of Wagtail's pictures (settings: WAGTAILIMAGES_IMAGE_FORM_BASE), and
`guard_decoding` stands before every rendition and thumbnail that Wagtail makes.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext, gettext_lazy
from wagtail.admin.forms.account import AvatarPreferencesForm
from wagtail.admin.views.account import AccountView, AvatarSettingsPanel
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm
from wagtail.images.models import SourceImageIOError
from willow.image import (
    AvifImageFile,
    BMPImageFile,
    GIFImageFile,
    HeicImageFile,
    IcoImageFile,
    ImageFile,
    JPEGImageFile,
    PNGImageFile,
    TIFFImageFile,
    WebPImageFile,
)
from willow.plugins.pillow import PillowImage
from willow.registry import registry

from newsletter.errors import BadInput, ImageTooLarge
from newsletter.phrases import phrase, translate
from newsletter.publishing.content.pictures import WIDEST
from newsletter.rendering.pipeline.image_limits import check_image
from newsletter.rendering.pipeline.mail_pictures import LARGEST_ANIMATION, check_whole, make_gif
from newsletter.rendering.pipeline.stored_pictures import store_form

#: In bytes, the largest picture that is taken: what large cameras write (settings:
#: WAGTAILIMAGES_MAX_UPLOAD_SIZE).
MAX_UPLOAD_BYTES: Final = 20_000_000
#: How the names of pictures end.
SUFFIXES = frozenset(
    {
        ".avif",
        ".bmp",
        ".gif",
        ".heic",
        ".heif",
        ".jpeg",
        ".jpg",
        ".png",
        ".svg",
        ".tif",
        ".tiff",
        ".webp",
    }
)
#: The kinds of file that Willow has Pillow decode.
DECODED = (
    AvifImageFile,
    BMPImageFile,
    GIFImageFile,
    HeicImageFile,
    IcoImageFile,
    JPEGImageFile,
    PNGImageFile,
    TIFFImageFile,
    WebPImageFile,
)


class PictureField(WagtailImageField):
    """An uploaded picture whose header was read before anything else reads the file."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.error_messages["file_too_large"] = gettext_lazy(
            "This picture has %(file_size)s; at most %(max_filesize)s are taken. Make it smaller"
            " first: a mail shows 1,200 pixels in width at most."
        )
        self.help_text = gettext_lazy(
            "JPEG, PNG, GIF, HEIC, WebP or AVIF, up to {size} MB. It is turned upright, converted"
            " and scaled down to what mails need; the place and the camera are removed."
        ).format(size=MAX_UPLOAD_BYTES // 1_000_000)

    def to_python(self, data: Any) -> Any:
        """Return the upload as it is kept, or say in words what is wrong with it."""
        if data and data.size <= self.max_upload_size:
            data = prepare_upload(data)
        return super().to_python(data)


def prepare_upload(upload: Any) -> Any:
    """Return an upload as it is kept, with what was changed as its `changes`.

    Raises `ValidationError` for one that is no picture, or has too many pixels.
    """
    upload.seek(0)
    try:
        data = upload.read()
        check_upload(data)
        kept = store_form(data)
    except ImageTooLarge as error:
        raise ValidationError(in_sentences(error), code="file_too_many_pixels") from None
    except BadInput as error:
        raise ValidationError(in_sentences(error), code="invalid_image") from None
    finally:
        upload.seek(0)
    name = kept.rename(upload.name)
    prepared = SimpleUploadedFile(name, kept.data, content_type=f"image/{kept.suffix[1:]}")
    prepared.changes = kept.changes  # type: ignore[attr-defined]
    return prepared


def in_sentences(error: BadInput) -> str:
    """Return what is wrong with an upload in the reader's language; it begins with the picture."""
    message = phrase("This picture {reason}. {hint}", reason=error.message, hint=error.hint)
    return str(translate(message))


def check_upload(data: bytes) -> None:
    """Raise `BadInput` for what no mail could show as it is, animations that are too large too."""
    header = check_whole(data)
    if header.frames > 1 and make_gif(data, WIDEST) is None:
        raise BadInput(
            phrase(
                "moves, and would have more than {size} MB in a mail",
                size=f"{LARGEST_ANIMATION / 1e6:.0f}",
            ),
            hint=phrase("Make it smaller or shorter, or upload one picture of it."),
        )


class PictureForm(BaseImageForm):
    """Asks for a picture and what it shows; its title is the name of its file, out of sight."""

    decorative = forms.BooleanField(
        required=False,
        label=gettext_lazy("It only decorates"),
        help_text=gettext_lazy("Readers who do not see it miss nothing, and are told nothing."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            self.fields["file"] = build_field(self.fields["file"])
        if "title" in self.fields:
            self.fields["title"].required = False
            self.fields["title"].widget = forms.HiddenInput()
            self.fields["title"].widget.attrs["data-picture-title"] = ""
        self.fields.pop("tags", None)
        self.ask_for_description()

    def ask_for_description(self) -> None:
        """Put what the picture shows right after its file, with the way out beside it."""
        described = self.fields["description"]
        described.label = gettext_lazy("What it shows")
        described.help_text = gettext_lazy(
            "A sentence for readers who do not see the picture. It is read aloud, and stands in"
            " its place where pictures are switched off."
        )
        self.order_fields(["title", "file", "description", "decorative"])

    def clean(self) -> dict[str, Any]:
        """Demand a description that says something, or that somebody says it needs none."""
        cleaned: dict[str, Any] = super().clean()
        file, title = cleaned.get("file"), cleaned.get("title")
        name = Path(getattr(file, "name", "") or "").name
        cleaned["title"] = title or Path(name).stem[:255] or self.instance.title
        # The first step of an upload of several pictures comes without this field.
        if self.add_prefix("description") in self.data and "description" not in self.errors:
            self.require_description(cleaned, name)
        return cleaned

    def require_description(self, cleaned: Mapping[str, Any], file_name: str) -> None:
        """Add the error where the description is missing, or is the name of a file."""
        words = (cleaned.get("description") or "").strip()
        if not words and not cleaned.get("decorative"):
            self.add_error(
                "description", gettext("Say what the picture shows, or that it only decorates.")
            )
        elif words and is_name_of_file(words, file_name):
            self.add_error(
                "description", gettext("This is the name of a file. Say what the picture shows.")
            )


def is_name_of_file(words: str, file_name: str) -> bool:
    """Say whether a description is how a file is called."""
    return Path(words).suffix.lower() in SUFFIXES or words in {file_name, Path(file_name).stem}


def build_field(field: forms.Field) -> PictureField:
    """Return our field in the place of Wagtail's, with its label, help and widget."""
    return PictureField(
        label=field.label,
        required=field.required,
        help_text=field.help_text,
        widget=field.widget,
    )


class AvatarForm(AvatarPreferencesForm):
    """The form for a person's picture at the desk, which decodes what it is given."""

    avatar = PictureField(label=gettext_lazy("Upload a profile picture"), required=False)


class AvatarPanel(AvatarSettingsPanel):
    """The panel around it."""

    form_class = AvatarForm
    template_name = "publishing/avatar.html"


class OwnAccountView(AccountView):
    """The page on which people change what is theirs."""

    def get_panels(self) -> list[Any]:
        """Return Wagtail's panels, that for the person's picture replaced."""
        panels: list[Any] = super().get_panels()
        return [replace_panel(each) for each in panels]


def replace_panel(panel: Any) -> Any:
    """Return our panel in the place of Wagtail's."""
    if isinstance(panel, AvatarSettingsPanel):
        return AvatarPanel(panel.request, panel.user, panel.profile)
    return panel


def guard_decoding() -> None:
    """Have Willow ask for the size of a picture before Pillow decodes it.

    Pictures that were stored before there was a limit are shown as missing in the desk.
    """
    for kind in DECODED:
        registry.register_converter(kind, PillowImage, decode)


def decode(image: ImageFile) -> PillowImage:
    """Return a picture decoded; `SourceImageIOError`, which Wagtail knows, if it may not be."""
    image.f.seek(0)
    try:
        check_image(image.f.read())
    except BadInput as error:
        raise SourceImageIOError(f"the picture {error}") from error
    return PillowImage.open(image)
