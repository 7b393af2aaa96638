"""The page on which a person switches kinds of reminders on and off."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin import messages

from newsletter.scheduling.models import Notice, ReminderChoice


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the page."""
    return [path("account/reminders/", reminders_page, name="desk_reminders")]


@hooks.register("register_account_menu_item")
def menu_item(_request: HttpRequest) -> dict[str, str]:
    """Lead from the account to its reminders."""
    return {
        "url": reverse("desk_reminders"),
        "label": _("Reminders"),
        "help_text": _("Choose of what you are reminded by mail."),
    }


def reminders_page(request: HttpRequest) -> HttpResponse:
    """Show the kinds with a tick each; on POST keep which are ticked."""
    user: Any = request.user
    if request.method == "POST":
        ticked = set(request.POST.getlist("kind"))
        muted = [kind for kind in Notice.Kind.values if kind not in ticked]
        ReminderChoice.objects.update_or_create(user=user, defaults={"muted": muted})
        messages.success(request, _("Your choice of reminders is saved."))
        return redirect("desk_reminders")
    choice = ReminderChoice.objects.filter(user=user).first()
    muted = choice.muted if choice else []
    kinds = [(kind.value, kind.label, kind.value not in muted) for kind in Notice.Kind]
    shown = {"kinds": kinds, "has_address": bool(user.email)}
    return render(request, "desk/accounts/reminders.html", shown)
