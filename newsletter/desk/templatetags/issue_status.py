"""The status band of an issue in a template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext

from newsletter.desk.composer.coediting import base_in, base_of
from newsletter.desk.composer.status_band import band_of
from newsletter.publishing.models import Issue
from newsletter.publishing.rights import QUEUE_ISSUE

register = template.Library()


@register.inclusion_tag("desk/status_band.html", takes_context=True)
def status_band(context: dict[str, Any]) -> dict[str, Any]:
    """Show where the issue stands that the page is about; nothing for other pages."""
    page, request = context.get("page"), context["request"]
    if not isinstance(page, Issue) or not page.pk:
        return {}
    return {"band": band_of(page, request.user), "label": gettext("Where the issue stands")}


@register.simple_tag
def editor_words(session: Mapping[str, Any], current: Any) -> str:
    """Say who else has the issue open, by name, and what they did with it."""
    user = session["user"]
    own = user == current.user
    name = (user.get_full_name() or user.get_username()) if user else gettext("A program")
    if session["revision_id"]:
        words = gettext("You saved it in another window")
        return words if own else gettext("{name} saved it").format(name=name)
    if session["is_editing"]:
        words = gettext("You are changing it in another window")
        return words if own else gettext("{name} is changing it").format(name=name)
    words = gettext("You have it open in another window")
    return words if own else gettext("{name} is looking at it").format(name=name)


@register.simple_tag
def overwrite_words(session: Mapping[str, Any], current: Any) -> str:
    """Say what saving now would do with the work of the other."""
    return f"{editor_words(session, current)}. " + gettext(
        "What both of you changed is brought together. Where it is the same field, you are asked."
    )


@register.inclusion_tag("desk/coediting_fields.html", takes_context=True)
def coediting_fields(context: dict[str, Any]) -> dict[str, Any]:
    """Carry what the form began from, so that a save can be merged with that of another."""
    page, request = context.get("page"), context["request"]
    if not isinstance(page, Issue) or not page.pk:
        return {}
    posted = base_in(request.POST)
    base = posted or base_of(Issue.objects.select_related("latest_revision").get(pk=page.pk))
    return {"base": base.as_text(), "conflicts": context.get("desk_conflicts")}


@register.inclusion_tag("desk/queue_button.html", takes_context=True)
def queue_button(context: dict[str, Any]) -> dict[str, Any]:
    """Show the way to the queue beside the button that saves."""
    page, request = context.get("page"), context["request"]
    shown = isinstance(page, Issue) and page.pk and request.user.has_perm(QUEUE_ISSUE)
    return {"issue": page, "words": gettext("Queue…")} if shown else {}
