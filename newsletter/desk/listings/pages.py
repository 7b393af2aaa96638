"""The desk's lists: issues, sends, and lists of people; with all lists of the menu."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageTitleColumn
from wagtail.admin.views import generic
from wagtail.admin.views.pages.listing import IndexView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.admin.widgets.button import HeaderButton
from wagtail.permission_policies import ModelPermissionPolicy

from newsletter.dates import format_day, format_time
from newsletter.desk.listings.lists import ListDelete, ListIndex, state_of
from newsletter.desk.publications.pages import PublicationListing
from newsletter.publishing.models import Issue
from newsletter.scheduling import send_status
from newsletter.sending.models import Send
from subscribers.models import List


def day_of(issue: Issue) -> str:
    """Return the day of an issue, with its day of the week."""
    return format_day(issue.day) if issue.day else ""


def status_of(issue: Issue) -> str:
    """Return where an issue stands, in a word: its send if it has one, else the web page."""
    if state := getattr(issue, "send_state", None):
        return str(Send.State(state).label)
    return gettext("on the web") if issue.live else gettext("draft")


class IssueIndex(IndexView):
    """The issues with their numbers and where they stand."""

    results_template_name = "desk/issues_results.html"

    @cached_property
    def header_buttons(self) -> list[Any]:
        """Add the way to bring in a text beside that to a new issue."""
        buttons: list[Any] = list(super().header_buttons)
        if self.add_url:
            url = reverse("desk_bring_in")
            buttons.append(HeaderButton(gettext("Bring in a text"), url=url, icon_name="download"))
        return buttons

    def annotate_queryset(self, pages: QuerySet[Issue]) -> QuerySet[Issue]:
        """Add the state of each issue's send."""
        live = Send.objects.filter(issue=OuterRef("pk")).exclude(state=Send.State.CANCELLED)
        state = Subquery(live.values("state")[:1])
        annotated: QuerySet[Issue] = super().annotate_queryset(pages.annotate(send_state=state))
        return annotated


class IssueListing(PageListingViewSet):
    """All issues, the last edited first."""

    model = Issue
    index_view_class = IssueIndex
    icon = "mail"
    menu_label = _("Issues")
    menu_name = "issues"
    add_to_admin_menu = True
    columns = [
        BulkActionsColumn("bulk_actions"),
        PageTitleColumn("title", label=_("Title"), sort_key="title", classname="title"),
        Column("ref", label=_("Number"), sort_key="number"),
        Column("date", label=_("Date"), sort_key="date", accessor=day_of),
        DateColumn(
            "latest_revision_created_at", label=_("Edited"), sort_key="latest_revision_created_at"
        ),
        StatusTagColumn("status", label=_("Status"), accessor=status_of),
    ]


class ToRead(ModelPermissionPolicy):
    """Lets rows be looked at, and nothing else: they are changed by commands and by readers."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Grant the right to view to whoever has it."""
        return action == "view" and super().user_has_permission(user, action)


class ReadOnlyListing(ModelViewSet):
    """A list whose rows can be opened, not changed."""

    copy_view_enabled = False
    add_to_admin_menu = True
    add_to_reference_index = False
    list_per_page = 50

    @property
    def permission_policy(self) -> ToRead:
        """Who may do what."""
        return ToRead(self.model)


def page_of(send: Send) -> str:
    """Return the address of the page of a send (`newsletter.desk.sends.pages`)."""
    return reverse("desk_send", args=[send.pk])


def format_due(send: Send) -> str:
    """Return when a send is due, with its zone; it may be to come."""
    return format_time(send.at, send_status.zone_of(send))


def format_people(send: Send, number: int) -> str:
    """Return a number of people of a send; nothing before they are counted."""
    return f"{number:,}" if send.started_at else gettext("not counted yet")


class SendIndex(generic.IndexView):
    """The sends, with what their rows tell."""

    def get_base_queryset(self) -> QuerySet[Send]:
        """Fetch the publications along: they know the zone."""
        sends: QuerySet[Send] = super().get_base_queryset()
        return sends.select_related("issue__publication")


class SendListing(ReadOnlyListing):
    """What was sent, is being sent, and will be."""

    model = Send
    icon = "upload"
    index_view_class = SendIndex
    menu_label = _("Sends")
    menu_name = "sends"
    form_fields = ["note"]
    list_display = [
        TitleColumn("issue", label=_("Issue"), get_url=page_of),
        StatusTagColumn("state", label=_("State"), accessor="get_state_display"),
        Column("at", label=_("Due"), sort_key="at", accessor=format_due),
        Column(
            "planned", label=_("Planned"), accessor=lambda send: format_people(send, send.planned)
        ),
        Column(
            "excluded",
            label=_("Left out"),
            accessor=lambda send: format_people(send, send.excluded),
        ),
    ]
    list_filter = ["state"]


def describe_openness(each: List) -> str:
    """Return whether readers may choose a list themselves, in a word."""
    return gettext("yes") if each.public else gettext("no")


class ListListing(ModelViewSet):
    """The lists that people subscribe to."""

    model = List
    icon = "list-ul"
    menu_label = _("Lists")
    menu_name = "lists"
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    panels = (
        FieldPanel("name"),
        FieldPanel("slug", heading=_("Short name")),
        FieldPanel("description"),
        FieldPanel("public"),
    )
    index_view_class = ListIndex
    delete_view_class = ListDelete
    list_display = [
        "name",
        Column("slug", label=_("Short name"), sort_key="slug"),
        Column("readers", label=_("Readers"), accessor=lambda one: f"{one.counts.mailable:,}"),
        Column("pending", label=_("Not confirmed"), accessor=lambda one: f"{one.counts.pending:,}"),
        Column("left", label=_("Left"), accessor=lambda one: f"{one.counts.unsubscribed:,}"),
        Column(
            "suppressed", label=_("Suppressed"), accessor=lambda one: f"{one.counts.suppressed:,}"
        ),
        Column("public", label=_("Public"), sort_key="public", accessor=describe_openness),
        Column("archived", label="", accessor=state_of),
    ]
    search_backend_name = None


LISTINGS = (
    IssueListing("issues"),
    PublicationListing("publications"),
    SendListing("sends"),
    ListListing("lists"),
)
