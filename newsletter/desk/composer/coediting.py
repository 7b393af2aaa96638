"""Two editors of one issue: what both changed is brought together when one saves.

The page carries what its form held when it was last saved (`desk-base`).  If the stored draft has
changed since, the three are merged; where both changed the same field, the page asks, and nothing
is stored until somebody chose.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext
from wagtail.admin import messages
from wagtail.admin.views.pages.create import CreateView
from wagtail.admin.views.pages.edit import EditView
from wagtail.models import Revision

from newsletter.desk.composer.places import name_place, words_of
from newsletter.desk.composer.snapshots import (
    as_typed,
    mark_of,
    put_into,
    snapshot_in,
    snapshot_of,
    stamp_of,
)
from newsletter.publishing.merging import ABSENT, Choice, Conflict, Content, Merged, Path, merge
from newsletter.publishing.models import Issue

#: The fields in which the page sends what it began from, and what somebody chose.
BASE, CHOICES = "desk-base", "desk-choices"


@dataclass(frozen=True, kw_only=True, slots=True)
class Base:
    """What the form held when it was last saved or opened, and which draft that was."""

    stamp: str
    content: Content

    def as_text(self) -> str:
        """Return it as the page carries it."""
        return json.dumps({"stamp": self.stamp, "content": self.content})


def base_of(issue: Issue) -> Base:
    """Return what a page that is opened now begins from: the stored draft."""
    revision = issue.latest_revision
    content = snapshot_in(revision.content) if revision else snapshot_of(issue)
    return Base(stamp=stamp_of(revision), content=content)


def base_in(posted: Mapping[str, str]) -> Base | None:
    """Return what a page says it began from; None where it says nothing that can be read."""
    try:
        given = json.loads(posted.get(BASE, ""))
        return Base(stamp=str(given["stamp"]), content=snapshot_in(given["content"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def choices_in(posted: Mapping[str, str]) -> dict[tuple[Path, str], Choice]:
    """Return what somebody chose, by the place and the words of the other that were shown."""
    try:
        given = json.loads(posted.get(CHOICES, "") or "[]")
        return {(tuple(each["path"]), each["mark"]): Choice(each["choice"]) for each in given}
    except (ValueError, KeyError, TypeError):
        return {}


def bring_together(
    base: Base, theirs: Content, mine: Content, chosen: Mapping[tuple[Path, str], Choice]
) -> Merged:
    """Merge what the other stored with mine; a choice counts for the words that were shown."""
    sides = (as_typed(base.content), as_typed(theirs), as_typed(mine))
    asked = merge(*sides).conflicts
    given = {each.path: chosen.get((each.path, mark_of(each.theirs))) for each in asked}
    return merge(*sides, {path: choice for path, choice in given.items() if choice})


def save_together(view: type) -> None:
    """Have an editing view of Wagtail's merge what it is sent with what was stored meanwhile."""
    post: Callable[..., HttpResponse] = view.post  # type: ignore[attr-defined]
    form_valid: Callable[..., HttpResponse] = view.form_valid  # type: ignore[attr-defined]

    def posted(self: Any, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if isinstance(self.page, Issue) and base_in(request.POST):
            # It is not refused for being behind: it is merged.
            self.__dict__["is_out_of_date"] = False
        return post(self, request, *args, **kwargs)

    def valid(self: Any, form: Any) -> HttpResponse:
        base = base_in(self.request.POST) if isinstance(form.instance, Issue) else None
        if base is None:
            return form_valid(self, form)
        with lock_while_saving(self) as latest:
            return save_merged(self, form, base, latest, form_valid)

    view.post = posted  # type: ignore[attr-defined]
    view.form_valid = valid  # type: ignore[attr-defined]


@contextmanager
def lock_while_saving(view: Any) -> Iterator[Revision | None]:
    """Yield the latest draft; while one is saved, nobody else saves the issue."""
    # What goes on the web is checked first, which may take seconds: too long for a lock.
    is_short = view.action_name == "save"
    with transaction.atomic() if is_short else nullcontext():
        rows = Issue.objects.select_for_update(of=("self",)) if is_short else Issue.objects
        yield rows.get(pk=view.page.pk).latest_revision


def save_merged(
    view: Any,
    form: Any,
    base: Base,
    latest: Revision | None,
    form_valid: Callable[..., HttpResponse],
) -> HttpResponse:
    """Save a form, merged if it has to be, or ask about what both changed."""
    mine, merged = snapshot_of(form.instance), None
    if latest is not None and base.stamp != stamp_of(latest):
        merged = bring_together(
            base, snapshot_in(latest.content), mine, choices_in(view.request.POST)
        )
        if merged.conflicts:
            return ask_about_conflicts(view, form, merged.conflicts, latest)
        put_into(form.instance, merged.content)
        forget_overwriting(view)
        if merged.taken:
            note_taken(view, merged, latest)
    response = form_valid(view, form)
    fresh = fresh_words(form.instance, merged.taken) if merged else []
    return with_base(view, response, mine, fresh=fresh)


def forget_overwriting(view: Any) -> None:
    """Make a draft of its own of what was merged: no draft of the other is written over."""
    posted = view.request.POST.copy()
    posted.pop("overwrite_revision_id", None)
    view.request.POST = posted


def note_taken(view: Any, merged: Merged, latest: Revision) -> None:
    """Keep the sentence about what came from the other for the answer to the page."""
    places = dict.fromkeys(name_place(path, merged.content) for path in merged.taken)
    words = gettext("{name} changed this too: {places}. Both are saved.")
    name = name_of(by_another(view, latest))
    view.desk_taken = words.format(name=name, places=", ".join(places))
    if not view.expects_json_response:
        messages.info(view.request, view.desk_taken)


def by_another(view: Any, latest: Revision) -> Revision:
    """Return the newest draft of somebody else: the latest may be mine, merged with theirs."""
    others = view.page.revisions.exclude(user=view.request.user).order_by("-created_at", "-pk")
    found: Revision | None = others.exclude(user=None).first()
    return latest if latest.user_id != view.request.user.pk else found or latest


def name_of(revision: Revision) -> str:
    """Return who made a draft."""
    user = revision.user
    return (user.get_full_name() or user.get_username()) if user else gettext("A program")


def fresh_words(issue: Issue, taken: Iterable[Path]) -> list[dict[str, Any]]:
    """Return what was taken from the other as the fields of the form take it, by place.

    A block that was deleted, or that nobody can find, is left to the list that it was in.
    """
    form = {name: value for name, value in snapshot_of(issue).items() if name != "body"}
    form["body"] = issue.body.stream_block.get_form_state(issue.body)
    found = ((path, state_at(form, path)) for path in taken)
    return [{"path": list(path), "state": state} for path, state in found if state is not ABSENT]


def state_at(form: Any, path: Path) -> Any:
    """Return the part of a form that a path leads to, else `ABSENT`."""
    for name in path:
        if isinstance(form, list):
            form = next((each["value"] for each in form if each.get("id") == name), ABSENT)
        else:
            form = form.get(name, ABSENT) if isinstance(form, dict) else ABSENT
    return form


def with_base(
    view: Any, response: HttpResponse, mine: Content, *, fresh: list[dict[str, Any]]
) -> HttpResponse:
    """Tell the page what its form now holds, which is the base of its next save.

    The page puts what was taken from the other into its form, and then has the base in
    `desk_fresh`.  One that cannot stays behind: its next save is merged again.
    """
    if not isinstance(response, JsonResponse):
        return response
    data = json.loads(response.content)
    if not data.get("success"):
        return response
    stamp = f"{data['revision_id']}:{data['revision_created_at']}"
    if fresh:
        stored = Base(stamp=stamp, content=snapshot_of(view.page)).as_text()
        data["desk_fresh"] = {"places": fresh, "base": stored}
        stamp = ""
    data["field_updates"] = {
        **data.get("field_updates", {}),
        BASE: Base(stamp=stamp, content=mine).as_text(),
        CHOICES: "",
    }
    data["desk_taken"] = getattr(view, "desk_taken", "")
    return JsonResponse(data)


def ask_about_conflicts(
    view: Any, form: Any, conflicts: tuple[Conflict, ...], latest: Revision
) -> HttpResponse:
    """Answer with both texts of each field that both changed; nothing is stored."""
    content = snapshot_of(form.instance)
    asked = [describe_conflict(each, content) for each in conflicts]
    name = name_of(by_another(view, latest))
    words = gettext("{name} changed the same as you. Choose whose words stay.").format(name=name)
    if view.expects_json_response:
        given = {"success": False, "error_code": "validation_error", "error_message": words}
        return JsonResponse(given | {"conflicts": asked, "who": name}, status=400)
    messages.error(view.request, words)
    view.has_unsaved_changes = True
    response: HttpResponse = view.render_to_response(
        view.get_context_data(desk_conflicts={"conflicts": asked, "who": name})
    )
    return response


def describe_conflict(conflict: Conflict, content: Content) -> dict[str, Any]:
    """Return a field that both changed, as the page shows it."""
    return {
        "path": list(conflict.path),
        "mark": mark_of(conflict.theirs),
        "label": name_place(conflict.path, content),
        "theirs": words_of(conflict.theirs),
        "mine": words_of(conflict.mine),
    }


def tell_base(view: type) -> None:
    """Have the first save of a new issue tell the page what its form holds."""
    form_valid: Callable[..., HttpResponse] = view.form_valid  # type: ignore[attr-defined]

    def valid(self: Any, form: Any) -> HttpResponse:
        response = form_valid(self, form)
        if not isinstance(form.instance, Issue):
            return response
        return with_base(self, response, snapshot_of(form.instance), fresh=[])

    view.form_valid = valid  # type: ignore[attr-defined]


save_together(EditView)
tell_base(CreateView)
