"""Lists in the desk: one that is in use is not deleted, but can be archived."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.views import generic
from wagtail.admin.widgets.button import HeaderButton

from newsletter.desk.kept_figures import counts_of
from subscribers import lists
from subscribers.models import List

PERMISSION = "subscribers.change_list"


class ListIndex(generic.IndexView):
    """The lists, each with the way to archive it and to export it; and the way to imports."""

    @cached_property
    def header_buttons(self) -> list[Any]:
        """Add the imports beside the way to a new list."""
        buttons: list[Any] = list(super().header_buttons)
        return [*buttons, *import_buttons(self.request.user)]

    def get_table(self, object_list: Any, **options: Any) -> Any:
        """Let each row know how many people are on its list."""
        rows = list(object_list)
        counts = counts_of(rows)
        for one in rows:
            one.counts = counts[one.pk]
        return super().get_table(rows, **options)

    def get_list_more_buttons(self, instance: List) -> list[Any]:
        """Add the sign-up form, and archiving or the way back, to what can be done with a list."""
        label = gettext("Use again…") if instance.archived_at else gettext("Archive…")
        url = reverse("desk_list_archive", args=[instance.pk])
        button = MenuItem(label, url=url, icon_name="folder", priority=50)
        address = reverse("desk_sign_up", args=[instance.pk])
        form = MenuItem(gettext("Sign-up form…"), url=address, icon_name="form", priority=40)
        export_url = reverse("desk_list_export", args=[instance.pk])
        export = MenuItem(gettext("Export…"), url=export_url, icon_name="upload", priority=45)
        return [*super().get_list_more_buttons(instance), form, export, button]


def import_buttons(user: Any) -> list[HeaderButton]:
    """Return the ways to a new import and to all there were, for somebody who may import."""
    if not user.has_perm(PERMISSION):
        return []
    new, runs = reverse("desk_import_new"), reverse("desk_imports")
    return [
        HeaderButton(gettext("Import people"), url=new, icon_name="download"),
        HeaderButton(gettext("Imports"), url=runs, icon_name="history"),
    ]


class ListDelete(generic.DeleteView):
    """Deletes a list that nothing refers to; offers to archive any other."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Lead to the offer where the list is in use."""
        if request.user.has_perm("subscribers.delete_list") and lists.describe_uses(self.object):
            if request.method == "POST":
                in_use = gettext("{name} cannot be deleted: it is in use.").format(
                    name=self.object.name
                )
                messages.error(request, in_use)
            return redirect("desk_list_archive", self.object.pk)
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response


def state_of(one: List) -> str:
    """Return whether a list is in use, for the table."""
    return gettext("archived") if one.archived_at else ""


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the page, behind those of the lists."""
    return [path("lists/archive/<int:pk>/", archive_page, name="desk_list_archive")]


def archive_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what a list is used for and what archiving means; on POST archive it, or restore it."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    one = get_object_or_404(List, pk=pk)
    if request.method != "POST":
        return render(
            request, "desk/list_archive.html", {"list": one, "uses": lists.describe_uses(one)}
        )
    if "restore" in request.POST:
        lists.restore(one)
        messages.success(request, gettext("{name} is in use again.").format(name=one.name))
    else:
        lists.archive(one)
        messages.success(request, gettext("{name} is archived.").format(name=one.name))
    return redirect("lists:index")
