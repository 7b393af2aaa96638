"""The form with which people log in to the desk."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin.forms.auth import LoginForm as WagtailLoginForm
from wagtail.admin.views.account import PasswordResetConfirmView, PasswordResetDoneView

from newsletter.desk.accounts.own_mail import files_note
from newsletter.publishing.rights import BACKEND
from newsletter.throttling.forms import as_minutes
from newsletter.throttling.logins import remember


class LoginForm(WagtailLoginForm):
    """Says when to try again, once there were too many tries."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the field that Wagtail leaves to the name in its code."""
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("Password")

    def get_invalid_login_error(self) -> ValidationError:
        """Return what is shown to who was not let in."""
        wait = getattr(self.request, "retry_after", 0)
        if not wait:
            error: ValidationError = super().get_invalid_login_error()
            return error
        return ValidationError(
            ngettext(
                "There were too many tries. Wait %(minutes)s minute, then try again;"
                " or log in with a browser in which you were logged in before.",
                "There were too many tries. Wait %(minutes)s minutes, then try again;"
                " or log in with a browser in which you were logged in before.",
                as_minutes(wait),
            ),
            code="too_often",
            params={"minutes": as_minutes(wait)},
        )


class ResetSentView(PasswordResetDoneView):
    """The page that says where the link to a new password is."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add where mail is that was only written to a file."""
        return {**super().get_context_data(**kwargs), "files_note": files_note()}


class NewPasswordView(PasswordResetConfirmView):
    """The page behind the link in a mail, where a password is set."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add whose password is set, and what the account may do if it is the first one."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        if not self.validlink:
            return {
                **context,
                "page_name": _("This link does not work"),
                "sentences": [_("It was used already, or it is older than three days.")],
            }
        account = self.user.get_username()
        is_new = not self.user.has_usable_password()
        name = _("Welcome") if is_new else _("Set a new password")
        sentences = [
            _("This sets the password of the account “%(account)s”.") % {"account": account}
        ]
        if is_new and self.user.is_superuser:
            sentences.append(_("It is the first account here, and may do everything."))
        sentences.append(
            _("Then you are logged in, and your newsletter is there.")
            if is_new
            else _("Then you log in with that name and the password.")
        )
        return {**context, "page_name": name, "sentences": sentences, "account": account}

    def form_valid(self, form: BaseForm) -> HttpResponse:
        """Set it, and let its owner log in here, however often others have tried elsewhere.

        Whoever sets the first password of an account is logged in: nobody else had it before.
        """
        is_new = not self.user.has_usable_password()
        answer: HttpResponse = super().form_valid(form)
        remember(self.request, self.user)
        if not is_new:
            return answer
        login(self.request, self.user, backend=BACKEND)
        return redirect("wagtailadmin_home")
