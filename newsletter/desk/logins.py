"""The form with which people log in to the desk."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpResponse
from django.utils.translation import ngettext
from wagtail.admin.forms.auth import LoginForm as WagtailLoginForm
from wagtail.admin.views.account import PasswordResetConfirmView

from newsletter.throttling.forms import as_minutes
from newsletter.throttling.logins import remember


class LoginForm(WagtailLoginForm):
    """Says when to try again, once there were too many tries."""

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


class NewPasswordView(PasswordResetConfirmView):
    """The page behind the link in a mail, where a password is set."""

    def form_valid(self, form: BaseForm) -> HttpResponse:
        """Set it, and let its owner log in here, however often others have tried elsewhere."""
        answer: HttpResponse = super().form_valid(form)
        remember(self.request, self.user)
        return answer
