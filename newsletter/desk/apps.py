"""Django's name for this app."""

from __future__ import annotations

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Registers the app under its short label."""

    name = "newsletter.desk"
    label = "desk"

    def ready(self) -> None:
        """Follow what happens to accounts, and name the fields of Wagtail's dialogs."""
        from django.contrib.auth import get_user_model
        from django.contrib.auth.signals import user_logged_in
        from django.db.models.signals import post_save, pre_save

        from newsletter.desk.accounts.changes import follow_change, remember_before
        from newsletter.desk.accounts.second_step import ask_from_now_on
        from newsletter.desk.dialog_labels import name_fields

        accounts = get_user_model()
        pre_save.connect(remember_before, sender=accounts)
        post_save.connect(follow_change, sender=accounts)
        user_logged_in.connect(ask_from_now_on)
        name_fields()
