"""The page of the system check: what the service found last, and a button to check again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem

from newsletter.dates import format_time
from newsletter.desk.publications.template_pictures import PERMISSION
from newsletter.doctor.kept import Kept, examine_and_keep, read_kept
from newsletter.doctor.results import Result, Status
from newsletter.phrases import translate

#: The gravest first, each with what stands above them.
HEADINGS = {
    Status.WRONG: _("Wrong: fix it before you send"),
    Status.LOOK: _("Worth a look"),
    Status.RIGHT: _("Right"),
}
#: On the first page, this many are named.
MAX_NAMED = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A result in the reader's language."""

    title: str
    found: str
    fix: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """The results of one status; those that are right are folded away."""

    status: str
    heading: str
    lines: list[Line]
    folded: bool


class SystemCheckItem(MenuItem):
    """Leads to the page, for those who may change what it is about."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Return whether the page is of use to somebody."""
        return bool(request.user.has_perm(PERMISSION))


@hooks.register("register_settings_menu_item")
def system_check_item() -> SystemCheckItem:
    """Add the page to the settings (`newsletter.desk.menu` names it)."""
    return SystemCheckItem(
        _("System check"),
        reverse("desk_system_check"),
        name="system-check",
        icon_name="clipboard-list",
    )


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the page."""
    return [path("system-check/", system_check_page, name="desk_system_check")]


def system_check_page(request: HttpRequest) -> HttpResponse:
    """Show what was found last; on POST check everything again."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    if request.method == "POST":
        examine_and_keep(settings.CONFIG)
        messages.success(request, gettext("Everything was checked."))
        return redirect("desk_system_check")
    return render(request, "desk/system_check.html", build_context(read_kept(settings.CONFIG)))


def build_context(kept: Kept | None) -> dict[str, Any]:
    """Return what the page shows."""
    if kept is None:
        return {"when": "", "groups": []}
    groups = [
        Group(
            status=status.value,
            heading=str(heading),
            lines=[line_of(each) for each in kept.results if each.status is status],
            folded=status is Status.RIGHT,
        )
        for status, heading in HEADINGS.items()
    ]
    return {
        "when": format_time(kept.at, settings.TIME_ZONE),
        "groups": [group for group in groups if group.lines],
    }


def line_of(result: Result) -> Line:
    """Return a result in the reader's language."""
    return Line(
        title=translate(result.title), found=translate(result.found), fix=translate(result.fix)
    )


def describe_grave(request: HttpRequest) -> dict[str, Any] | None:
    """Return what is wrong, for the first page; None if nothing is, or it is not theirs to fix."""
    if not request.user.has_perm(PERMISSION):
        return None
    kept = read_kept(settings.CONFIG)
    # The rules of receivers rest on the other checks: not twice.
    grave = [each for each in kept.grave if not each.name.startswith("rule-")] if kept else []
    if not grave:
        return None
    return {
        "lines": [line_of(each) for each in grave[:MAX_NAMED]],
        "more": len(grave[MAX_NAMED:]),
    }
