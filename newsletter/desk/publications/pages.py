"""The list of publications, and the pages on which one is made, changed and deleted."""

from __future__ import annotations

from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from newsletter.desk.protection import explain_refusal
from newsletter.desk.publications.panels import settings_form
from newsletter.desk.publications.rhythm_changes import ask_about
from newsletter.phrases import translate
from newsletter.publishing.bootstrap import make_ready
from newsletter.publishing.models import Publication
from newsletter.publishing.rhythm_fields import build_cadence
from newsletter.scheduling.cadence_words import phrase_days
from newsletter.scheduling.rhythm_change import ANSWERS, rhythm_change
from newsletter.sending import trusted_time


class PublicationCreate(generic.CreateView):
    """Makes a new publication ready at once."""

    def save_instance(self) -> Publication:
        """Give it a list and an archive on the web."""
        publication: Publication = super().save_instance()
        make_ready(publication)
        return publication


class PublicationEdit(generic.EditView):
    """Shows the next dates before it changes the rhythm, and asks what becomes of queued issues."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Save; where the rhythm changes, first show what comes of it, and ask."""
        old = Publication.objects.get(pk=form.instance.pk)
        change = rhythm_change(old, form.instance, trusted_time.now())
        if not change.is_one:
            saved: HttpResponse = super().form_valid(form)
            return saved
        answer = self.request.POST.get("queued", "")
        if answer not in ANSWERS:
            return ask_about(self.request, change)
        response: HttpResponse = change.save_with(partial(super().form_valid, form), answer)
        if said := change.said(answer):
            messages.success(self.request, said)
        return response


class PublicationDelete(generic.DeleteView):
    """Deletes a publication that nothing refers to."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask once more; where it would be refused anyway, say what stands against it instead."""
        if why := explain_refusal(self.object):
            messages.error(
                request,
                gettext("{name} cannot be deleted: {why}").format(name=self.object, why=why),
            )
            return redirect("publications:edit", self.object.pk)
        response: HttpResponse = super().get(request, *args, **kwargs)
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        """Let the database refuse, which says why (`newsletter.desk.protection`).

        Wagtail would only say that the person lacks a right.
        """
        self.usage = None
        response: HttpResponse = super().form_valid(form)
        return response


def days_out(publication: Publication) -> str:
    """Return on which days a publication comes out, in words."""
    return str(translate(phrase_days(build_cadence(publication, ZoneInfo("UTC")))))


class PublicationListing(ModelViewSet):
    """The publications and their settings."""

    model = Publication
    icon = "globe"
    menu_label = _("Publications")
    menu_name = "publications"
    add_to_admin_menu = True
    add_view_class = PublicationCreate
    edit_view_class = PublicationEdit
    delete_view_class = PublicationDelete
    edit_handler = settings_form()
    copy_view_enabled = False
    list_display = [
        "name",
        "from_name",
        Column("pattern", label=_("How often"), accessor=days_out),
        Column("time_zone", label=_("Time zone")),
    ]
    add_to_reference_index = False
