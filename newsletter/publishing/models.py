"""Publications, their issues, and the public archive."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from wagtail.fields import StreamField
from wagtail.models import Page

from newsletter.publishing.blocks import Body


class Publication(models.Model):
    """A newsletter: its name and sender, its rhythm, its lists and its numbering."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=80, unique=True)
    language = models.CharField(max_length=12, default="en")
    template = models.CharField(max_length=60, default="digest")

    from_name = models.CharField(max_length=100)
    from_email = models.EmailField()
    reply_to = models.EmailField(blank=True)
    postal_address = models.CharField(max_length=300)
    privacy_url = models.URLField(blank=True)
    boilerplate = models.TextField(blank=True)
    lists = models.ManyToManyField("subscribers.List", related_name="publications", blank=True)
    needs_approval = models.BooleanField(default=False)

    every_weeks = models.PositiveSmallIntegerField(default=2)
    weekday = models.PositiveSmallIntegerField(default=3)
    time = models.TimeField(default=dt.time(9, 7))
    time_zone = models.CharField(max_length=64, default="America/New_York")
    starts_on = models.DateField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ArchivePage(Page):
    """The public front of a publication: its issues, newest first."""

    publication = models.OneToOneField(
        Publication, on_delete=models.PROTECT, related_name="archive", null=True
    )
    introduction = models.TextField(blank=True)

    template = "web/archive.html"
    subpage_types = ["publishing.Issue"]
    parent_page_types = ["wagtailcore.Page"]


class Issue(Page):
    """One numbered instalment that editors write."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="issues")
    volume = models.PositiveIntegerField(default=0)
    number = models.PositiveIntegerField(default=0)
    date = models.DateField(null=True, blank=True)
    language = models.CharField(max_length=12, blank=True)
    subject = models.CharField(max_length=250, blank=True)
    preheader = models.CharField(max_length=250, blank=True)
    body = StreamField(Body(), blank=True)
    boilerplate = models.TextField(blank=True)
    pdf_url = models.URLField(blank=True)
    metadata: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        default=dict, blank=True
    )

    template = "web/issue.html"
    parent_page_types = ["publishing.ArchivePage"]
    subpage_types: list[str] = []

    class Meta:
        permissions = [("queue_issue", "Can queue an issue for sending")]
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "volume", "number"],
                condition=~models.Q(number=0),
                name="one_issue_per_number",
            )
        ]
