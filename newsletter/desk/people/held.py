"""All that is held of a person, for those who answer their letter: read, download, erase."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.views.decorators.http import require_POST
from wagtail import hooks
from wagtail.admin import messages

from newsletter.desk.permissions import require_permission
from subscribers.models import Subscriber
from subscribers.privacy.erasure import erase_person
from subscribers.privacy.held import as_json, describe_person

READ = "subscribers.view_subscriber"
ERASE = "subscribers.delete_subscriber"


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the pages, behind those of the subscribers."""
    return [
        path("subscribers/<int:pk>/data/", held_page, name="desk_held"),
        path("subscribers/<int:pk>/data/file/", download_held, name="desk_held_file"),
        path("subscribers/<int:pk>/data/erase/", erase_page, name="desk_erase"),
    ]


def find_person(request: HttpRequest, pk: int, permission: str) -> Subscriber:
    """Return a person, or raise what says that there is none, or that it is not allowed."""
    require_permission(request, permission)
    return get_object_or_404(Subscriber, pk=pk)


def held_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show all that is held."""
    person = find_person(request, pk, READ)
    may_erase = request.user.has_perm(ERASE) and not person.erased
    values = {"person": person, "held": describe_person(person), "may_erase": may_erase}
    return render(request, "desk/people/held.html", values)


@require_POST
def download_held(request: HttpRequest, pk: int) -> HttpResponse:
    """Give all that is held as a file, to be sent to the person."""
    person = find_person(request, pk, READ)
    response = HttpResponse(as_json(person), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="subscriber-{person.pk}.json"'
    response["Cache-Control"] = "no-store"
    return response


def erase_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask first; erase on POST."""
    person = find_person(request, pk, ERASE)
    if request.method != "POST":
        return render(request, "desk/people/erase.html", {"person": person})
    erase_person(person)
    messages.success(request, gettext("The person is erased."))
    return redirect("desk_people")
