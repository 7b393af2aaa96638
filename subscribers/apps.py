"""Django's name for this app."""

from __future__ import annotations

from django.apps import AppConfig


class SubscribersConfig(AppConfig):
    """Registers the app under its short label."""

    name = "subscribers"
    label = "subscribers"

    def ready(self) -> None:
        """Say what this app holds of people, and for how long; let segments ask about them."""
        from django.db.models.signals import pre_save

        from subscribers.bulk.forgetting import register as register_bulk_actions
        from subscribers.models import Subscriber
        from subscribers.privacy.erased_addresses import restore_before_adding
        from subscribers.privacy.own_sections import register_own_sections
        from subscribers.privacy.retention import register_own_rules
        from subscribers.segments.people import add_fields
        from subscribers.sign_up.retention import register_rules as register_sign_up_rules
        from subscribers.timeline.own_sources import register_own_sources

        pre_save.connect(restore_before_adding, sender=Subscriber)
        register_own_sections()
        register_own_rules()
        register_sign_up_rules()
        register_bulk_actions()
        register_own_sources()
        add_fields()
