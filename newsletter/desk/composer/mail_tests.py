"""The page from which a test of an issue is sent: to oneself, to reviewers, as a subscriber."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin import messages

from newsletter.desk.composer.checks import find_editable
from newsletter.desk.composer.issue_menu import IssueMenuItem
from newsletter.desk.composer.status_band import band_of
from newsletter.errors import BadInput, NewsletterError
from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.models import Issue
from newsletter.scheduling.slots import day_out
from newsletter.sending.operations import mail_tests
from newsletter.transports.factory import open_transport, provider_of
from subscribers.models import Subscriber

#: Who may see how the mail of a subscriber looks.
MAY_SEE_READERS = "subscribers.view_subscriber"


class TestItem(IssueMenuItem):
    """Leads from the editor to the page below."""

    name = "action-test"
    label = gettext_lazy("Send a test…")
    icon_name = "mail"
    url_name = "desk_test"


@hooks.register("register_page_action_menu_item")
def test_item() -> TestItem:
    """Add the way to the page to the editor."""
    return TestItem(order=82)


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the page."""
    return [path("issues/<int:pk>/test/", test_page, name="desk_test")]


def test_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show whom a test can be sent to; on POST send it."""
    issue = find_editable(request, pk)
    if request.method == "POST":
        try:
            messages.success(request, send_tests(request, issue))
            return redirect("desk_test", issue.pk)
        except NewsletterError as error:
            messages.error(request, error.sentences)
    shown = {
        "issue": draft_of(issue),
        "band": band_of(issue, request.user),
        "own_address": getattr(request.user, "email", ""),
        "reviewers": find_reviewers(issue),
        "may_see_readers": request.user.has_perm(MAY_SEE_READERS),
        "reader": request.POST.get("reader", ""),
    }
    return render(request, "desk/test.html", shown)


def find_reviewers(issue: Issue) -> list[str]:
    """Return the reviewers of the publication; none where they cannot be read."""
    try:
        addresses: list[str] = issue.publication.reviewer_addresses()
    except BadInput:
        return []
    return addresses


def send_tests(request: HttpRequest, issue: Issue) -> str:
    """Send what a button asks for, and say what became of it."""
    reader: Subscriber | None = None
    if "to_reviewers" in request.POST:
        to = issue.publication.reviewer_addresses()
    else:
        to = [own_address(request)]
    if "as_reader" in request.POST:
        if not request.user.has_perm(MAY_SEE_READERS):
            raise PermissionDenied
        reader = mail_tests.find_reader(request.POST.get("reader", ""))
    transport = open_transport(settings.CONFIG)
    try:
        day = day_out(issue, timezone.now())
        mail_tests.send_test(issue, transport, to=to, by=request.user, day=day, reader=reader)
    finally:
        transport.close()
    return describe_destination(to)


def own_address(request: HttpRequest) -> str:
    """Return the address of whoever is logged in, or raise `BadInput`."""
    address: str = getattr(request.user, "email", "")
    if not address:
        raise BadInput(
            _("your account has no e-mail address"),
            hint=_("Give it one under your name, at the bottom of the menu."),
        )
    return address


def describe_destination(to: Sequence[str]) -> str:
    """Say where a test went: to the provider, or only into a file."""
    config = settings.CONFIG
    facts = {"addresses": ", ".join(to)}
    if provider_of(config).keeps_files:
        folder = config.root / config.maildir.folder / "new"
        return _("The test for %(addresses)s was written to %(folder)s. No mail was sent.") % {
            **facts,
            "folder": folder,
        }
    if provider_of(config).stays_here(config):
        return _("The test for %(addresses)s stays on this machine: so do all mails here.") % facts
    return _("The test was submitted for %(addresses)s.") % facts
