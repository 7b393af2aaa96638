"""The pages about the safety of an account: the second step, and where one is logged in."""

from __future__ import annotations

from functools import partial
from typing import Any

import django_otp
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from wagtail import hooks
from wagtail.admin import messages
from wagtail.users.widgets import UserListingButton

from newsletter.desk.accounts import second_step, sessions
from newsletter.desk.accounts.changes import notify_owner, second_step_words
from newsletter.desk.accounts.devices import describe_device

CHANGE_USERS = "auth.change_user"


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the pages."""
    return [
        path("account/security/", never_cache(security_page), name="desk_security"),
        path("account/second-step/", never_cache(second_step_page), name="desk_second_step"),
        path("users/<int:pk>/second-step/", reset_page, name="desk_second_step_reset"),
    ]


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    """Have the log say what was done with a second step."""
    for action, label, done in (
        (second_step.SWITCHED_ON, gettext_lazy("Second step on"), gettext_lazy("Switched on")),
        (second_step.SWITCHED_OFF, gettext_lazy("Second step off"), gettext_lazy("Switched off")),
        (
            second_step.RESET,
            gettext_lazy("Second step off, by somebody else"),
            gettext_lazy("Switched off by somebody else"),
        ),
    ):
        actions.register_action(action, label, done)


@hooks.register("register_account_menu_item")
def menu_item(_request: HttpRequest) -> dict[str, str]:
    """Lead from the account to its safety."""
    return {
        "url": reverse("desk_security"),
        "label": _("Second step and sessions"),
        "help_text": _("Log in with a code besides the password, and see where you are logged in."),
    }


@hooks.register("register_user_listing_buttons")
def reset_button(user: Any, request_user: Any) -> Any:
    """Lead from the list of users to the page that switches a second step off."""
    if not may_reset(request_user, user) or not second_step.has_second_step(user):
        return
    address = reverse("desk_second_step_reset", args=[user.pk])
    yield UserListingButton(_("Switch off the second step…"), address, priority=50)


@sensitive_post_parameters()
def security_page(request: HttpRequest) -> HttpResponse:
    """Show the second step and the sessions of who asks; on POST change them."""
    shown: dict[str, Any] = {}
    if request.method == "POST":
        action = ACTIONS.get(request.POST.get("do", ""))
        answer = action(request) if action else None
        if answer is None:
            return redirect("desk_security")
        shown = answer
    user = request.user
    own = request.session.session_key
    # The page knows at least the browser that asks for it.
    sessions.note_use(request, own or "")
    rows = [
        {"row": each, "device": describe_device(each.browser), "is_own": each.key == own}
        for each in sessions.sessions_of(user)
    ]
    shown = {
        "has_second_step": second_step.has_second_step(user),
        "codes_left": second_step.codes_left(user),
        "sessions": rows,
        "others": sum(not each["is_own"] for each in rows),
        **shown,
    }
    return render(request, "desk/accounts/security.html", shown)


def show_setup(request: HttpRequest) -> dict[str, Any] | None:
    """Show the QR code of an app that is being set up."""
    if second_step.has_second_step(request.user):
        return None
    device = second_step.begin_setup(request.user)
    return {
        "picture": second_step.picture_of(device),
        "secret": second_step.secret_of(device),
        "begun": True,
    }


def confirm_setup(request: HttpRequest) -> dict[str, Any] | None:
    """Switch the second step on with the first code of the app; other sessions end."""
    if second_step.has_second_step(request.user):
        return None
    codes = second_step.confirm_setup(request.user, request.POST.get("code", ""))
    if not codes:
        return {**(show_setup(request) or {}), "wrong": wrong_words()}
    device = second_step.app_of(request.user)
    request.session[second_step.NEEDED] = True
    django_otp.login(request, device)
    sessions.end_others(request.user, keep=request.session.session_key or "")
    messages.success(request, _("From now on you log in with a code besides the password."))
    return {"codes": codes}


def renew_codes(request: HttpRequest) -> dict[str, Any] | None:
    """Make new recovery codes, for somebody who has a code."""
    if not second_step.find_device(request.user, request.POST.get("code", "")):
        return {"wrong_now": wrong_words()}
    return {"codes": second_step.renew_codes(request.user)}


def switch_off(request: HttpRequest) -> dict[str, Any] | None:
    """Switch the second step off, for somebody who has a code."""
    if not second_step.find_device(request.user, request.POST.get("code", "")):
        return {"wrong_now": wrong_words()}
    second_step.switch_off(request.user, by=request.user)
    request.session[second_step.NEEDED] = False
    messages.success(request, _("You log in with your password alone."))
    return None


def end_one(request: HttpRequest) -> None:
    """End one other session of who asks."""
    number = request.POST.get("session", "")
    rows = sessions.sessions_of(request.user).exclude(key=request.session.session_key or "")
    row = rows.filter(pk=number).first() if number.isdecimal() else None
    if row is not None:
        sessions.end_session(row)
        messages.success(request, _("That browser is logged out."))


def end_others(request: HttpRequest) -> None:
    """End all other sessions of who asks."""
    sessions.end_others(request.user, keep=request.session.session_key or "")
    messages.success(request, _("All other browsers are logged out."))


ACTIONS = {
    "begin": show_setup,
    "confirm": confirm_setup,
    "renew": renew_codes,
    "off": switch_off,
    "end": end_one,
    "end_others": end_others,
}


def wrong_words() -> str:
    """Say that a code was not taken; not whether it was wrong or tried too often."""
    return _("This code was not accepted. Wait for the next one, then try again.")


@sensitive_post_parameters()
def second_step_page(request: HttpRequest) -> HttpResponse:
    """Ask for the code after the password; a recovery code does as well."""
    home = reverse("wagtailadmin_home")
    wanted = request.POST.get("next") or request.GET.get("next") or home
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}) and wanted.startswith(home)
    if not second_step.is_waiting(request):
        return redirect(wanted if safe else home)
    wrong = ""
    if request.method == "POST":
        if device := second_step.find_device(request.user, request.POST.get("code", "")):
            django_otp.login(request, device)
            request.session.cycle_key()
            return redirect(wanted if safe else home)
        wrong = wrong_words()
    shown = {"wrong": wrong, "next": wanted if safe else home}
    return render(request, "desk/accounts/second_step.html", shown, status=403 if wrong else 200)


def may_reset(admin: Any, user: Any) -> bool:
    """Say whether somebody may switch off the second step of an account."""
    return bool(admin.has_perm(CHANGE_USERS) and (admin.is_superuser or not user.is_superuser))


def reset_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask an admin once more; on POST switch the second step of an account off, and tell it."""
    user = get_object_or_404(get_user_model(), pk=pk)
    if not may_reset(request.user, user):
        raise PermissionDenied
    if request.method == "POST":
        if reset_second_step(user, by=request.user):
            said = _("{name} logs in with the password alone from now on.")
            messages.success(request, said.format(name=user.get_username()))
        return redirect("wagtailusers_users:index")
    return render(request, "desk/accounts/reset.html", {"account": user})


def reset_second_step(user: Any, *, by: Any) -> bool:
    """Switch the second step of somebody else off, end their sessions, and tell them by mail."""
    if not second_step.switch_off(user, by=by, action=second_step.RESET):
        return False
    sessions.end_others(user)
    transaction.on_commit(partial(notify_owner, user, user.email, second_step_words))
    return True
