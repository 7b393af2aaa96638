"""The page of a list's sign-up form, and what it shows in frames."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from wagtail import hooks
from wagtail.admin import messages

from newsletter.conf.config import load
from newsletter.desk.sign_up.settings_form import SettingsForm
from newsletter.errors import BadInput, NewsletterError
from newsletter.phrases import translate
from newsletter.runtime.security_headers import MAIL, POLICY, PUBLIC
from newsletter.transports.memory import MemoryTransport
from newsletter.welcoming.mailer import SignUpMail, TransportMailer
from subscribers.models import List, Subscriber
from subscribers.sign_up import embedding, forms, numbers
from subscribers.sign_up import pages as public_pages
from subscribers.sign_up.models import SignUp
from subscribers.sign_up.surroundings import publisher_of

PERMISSION = "subscribers.change_list"
WAYS = {
    "html": _("A plain form, for any page"),
    "frame": _("A frame, without a script"),
    "script": _("A small script: the form in the page's own style"),
}
MAILS = {
    "confirm": _("Confirmation mail"),
    "already": _("To somebody who is subscribed"),
    "welcome": _("Welcome mail"),
}
#: The form in a frame of its own page here; nothing can be submitted there.
PREVIEW = PUBLIC.replace("frame-ancestors 'none'", "frame-ancestors 'self'").replace(
    "form-action 'self'", "form-action 'none'"
)


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the pages, behind those of the lists."""
    return [
        path("lists/form/<int:pk>/", form_page, name="desk_sign_up"),
        path("lists/form/<int:pk>/preview/", preview_form, name="desk_sign_up_preview"),
        path("lists/form/<int:pk>/mail/<str:kind>/", preview_mail, name="desk_sign_up_mail"),
    ]


def asked_for(request: HttpRequest, pk: int) -> List:
    """Return a list, for whoever may change it."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    return get_object_or_404(List, pk=pk)


def form_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the form of a list; on POST change its settings."""
    one = asked_for(request, pk)
    stored, publisher = forms.form_of(one), publisher_of(one)
    shown = SettingsForm(stored, publisher, request.POST if request.method == "POST" else None)
    if request.method == "POST" and shown.is_valid():
        try:
            stored = forms.change_form(one, shown.changes())
        except BadInput as error:
            shown.add_error(None, f"{translate(error.message)} {translate(error.hint)}".strip())
        else:
            said = gettext("The sign-up form of {name} is saved.").format(name=one.name)
            messages.success(request, said)
            return redirect("desk_sign_up", one.pk)
    context = {
        "list": one,
        "stored": stored,
        "publisher": publisher,
        "form": shown,
        "numbers": numbers.count_sign_ups(one, timezone.now()),
        "codes": list_codes(one) if publisher else [],
        "mails": MAILS.items(),
        "url": embedding.page_url(stored),
    }
    return render(request, "desk/sign_up/form.html", context)


def list_codes(one: List) -> list[tuple[str, Any, str]]:
    """Return the ways to put the form into a page: the name, the words, and the code."""
    form = forms.form_of(one)
    return [(way, words, embedding.embed_code(form, way)) for way, words in WAYS.items()]


@require_safe
def preview_form(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the form as people see it, open or not."""
    one = asked_for(request, pk)
    publisher = publisher_of(one)
    if publisher is None:
        raise Http404
    place = public_pages.Place(
        form=forms.form_of(one),
        publisher=publisher,
        language=publisher.language or "en",
        is_frame=True,
    )
    response = public_pages.show_form(request, place, {})
    response.headers[POLICY] = PREVIEW
    return response


@require_safe
def preview_mail(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Show a mail of the sign-up, as an invented person would get it."""
    one = asked_for(request, pk)
    if kind not in MAILS:
        raise Http404
    try:
        made = sample_mail(one, kind)
    except NewsletterError as error:
        context = {"message": translate(error.message), "hint": translate(error.hint)}
        response = render(request, "publishing/preview_fault.html", context)
    else:
        response = HttpResponse(made.message.html)
    response.headers[POLICY] = MAIL
    return response


def sample_mail(one: List, kind: str) -> SignUpMail:
    """Return a mail to an invented person; it goes nowhere."""
    mailer = TransportMailer(MemoryTransport())
    sign_up = SignUp(list=one, email="robin.reader@example.org")
    person = Subscriber(pk=0, email=sign_up.email, name="Robin Reader")
    if kind == "confirm":
        ends_at = timezone.now() + dt.timedelta(days=load().sign_up.valid_days)
        return mailer.confirmation(sign_up, f"{load().site.base_url}/c/preview", ends_at)
    make = mailer.already if kind == "already" else mailer.welcome
    return make(sign_up, person)
