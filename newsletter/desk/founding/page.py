"""The page on which a newsletter is set up, and the one that says where its link is."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from wagtail.admin import messages

from newsletter.dates import format_time
from newsletter.desk.founding.entrance import is_valid
from newsletter.desk.founding.form import SetupForm
from newsletter.desk.founding.making import create_newsletter, is_empty
from newsletter.desk.publications.rhythm import describe_rhythm
from newsletter.errors import InvalidTransition
from newsletter.publishing.rights import BACKEND
from newsletter.scheduling.cadence import Cadence
from newsletter.sending import trusted_time
from newsletter.throttling.logins import remember

#: How many dates are shown.
DATES = 4


@never_cache
def setup_needed(request: HttpRequest) -> HttpResponse:
    """Say that nothing is set up yet, and where the link stands."""
    if not is_empty():
        return redirect("wagtailadmin_login")
    return render(request, "desk/founding/needed.html", {"is_old": False})


@never_cache
@sensitive_post_parameters("password", "password_again")
def setup_page(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for everything; on POST show the dates, or set the newsletter up and log in."""
    if not is_empty():
        return redirect("wagtailadmin_login")
    if not is_valid(token):
        return render(request, "desk/founding/needed.html", {"is_old": True}, status=403)
    form = SetupForm(request.POST or None)
    if request.method != "POST":
        return show_form(request, form)
    is_complete = form.is_valid()
    if "show_dates" in request.POST:
        return show_form(request, without_errors(form))
    if not is_complete:
        return show_form(request, form)
    try:
        publication, account = create_newsletter(form.answers(), form.first_user())
    except InvalidTransition:
        return redirect("wagtailadmin_login")
    remember(request, account)
    login(request, account, backend=BACKEND)
    words = gettext("{publication} is set up. The first steps stand below.")
    messages.success(request, words.format(publication=publication.name))
    return redirect("wagtailadmin_home")


def without_errors(form: SetupForm) -> SetupForm:
    """Return the form with the errors of the rhythm alone: somebody only looks at the dates."""
    shown = ("zone", "weeks", "weekday", "time", "starts_on")
    for name in [each for each in form.errors if each not in shown]:
        del form.errors[name]
    return form


def show_form(request: HttpRequest, form: SetupForm) -> HttpResponse:
    """Show the form with the next dates."""
    for name in form.errors:
        if name in form.fields:
            form.fields[name].widget.attrs["aria-invalid"] = "true"
    context: dict[str, Any] = {
        "form": form,
        "parts": [
            (title, [form[name] for name in names], "weeks" in names)
            for title, names in SetupForm.PARTS
        ],
        **describe_dates(form.dates()),
    }
    return render(request, "desk/founding/setup.html", context)


def describe_dates(rhythm: Cadence | None) -> dict[str, Any]:
    """Return the rhythm in words, and its next dates."""
    if rhythm is None:
        return {"words": "", "dates": []}
    coming = islice(rhythm.dates(trusted_time.now()), DATES)
    return {
        "words": describe_rhythm(rhythm),
        "dates": [format_time(rhythm.time_on(day), rhythm.zone.key) for day in coming],
    }
