"""Suppressed addresses in the desk: those for all mail, and those for each list."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem

from newsletter.desk.error_sentences import explain_error
from newsletter.desk.people.actions import SUPPRESS
from newsletter.desk.people.held import READ
from newsletter.desk.people.stopping import allow_everywhere, describe_removal
from newsletter.desk.people_files.pages import PERMISSION
from newsletter.desk.permissions import require_permission
from newsletter.desk.suppressions.provider import describe_lists
from newsletter.errors import NewsletterError
from subscribers import list_suppressions, suppressions
from subscribers.models import List, ListSuppression, SuppressedAddress, Suppression
from subscribers.suppressions import OWN_ACTS, Reason, Source

PER_PAGE = 50


class SuppressionsItem(MenuItem):
    """The way to the suppressions, for those who may see people."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Show it to people with the right to see subscribers."""
        return bool(request.user.has_perm(READ))


@hooks.register("register_admin_menu_item")
def suppressions_item() -> SuppressionsItem:
    """Add the way to the suppressions."""
    url = reverse("desk_suppressions")
    return SuppressionsItem(_("Suppressions"), url, name="suppressions", icon_name="no-view")


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the pages."""
    return [
        path("suppressions/", list_page, name="desk_suppressions"),
        path("suppressions/new/", add_page, name="desk_suppression_new"),
        path("suppressions/<int:pk>/remove/", remove_page, name="desk_suppression_remove"),
        path(
            "suppressions/list/<int:pk>/remove/",
            remove_for_list_page,
            name="desk_list_suppression_remove",
        ),
    ]


def list_page(request: HttpRequest) -> HttpResponse:
    """Show who is suppressed, for all mail or for one list; find them by address or note."""
    require_permission(request, READ)
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "reason", "source", "list")}
    one = List.objects.filter(slug=asked["list"]).first() if asked["list"] else None
    rows = find_rows(asked, one)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("p"))
    found = page.paginator.count
    query = urlencode({name: value for name, value in asked.items() if value})
    context = {
        "page": page,
        "asked": asked,
        "asks_nothing": not query,
        "found": gettext("Suppressed addresses: {count}").format(count=f"{found:,}"),
        "reasons": Reason.choices,
        "sources": Source.choices,
        "lists": List.objects.filter(suppressions__isnull=False).distinct(),
        "query": f"{query}&" if query else "",
        "may_change": request.user.has_perm(SUPPRESS),
        "may_import": request.user.has_perm(SUPPRESS) and request.user.has_perm(PERMISSION),
        "own_acts": OWN_ACTS,
        "provider": describe_lists(),
    }
    return render(request, "desk/suppressions/list.html", context)


def find_rows(asked: dict[str, str], one: List | None) -> QuerySet[Any]:
    """Return the suppressions that a form asks for, the newest first."""
    reason = asked["reason"] if asked["reason"] in Reason.values else ""
    rows: QuerySet[Any] = (
        list_suppressions.search(one, asked["q"], reason).select_related("list")
        if one
        else suppressions.search(asked["q"], reason)
    )
    return rows.filter(source=asked["source"]) if asked["source"] in Source.values else rows


def add_page(request: HttpRequest) -> HttpResponse:
    """Suppress an address by hand, for all mail or for one list."""
    require_permission(request, SUPPRESS)
    fault = ""
    if request.method == "POST":
        try:
            entry = add_suppression(request)
        except NewsletterError as error:
            fault = explain_error(error)
        else:
            said = gettext("{address} is suppressed.").format(address=entry.email)
            messages.success(request, said)
            return redirect("desk_suppressions")
    context = {
        "fault": fault,
        "given": request.POST,
        "lists": List.objects.filter(archived_at=None),
    }
    return render(request, "desk/suppressions/add.html", context, status=422 if fault else 200)


def add_suppression(request: HttpRequest) -> SuppressedAddress:
    """Suppress the address of a form."""
    address, note = request.POST.get("address", ""), request.POST.get("note", "").strip()
    by, slug = request.user.get_username(), request.POST.get("list", "")
    if not slug:
        return suppressions.suppress(address, Reason.MANUAL, note, by=by)
    one = List.objects.filter(slug=slug).first()
    if one is None:
        raise Http404
    return list_suppressions.suppress_for_list(address, one, Reason.MANUAL, note, by=by)


def remove_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a suppression for all mail, with a reason."""
    require_permission(request, SUPPRESS)
    return ask_removal(request, Suppression.objects.filter(pk=pk).first(), None)


def remove_for_list_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a suppression for one list, with a reason."""
    require_permission(request, SUPPRESS)
    entry = ListSuppression.objects.select_related("list").filter(pk=pk).first()
    return ask_removal(request, entry, entry.list if entry else None)


def ask_removal(
    request: HttpRequest, entry: SuppressedAddress | None, one: List | None
) -> HttpResponse:
    """Ask why; on POST remove the suppression, or say what is wrong."""
    if entry is None:
        return redirect("desk_suppressions")
    fault = ""
    if request.method == "POST":
        try:
            messages.success(request, remove_suppression(request, entry, one))
        except NewsletterError as error:
            fault = explain_error(error)
        else:
            return redirect("desk_suppressions")
    context = {
        "entry": entry,
        "list": one,
        "fault": fault,
        "given": request.POST,
        **describe_removal(entry, for_list=one is not None),
    }
    return render(request, "desk/suppressions/remove.html", context, status=422 if fault else 200)


def remove_suppression(request: HttpRequest, entry: SuppressedAddress, one: List | None) -> str:
    """Remove a suppression with the reason and the word of a form; return what is to be said."""
    why, by = request.POST.get("reason", ""), request.user.get_username()
    confirmed = "confirmed" in request.POST
    if one is not None:
        list_suppressions.remove_for_list(entry.email, one, why=why, by=by, confirmed=confirmed)
    elif "at_provider" in request.POST:
        return allow_everywhere(entry.email, reason=why, by=by, confirmed=confirmed)
    else:
        suppressions.remove(entry.email, why=why, by=by, confirmed=confirmed)
    return gettext("{address} is not suppressed any more.").format(address=entry.email)
