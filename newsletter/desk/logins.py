"""The form with which people log in to the desk."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from wagtail.admin.forms.auth import LoginForm as WagtailLoginForm

from newsletter.throttling.forms import minutes


class LoginForm(WagtailLoginForm):
    """Says when to try again, once there were too many tries."""

    def get_invalid_login_error(self) -> ValidationError:
        """Return what is shown to who was not let in."""
        wait = getattr(self.request, "retry_after", 0)
        if not wait:
            error: ValidationError = super().get_invalid_login_error()
            return error
        return ValidationError(
            "There were too many tries. Wait %(minutes)s, then try again;"
            " or log in with a browser in which you were logged in before.",
            code="too_often",
            params={"minutes": "a minute" if minutes(wait) == 1 else f"{minutes(wait)} minutes"},
        )
