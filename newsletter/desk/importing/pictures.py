"""A picture that is dropped on the lead picture of a draft, or pasted there, with what it shows."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail import hooks
from wagtail.images import get_image_model
from wagtail.images.forms import get_image_form
from wagtail.images.permissions import permission_policy
from wagtail.images.utils import find_image_duplicates

from newsletter.phrases import translate
from newsletter.publishing.content.pictures import CARD_HEIGHT, CARD_WIDTH
from newsletter.publishing.content.uploads import MAX_UPLOAD_BYTES
from newsletter.rendering.pipeline.stored_pictures import MAX_WIDTH

#: What the chooser of a draft shows of a picture.
PREVIEW = "max-165x165"


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add where a picture is sent to."""
    return [path("bring-in-picture/", take_picture, name="desk_take_picture")]


@hooks.register("insert_editor_js")
def add_script() -> SafeString:
    """Let pictures be dropped and pasted; ask what one shows before its file is sent."""
    return format_html(
        '{}<script type="module" src="{}"></script><script type="module" src="{}"></script>'
        '<link rel="stylesheet" href="{}">',
        json_script(dialog_words(), "desk-picture-words"),
        static("desk/picture-drop.js"),
        static("desk/picture-upload.js"),
        static("desk/picture-drop.css"),
    )


def dialog_words() -> dict[str, Any]:
    """Return what the dialog says, and where it sends a picture."""
    return {
        "address": reverse("desk_take_picture"),
        "most": MAX_UPLOAD_BYTES,
        "heading": _("A picture for the top"),
        "drop": _("Drop a picture here, or paste one, to upload it."),
        "shows": _("What it shows"),
        "help": _("A sentence for readers who do not see the picture."),
        "decorates": _("It only decorates"),
        "credit": _("Credit"),
        "focus": _("What stays in sight when it is cropped"),
        "across": _("Across"),
        "down": _("Down"),
        "shapes": [
            {"name": _("Wide (16:9)"), "ratio": "16 / 9"},
            {"name": _("Square"), "ratio": "1"},
            {"name": _("Beside a link"), "ratio": f"{CARD_WIDTH} / {CARD_HEIGHT}"},
        ],
        "widest": MAX_WIDTH,
        "use": _("Use this picture"),
        "cancel": _("Cancel"),
        "sending": _("It is being sent…"),
        "too_large": _("This picture is larger than {size} MB. Make it smaller first.").format(
            size=MAX_UPLOAD_BYTES // 1_000_000
        ),
        "no_picture": _("This is not a picture."),
        "lost": _("It was not sent: there is no connection, or the session is over. Try again."),
    }


@require_POST
def take_picture(request: HttpRequest) -> JsonResponse:
    """Store a picture and say how the chooser shows it; one that is here already is used again."""
    if not permission_policy.user_has_permission(request.user, "add"):
        raise PermissionDenied
    images = get_image_model()
    image = images(uploaded_by_user=request.user)
    form = get_image_form(images)(request.POST, request.FILES, instance=image, user=request.user)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    upload = form.cleaned_data["file"]
    image = form.save()
    said = [str(translate(each)) for each in getattr(upload, "changes", ())]
    twin = find_image_duplicates(image, request.user, permission_policy).first()
    if twin is not None:
        image.delete()
        image, said = twin, [_("It was here already, and is used again.")]
    return JsonResponse({"picture": chooser_state(image), "said": " ".join(said)})


def chooser_state(image: Any) -> dict[str, Any]:
    """Return what the chooser keeps of a picture."""
    preview = image.get_rendition(PREVIEW)
    return {
        "id": image.pk,
        "title": image.title,
        "edit_url": reverse("wagtailimages:edit", args=[image.pk]),
        "preview": {"url": preview.url, "width": preview.width, "height": preview.height},
        "default_alt_text": image.description,
    }
