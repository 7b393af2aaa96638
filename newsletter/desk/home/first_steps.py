"""The first steps of a new publication, each ticked off once it is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from wagtail import hooks
from wagtail.models import PageLogEntry

from newsletter.conf.config import Config
from newsletter.desk.home.next_slot import add_url
from newsletter.desk.models import HiddenSteps
from newsletter.doctor.kept import read_kept
from newsletter.errors import ConfigError
from newsletter.publishing.models import Issue, Publication
from newsletter.sending.ledger import issue_log
from newsletter.transports.factory import provider_of
from subscribers.list_counts import kept_states
from subscribers.models import Subscription

CHANGE = "publishing.change_publication"
#: The domain of examples (RFC 2606): nobody's own address is there.
EXAMPLES = "example.org"


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """Something to do once; `url` is empty for those who may not do it."""

    words: str
    why: str
    url: str
    done: bool


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the address to which the button posts."""
    return [path("home/steps/<int:pk>/hide/", hide_steps, name="desk_hide_steps")]


def hide_steps(request: HttpRequest, pk: int) -> HttpResponse:
    """On POST hide the steps of a publication, for everybody."""
    if not request.user.has_perm(CHANGE):
        raise PermissionDenied
    publication = get_object_or_404(Publication, pk=pk)
    if request.method == "POST":
        HiddenSteps.objects.get_or_create(publication=publication)
    return redirect("wagtailadmin_home")


def list_steps(publication: Publication, user: Any) -> Sequence[Step]:
    """Return the steps while any is left to do; once all are done they are never looked for again.

    Whether they are hidden is `hidden`, which the page reads once for all publications.
    """
    issues = Issue.objects.filter(publication=publication)
    first = issues.order_by("-latest_revision_created_at").first()
    steps = [
        sender_step(publication, user),
        people_step(publication, user),
        look_step(publication, user),
        issue_step(publication, first),
        test_step(publication, first),
        provider_step(user),
        check_step(user),
    ]
    if all(step.done for step in steps):
        HiddenSteps.objects.get_or_create(publication=publication)
        return ()
    return steps


def sender_step(publication: Publication, user: Any) -> Step:
    """Return the step of the sender and the postal address."""
    domain = publication.from_email.rpartition("@")[2]
    return Step(
        words=gettext("Give a sender and a postal address"),
        why=gettext("Every mail names both."),
        url=settings_url(publication, user),
        done=bool(publication.postal_address.strip()) and not domain.endswith(EXAMPLES),
    )


def people_step(publication: Publication, user: Any) -> Step:
    """Return the step of the first people on a list."""
    kept = kept_states(publication.lists.values_list("pk", flat=True))
    may_import = user.has_perm("subscribers.change_list")
    return Step(
        words=gettext("Bring your people"),
        why=gettext("Import a file of addresses; you see first what would become of it."),
        url=reverse("desk_import_new") if may_import else "",
        done=any(states.get(Subscription.State.ACTIVE) for states in kept.values()),
    )


def look_step(publication: Publication, user: Any) -> Step:
    """Return the step of the template and the logo."""
    usual = Publication._meta.get_field("template").default
    return Step(
        words=gettext("Choose a template, colours and a logo"),
        why=gettext("So that readers know your mail at a glance."),
        url=reverse("desk_look", args=[publication.pk]) if user.has_perm(CHANGE) else "",
        done=bool(publication.look or publication.logo_id) or publication.template != usual,
    )


def issue_step(publication: Publication, first: Issue | None) -> Step:
    """Return the step of the first issue."""
    url = reverse("wagtailadmin_pages:edit", args=[first.pk]) if first else add_url(publication)
    return Step(
        words=gettext("Write the first issue"),
        why=gettext("The mail stands beside what you type."),
        url=url,
        done=first is not None,
    )


def test_step(publication: Publication, first: Issue | None) -> Step:
    """Return the step of the first test."""
    sent = PageLogEntry.objects.filter(
        action=issue_log.TESTED,
        page__in=Issue.objects.filter(publication=publication).values("pk"),
    )
    return Step(
        words=gettext("Send a test to yourself"),
        why=gettext("Look at it in your own inbox, also on a phone."),
        url=reverse("desk_test", args=[first.pk]) if first else "",
        done=first is not None and sent.exists(),
    )


def provider_step(user: Any) -> Step:
    """Return the step of the way by which real mail leaves."""
    config = settings.CONFIG
    is_real = not provider_of(config).stays_here(config)
    return Step(
        words=gettext("Set up SendGrid, or a mail server"),
        why=gettext("As long as mail stays on this machine nobody gets it. The check says how."),
        url=check_url(user),
        done=is_real and has_key(config),
    )


def has_key(config: Config) -> bool:
    """Say whether there is a key, where SendGrid sends."""
    try:
        return config.sending.transport != "sendgrid" or bool(config.sendgrid_key())
    except ConfigError:
        return False


def check_step(user: Any) -> Step:
    """Return the step of the system check, which is done when nothing is wrong any more."""
    kept = read_kept(settings.CONFIG)
    return Step(
        words=gettext("Run the system check"),
        why=gettext("It looks at settings, provider and DNS, and says how to fix what is wrong."),
        url=check_url(user),
        done=kept is not None and not kept.grave,
    )


def check_url(user: Any) -> str:
    """Return where the system check is, for those who may."""
    return reverse("desk_system_check") if user.has_perm(CHANGE) else ""


def settings_url(publication: Publication, user: Any) -> str:
    """Return where the settings of a publication are changed, for those who may."""
    return reverse("publications:edit", args=[publication.pk]) if user.has_perm(CHANGE) else ""


def find_hidden() -> set[int]:
    """Return the publications whose steps are not shown."""
    return set(HiddenSteps.objects.values_list("publication", flat=True))
