"""A large site to look at: a workspace with many people, issues on the web, and a send to all."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.finding import fill

if TYPE_CHECKING:
    from newsletter.publishing.models import Issue, Publication
    from newsletter.sending.models import Send

#: The newest issue came out on this day; the others every second week before it.
NEWEST = dt.date(2026, 11, 12)


def make_site(folder: Path, database: str, *, issues: int) -> Path:
    """Lay out a workspace with issues on the web, and return the settings file."""
    from newsletter.conf.workspace import lay_out

    settings = lay_out(folder / "work", site_name="Tideline")
    os.environ["NEWSLETTER_CONFIG"] = str(settings)
    if database:
        os.environ["NEWSLETTER_DATABASE_URL"] = database
    from newsletter.runtime.startup import create_database

    create_database("Tideline Digest", "Tideline, 7 Quay Street, Harbour Town")
    from django.conf import settings as django_settings

    django_settings.ALLOWED_HOSTS = ["*"]
    from newsletter.publishing.models import Publication

    publish_issues(Publication.objects.get(), issues)
    return settings


def grow(people: int) -> None:
    """Put people on the list of the publication, N in all, and send an issue to them."""
    from newsletter.publishing.models import Issue, Publication
    from newsletter.sending.models import Send
    from subscribers.models import List
    from subscribers.sign_up import forms

    publication = Publication.objects.get()
    fill(people)
    publication.lists.set([List.objects.get(slug="large")])
    forms.change_form(List.objects.get(slug="large"), {"is_open": True})
    List.objects.update(public=True)
    sent = Send.objects.values("issue")
    send_to_all(Issue.objects.filter(live=True).exclude(pk__in=sent).order_by("-number")[0])


def publish_issues(publication: Publication, issues: int) -> Issue:
    """Put the sample on the web N times, with its own number and day; return the newest."""
    from newsletter.demo import story
    from newsletter.publishing.content.drafts import draft_of
    from newsletter.publishing.models import Issue
    from newsletter.publishing.starting import store_issue

    sample = draft_of(story.import_sample(publication))
    made = None
    for back in reversed(range(issues)):
        made = store_issue(
            Issue(
                publication=publication,
                live=False,
                volume=9,
                number=issues - back,
                title=f"Tideline Digest Vol 9.{issues - back}",
                slug=f"vol-9-{issues - back}",
                date=NEWEST - dt.timedelta(weeks=2 * back),
                preheader=sample.preheader,
                body=sample.body,
                boilerplate=sample.boilerplate,
            )
        )
        made.get_latest_revision().publish()
    if made is None:
        raise ValueError("a site has one issue at least")
    return made


def send_to_all(issue: Issue) -> Send:
    """Queue an issue for everybody and count them; all have it, as far as the ledger says."""
    from django.utils import timezone

    from newsletter.sending.models import Batch, Send
    from newsletter.sending.planning import audience, starting
    from newsletter.sending.planning.queue import queue

    now = timezone.now()
    send: Send = queue(issue, at=now, batch_size=1000)
    starting.begin_planning(send.pk, now, late=dt.timedelta(hours=1))
    audience.plan_audience(send.pk)
    Batch.objects.filter(send=send).update(state="accepted")
    Send.objects.filter(pk=send.pk).update(state="sent", started_at=now, finished_at=now)
    return send


def some_links(kind: str, count: int) -> list[str]:
    """Return the paths of links that people have in their mail: `u` one-click, `p` preferences."""
    from subscribers import links
    from subscribers.models import Subscriber

    found: Any = Subscriber.objects.order_by("-pk").values_list("pk", flat=True)[:count]
    return [f"/{kind}/{token}" for token in links.make_tokens(list(found))]
