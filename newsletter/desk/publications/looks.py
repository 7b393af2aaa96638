"""The page on which a publication gets its look, with a live mail beside the form."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.log_actions import log

from newsletter import rendering
from newsletter.desk.publications.colour_words import contrasts_of, scheme_name
from newsletter.desk.publications.example_issues import example_for
from newsletter.desk.publications.look_form import LookForm, list_themes, theme_of
from newsletter.desk.publications.template_pictures import PERMISSION, template_picture
from newsletter.errors import BadInput, NewsletterError
from newsletter.publishing.content.drafts import draft_of, sample_reader
from newsletter.publishing.content.issue_content import content_of
from newsletter.publishing.content.looks import is_logo_lost, template_of
from newsletter.publishing.models import Publication
from newsletter.publishing.web.previews import show_fault
from newsletter.rendering.content import Content
from newsletter.rendering.pipeline.looks import SCHEMES
from newsletter.runtime.security_headers import MAIL, POLICY
from newsletter.template_preview.color_scheme import apply_color_scheme


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the page, and what stands beside its form."""
    return [
        path("publications/look/<int:pk>/", look_page, name="desk_look"),
        path("publications/look/<int:pk>/mail/", look_mail, name="desk_look_mail"),
        path("publications/look/<int:pk>/contrast/", look_contrast, name="desk_look_contrast"),
        path("publications/template/<str:name>/", template_picture, name="desk_template_picture"),
    ]


def asked_for(request: HttpRequest, pk: int) -> Publication:
    """Return the publication, for somebody who may change it."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    return get_object_or_404(Publication, pk=pk)


def look_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the look of a publication; on POST keep it."""
    publication = asked_for(request, pk)
    try:
        form = LookForm(request.POST or None, instance=publication)
    except NewsletterError as error:
        messages.error(request, error.sentences)
        return redirect("publications:edit", pk)
    if form.is_valid():
        form.save()
        log(instance=publication, action="wagtail.edit", user=request.user)
        messages.success(request, kept_words(form))
        return redirect("desk_look", pk)
    if form.is_bound:
        messages.error(request, _("The look is not saved yet: see what is marked below."))
    shown = {
        "form": form,
        "publication": Publication.objects.get(pk=pk),
        "themes": list_themes(),
        "contrasts": contrast_groups(form),
        "has_issue": publication.issues.exists(),
    }
    return render(request, "desk/publications/look.html", shown)


def kept_words(form: LookForm) -> str:
    """Say what happens with the look now."""
    name = form.instance.name
    said = _("{name} has this look from now on. What is queued keeps the look it was queued with.")
    return said.format(name=name)


def look_mail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the latest issue, or an example, as the form in the address has it; nothing is kept."""
    publication = asked_for(request, pk)
    scheme = "dark" if request.GET.get("scheme") == "dark" else "light"
    try:
        shown = LookForm(request.GET or None, instance=publication).shown()
        mail = rendering.render(
            content_for(shown), template_of(shown), sample_reader(), inliner="css-inline"
        )
        answer = HttpResponse(apply_color_scheme(mail.html, scheme))
    except NewsletterError as error:
        answer = show_fault(request, error)
    answer.headers[POLICY] = MAIL
    return answer


def content_for(publication: Publication) -> Content:
    """Return the latest issue of a publication; an example where there is none."""
    issue = publication.issues.order_by("-latest_revision_created_at", "-pk").first()
    if issue is None:
        return example_for(publication)
    draft = draft_of(issue)
    draft.publication = publication
    return content_of(draft, strict=False)


def look_contrast(request: HttpRequest, pk: int) -> HttpResponse:
    """Say in words which colours of the form in the address can be read."""
    publication = asked_for(request, pk)
    try:
        form = LookForm(request.GET or None, instance=publication)
    except NewsletterError as error:
        return HttpResponse(error.sentences, content_type="text/plain; charset=utf-8")
    groups = {"contrasts": contrast_groups(form)}
    return render(request, "desk/publications/contrasts.html", groups)


def logo_words(form: LookForm, scheme: str) -> str:
    """Say that the logo can hardly be seen in a scheme, and what comes of it; else nothing."""
    try:
        lost = is_logo_lost(form.shown(), theme_of(form), scheme)
    except BadInput:
        return ""  # the field of the logo says why
    if not lost:
        return ""
    if scheme == "dark":
        return _("The logo can hardly be seen on dark: there it stands on the light colour.")
    return _("The logo can hardly be seen on light. Choose one with darker lines.")


def contrast_groups(form: LookForm) -> list[dict[str, Any]]:
    """Return for each scheme what can hardly be read, and how much can."""
    found = list(contrasts_of(theme_of(form)))
    return [
        {
            "scheme": scheme,
            "name": scheme_name(scheme),
            "hard": [each for each in found if each.scheme == scheme and not each.is_enough],
            "good": [each for each in found if each.scheme == scheme and each.is_enough],
            "logo": logo_words(form, scheme),
        }
        for scheme in SCHEMES
    ]
