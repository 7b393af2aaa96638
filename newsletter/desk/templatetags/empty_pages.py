"""What an empty list says: why nothing is in it, and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()


@dataclass(frozen=True, slots=True)
class Hint:
    """What an empty list says, and buttons by their words: each opens a view, or adds a row."""

    words: str | Promise
    #: The name of a view, or ADD.
    buttons: Mapping[str | Promise, str]


#: Stands for the address at which a row of the list is added, for those who may.
ADD = "add"
#: Rights that the page behind a button asks for.
RIGHTS = {"desk_import_new": "subscribers.change_list"}
HINTS: Mapping[str, Hint] = {
    "issue": Hint(
        _("There is no issue yet. Write the first one, or bring in a text."),
        {_("New issue"): ADD, _("Bring in a text"): "desk_bring_in"},
    ),
    "send": Hint(
        _("Nothing has been queued yet. An issue is queued from its own page, with Queue…"),
        {_("Go to the issues"): "issues:index"},
    ),
    "list": Hint(
        _("There is no list yet. People subscribe to a list, and a publication goes to its lists."),
        {_("New list"): ADD},
    ),
    "image": Hint(
        _("There is no picture yet. Add one here, or drop one on the lead picture of an issue."),
        {_("Add a picture"): ADD},
    ),
    "publication": Hint(
        _("There is no publication yet. Everything that is sent belongs to one."),
        {_("New publication"): ADD},
    ),
}


@register.inclusion_tag("desk/empty_page.html", takes_context=True)
def empty_page(context: Mapping[str, Any]) -> dict[str, Any]:
    """Show what the list that a view is of says while it is empty."""
    hint = HINTS[context["view"].model._meta.model_name]
    add_url = context.get("add_url") or ""
    buttons = find_addresses(hint, add_url, context["request"].user)
    return {"words": hint.words, "buttons": buttons}


@register.filter
def has_hint(view: Any) -> bool:
    """Say whether the list that a view is of has words of its own while it is empty."""
    model = getattr(view, "model", None)
    return model is not None and model._meta.model_name in HINTS


def find_addresses(hint: Hint, add_url: str, user: Any) -> Sequence[tuple[str, str]]:
    """Return the buttons as words and address; without those that this person may not use."""
    may_add = bool(add_url)
    return [
        (str(words), add_url if view == ADD else reverse(view))
        for words, view in hint.buttons.items()
        if may_add or view not in (ADD, "desk_bring_in")
        if view not in RIGHTS or user.has_perm(RIGHTS[view])
    ]
