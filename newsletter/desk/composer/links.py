"""The dialog behind the button for links: web, mail, phone, a place here, this or another issue.

It answers as Wagtail's dialog does, which the text editor expects; it shows no tree of pages.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path, reverse, reverse_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET
from wagtail import hooks
from wagtail.admin.modal_workflow import render_modal_workflow
from wagtail.admin.rich_text.editors.draftail.features import EntityFeature
from wagtail.rich_text.feature_registry import FeatureRegistry

from newsletter.desk.composer.link_addresses import (
    HERE,
    ISSUE,
    MAIL,
    PHONE,
    PLACE,
    READERS,
    WEB,
)
from newsletter.errors import BadInput, NewsletterError
from newsletter.publishing.content.relative_links import THIS_ISSUE
from newsletter.publishing.models import Issue

#: The kinds of links with their names, and what is typed for each.
KINDS = (
    (WEB, _("Web address"), _("Address"), "example.org/page"),
    (MAIL, _("E-mail"), _("E-mail address"), "desk@example.org"),
    (PHONE, _("Phone number"), _("Number"), "+44 20 7946 0018"),
    (PLACE, _("Place in this issue"), _("Words of its headline"), ""),
    (HERE, _("This issue on the web"), "", ""),
    (ISSUE, _("Another issue"), _("Part of its title"), ""),
)
#: How many issues a search names.
ISSUES_NAMED = 10


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the dialog, once for each kind that it may open with."""
    return [
        path("issues/links/issues/", find_issues, name="desk_link_issues"),
        path("issues/links/<str:kind>/", show_dialog, name="desk_link"),
        # The editor adds a number to the address for a link to an issue.
        path("issues/links/<str:kind>/<int:parent>/", issue_dialog),
    ]


@hooks.register("register_rich_text_features", order=10)
def use_dialog(features: FeatureRegistry) -> None:
    """Have the text editor open this dialog for its links."""
    opens_with = {
        "pageChooser": WEB,
        "externalLinkChooser": WEB,
        "emailLinkChooser": MAIL,
        "phoneLinkChooser": PHONE,
        "anchorLinkChooser": PLACE,
    }
    data = {
        "type": "LINK",
        "icon": "link",
        "description": _("Link"),
        "attributes": ["url", "id", "parentId"],
        "allowlist": {"href": f"^(https?:|mailto:|tel:|#|{THIS_ISSUE}|undefined$)"},
        "chooserUrls": {
            name: reverse_lazy("desk_link", args=[kind]) for name, kind in opens_with.items()
        },
    }
    script = "wagtailadmin/js/page-chooser-modal.js"
    features.register_editor_plugin("draftail", "link", EntityFeature(data, js=[script]))


def issue_dialog(request: HttpRequest, **_parent: Any) -> HttpResponse:
    """Open the dialog for a link to an issue."""
    return show_dialog(request, ISSUE)


def show_dialog(request: HttpRequest, kind: str) -> HttpResponse:
    """Show the dialog; on POST check what was typed, and return the link."""
    if not request.user.has_perm("wagtailadmin.access_admin"):
        raise PermissionDenied
    asked = request.POST if request.method == "POST" else request.GET
    text = asked.get("link_url", "")
    if kind == WEB and text.partition("#")[0] == THIS_ISSUE:
        kind = HERE
    problem = ""
    if request.method == "POST":
        kind = asked.get("kind", WEB)
        try:
            return choose_link(link_of(request, kind), asked)
        except NewsletterError as error:
            problem = error.sentences
    context = {
        "kinds": KINDS,
        "kind": kind,
        "typed": {} if kind in {HERE, ISSUE} else {kind: asked.get(kind, text)},
        "words": asked.get("link_text", ""),
        "problem": problem,
        "action": reverse("desk_link", args=[kind if kind in READERS else WEB]),
        "found": list_rows(recent_issues()),
    }
    return answer_step(request, context, {"step": "external_link"})


def link_of(request: HttpRequest, kind: str) -> dict[str, Any]:
    """Return what the text editor keeps of a link, or raise `BadInput`."""
    if kind == HERE:
        return {"url": THIS_ISSUE, "title": gettext("Read it on the web")}
    if kind == ISSUE:
        wanted = request.POST.get("issue", "")
        issue = Issue.objects.filter(pk=int(wanted)).first() if wanted.isdigit() else None
        if issue is None:
            raise BadInput(gettext("Choose an issue."))
        title = issue.draft_title or issue.title
        return {"id": issue.pk, "parentId": issue.get_parent().pk, "url": "", "title": title}
    read = READERS.get(kind, READERS[WEB])
    typed = request.POST.get(kind, "")
    return {"url": read(typed), "title": typed.strip().lstrip("#")}


def choose_link(link: dict[str, Any], asked: Any) -> HttpResponse:
    """Return a link to the editor, with other words for it if somebody wrote some."""
    words = asked.get("link_text", "").strip()
    given = asked.get("link_text_before", "").strip()
    result = link | {"title": words or link["title"]}
    result["prefer_this_title_as_link_text"] = words != given and bool(words)
    step = {"step": "external_link_chosen", "result": result}
    return answer_step(None, None, step)


def answer_step(
    request: HttpRequest | None, context: dict[str, Any] | None, step: dict[str, Any]
) -> HttpResponse:
    """Return a step of the dialog, with its page if it stays open."""
    template = "desk/link_dialog.html" if context else None
    response: HttpResponse = render_modal_workflow(request, template, None, context, json_data=step)
    return response


@require_GET
def find_issues(request: HttpRequest) -> JsonResponse:
    """Return the issues whose title holds a text, the newest first."""
    if not request.user.has_perm("wagtailadmin.access_admin"):
        raise PermissionDenied
    wanted = request.GET.get("q", "").strip()
    held = Q(draft_title__icontains=wanted) | Q(subject__icontains=wanted)
    found = recent_issues().filter(held) if wanted else recent_issues()
    return JsonResponse({"issues": list_rows(found)})


def recent_issues() -> QuerySet[Issue]:
    """Return all issues, the newest first."""
    return Issue.objects.select_related("publication").order_by("-volume", "-number", "-pk")


def list_rows(found: QuerySet[Issue]) -> list[dict[str, Any]]:
    """Return the first of some issues as the dialog lists them."""
    return [
        {
            "pk": each.pk,
            "title": each.draft_title or each.title,
            "note": each.subject if each.live else gettext("not on the web yet"),
        }
        for each in found[:ISSUES_NAMED]
    ]
