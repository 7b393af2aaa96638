"""The requests behind the preview: one makes it of the form, the others show what was made.

What was made is kept for a while for the window that asked for it, so that dark mode or pictures
can be switched without making the mail again.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET
from wagtail import hooks
from wagtail.admin.views.pages.preview import PreviewOnCreate, PreviewOnEdit

from newsletter.desk.composer.mail_preview import MailPreview, make_mail_preview
from newsletter.desk.composer.mail_tests import MAY_SEE_READERS
from newsletter.errors import NewsletterError, NotFound
from newsletter.publishing.content.pdfs import pdf_of
from newsletter.publishing.models import Issue
from newsletter.publishing.web.previews import show_fault
from newsletter.runtime.security_headers import MAIL, POLICY
from newsletter.sending.operations.mail_tests import data_of
from newsletter.template_preview.color_scheme import SCHEMES, apply_color_scheme
from subscribers.finding.filters import PeopleFilter
from subscribers.finding.pages import Search
from subscribers.models import Subscriber

logger = logging.getLogger(__name__)

#: What the preview can show.
MODES = ("mail", "text", "web", "pdf")
#: How long a window may show what was made for it, in seconds.
KEPT_SECONDS = 3600
#: How many people a search names.
PEOPLE_NAMED = 8
#: What a window calls itself.
WINDOW = re.compile(r"[a-z0-9]{8,32}")
#: As in a mail program that shows no pictures.
NO_PICTURES = MAIL.replace("img-src * data:;", "")
#: The browser's own program shows a PDF, in a frame of the desk.
FRAMED_PDF = "frame-ancestors 'self'"


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """What a window shows: HTML, with the means to show it in dark, or a PDF."""

    mode: str
    html: str = ""
    pdf: str = ""


class PreviewForm:
    """Makes the preview of the form that it is sent, for an issue that is edited or created."""

    object: Issue
    request: HttpRequest
    get_form: Any
    validate_form: Any

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> JsonResponse:
        """Make the preview, and return what stands above it, or what cannot be read."""
        window = window_of(request.POST.get("preview-window", ""))
        form = self.get_form(request.POST)
        if not self.validate_form(form):
            return JsonResponse({"problems": problems_of(form)})
        form.save(commit=False)
        mode = request.POST.get("preview-mode", "")
        shown, facts = make_shown(
            request, form.instance, mode if mode in MODES else MODES[0], reader_of(request)
        )
        cache.set(key_of(request, window), shown, KEPT_SECONDS)
        return JsonResponse({"facts": facts, "url": reverse("desk_previewed", args=[window])})


class EditedPreview(PreviewForm, PreviewOnEdit):
    """The preview of an issue that exists."""

    http_method_names = ("post",)


class CreatedPreview(PreviewForm, PreviewOnCreate):
    """The preview of an issue that was not saved yet."""

    http_method_names = ("post",)


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the addresses of previews."""
    new = {"content_type_app_name": "publishing", "content_type_model_name": "issue"}
    return [
        path("issues/<int:page_id>/preview/", EditedPreview.as_view(), name="desk_preview"),
        path(
            "issues/new/<int:parent_page_id>/preview/",
            CreatedPreview.as_view(),
            new,
            name="desk_preview_new",
        ),
        path("issues/previewed/<str:window>/", find_preview, name="desk_previewed"),
        path("issues/preview-readers/", find_readers, name="desk_preview_readers"),
    ]


def window_of(name: str) -> str:
    """Return what a window calls itself, or raise `PermissionDenied`."""
    if not WINDOW.fullmatch(name):
        raise PermissionDenied
    return name


def key_of(request: HttpRequest, window: str) -> str:
    """Return the name under which a person's window finds what was made for it."""
    return f"desk-preview:{request.user.pk}:{window}"


def reader_of(request: HttpRequest) -> Subscriber | None:
    """Return the subscriber as whom the mail is looked at, for those who may see subscribers."""
    chosen = request.POST.get("preview-reader", "")
    if not chosen.isdigit() or not request.user.has_perm(MAY_SEE_READERS):
        return None
    reader = Subscriber.objects.filter(pk=int(chosen)).first()
    return reader if reader and not reader.erased else None


def problems_of(form: Any) -> list[dict[str, str]]:
    """Return what cannot be read of a form: the field, and why."""
    return [
        {"field": f"id_{name}", "label": str(form.fields[name].label or ""), "message": message}
        for name, errors in form.errors.items()
        if name in form.fields
        for message in sentences_of(errors)
    ]


def sentences_of(errors: Any) -> list[str]:
    """Return the words of errors of a field; those of blocks stand at the blocks once saved."""
    found = [str(each) for each in errors if str(each)]
    return found[:1] or [gettext("A block has an error. Save the draft to see where.")]


def make_shown(
    request: HttpRequest, issue: Issue, mode: str, reader: Subscriber | None
) -> tuple[Shown, dict[str, Any]]:
    """Return what a window shows, and the facts above it; a fault is shown in place of the mail."""
    try:
        mail = make_mail_preview(issue, data_of(reader))
        return make_mode(request, issue, mode, mail), mail.facts()
    except NewsletterError as error:
        return Shown(mode="fault", html=show_fault(request, error).content.decode()), {}
    except Exception as error:
        # An editor in mid-sentence must never lose the composer to a fault of ours.
        logger.exception("the preview of issue %s failed", issue.pk)
        return Shown(mode="fault", html=show_fault(request, error).content.decode()), {}


def make_mode(request: HttpRequest, issue: Issue, mode: str, mail: MailPreview) -> Shown:
    """Return the mail, its text, the web page or the PDF."""
    if mode == "text":
        page = render_to_string("publishing/preview_text.html", {"parts": mail}, request)
        return Shown(mode=mode, html=page)
    if mode == "web":
        page = issue.make_preview_request(request, "web").content.decode()
        return Shown(mode=mode, html=page)
    if mode == "pdf":
        return Shown(mode=mode, pdf=str(pdf_of(issue)))
    return Shown(mode=mode, html=mail.html)


@require_GET
def find_preview(request: HttpRequest, window: str) -> HttpResponseBase:
    """Return what was made for a window: in light or dark, with or without pictures."""
    shown = cache.get(key_of(request, window_of(window)))
    if not isinstance(shown, Shown):
        shown = Shown(mode="fault", html=show_fault(request, make_gone_error()).content.decode())
    if shown.pdf:
        # Django closes the file with the response.
        response: HttpResponseBase = FileResponse(Path(shown.pdf).open("rb"))  # noqa: SIM115
        response.headers[POLICY] = FRAMED_PDF
        return response
    scheme = request.GET.get("scheme", "")
    html = shown.html
    if shown.mode == "mail":
        html = apply_color_scheme(html, scheme if scheme in SCHEMES else SCHEMES[0])
    response = HttpResponse(html)
    response.headers[POLICY] = NO_PICTURES if request.GET.get("pictures") == "off" else MAIL
    return response


def make_gone_error() -> NotFound:
    """Return the error that a preview is not there any more."""
    return NotFound(
        gettext("This preview is not there any more"),
        hint=gettext("Change something, or load the page again."),
    )


@require_GET
def find_readers(request: HttpRequest) -> JsonResponse:
    """Return the subscribers whose address or name holds a text, a few of them."""
    if not request.user.has_perm(MAY_SEE_READERS):
        raise PermissionDenied
    wanted = request.GET.get("q", "").strip()
    found = Search(PeopleFilter(text=wanted)).page(size=PEOPLE_NAMED).people if wanted else ()
    rows = [{"pk": each.pk, "email": each.email, "name": each.name} for each in found]
    return JsonResponse({"people": rows})
