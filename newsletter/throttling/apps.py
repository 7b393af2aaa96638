"""Django's name for this app."""

from __future__ import annotations

from django.apps import AppConfig


class ThrottlingConfig(AppConfig):
    """Registers the app under its short label, and follows logins."""

    name = "newsletter.throttling"
    label = "throttling"

    def ready(self) -> None:
        """Give back the tries of whoever logs in."""
        from django.contrib.auth.signals import user_logged_in

        from newsletter.throttling.logins import accept_login

        user_logged_in.connect(accept_login)
