"""One numbered instalment that editors write; its drafts are revisions of its page."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.fields import StreamField
from wagtail.models import Page, PagePermissionTester, Revision

from newsletter.publishing import site_paths, skeletons
from newsletter.publishing.blocks import MERGE_HELP, Body
from newsletter.publishing.forms import IssueForm
from newsletter.publishing.languages import is_language
from newsletter.publishing.models.archive_page import AtSite
from newsletter.publishing.models.choices import Start
from newsletter.publishing.models.publication import Publication
from newsletter.publishing.naming import ref_of, slug_of, title_of
from newsletter.publishing.page_hooks import page_hooks
from newsletter.publishing.panels import ISSUE
from newsletter.publishing.rhythm_fields import zone_or_utc


class IssuePermissions(PagePermissionTester):
    """An issue has its place in the archive of its publication, and no order but its number."""

    def can_move(self) -> bool:
        """Return False: it would land under another publication."""
        return False

    def can_reorder_children(self) -> bool:
        """Return False: there are no pages below an issue."""
        return False


class Issue(AtSite, Page):
    """One numbered instalment that editors write.

    `volume` and `number` are 0 where a publication does not number.  These two, the date and
    the subject follow the latest draft (see `save_revision`); the rest of the row is what is
    on the web, and the draft is `get_latest_revision_as_object()`.
    """

    # Wagtail's manager has no types; these let the type checker follow queries and relations.
    objects: ClassVar[models.Manager[Issue]]
    _default_manager: ClassVar[models.Manager[Issue]]

    #: Columns that follow the latest draft, so that commands find what editors see.
    FOLLOWS_DRAFT = ("volume", "number", "date", "subject")

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="issues")
    volume = models.PositiveIntegerField(default=0)
    number = models.PositiveIntegerField(default=0)
    date = models.DateField(null=True, blank=True)
    #: The day it was queued for, where it has no date; kept once its mail was submitted.
    issued_on = models.DateField(null=True, blank=True, editable=False)
    language = models.CharField(
        max_length=12,
        blank=True,
        help_text=_("If it is not the publication's: e.g. en, ja, pt-BR."),
    )
    subject = models.CharField(
        max_length=250,
        blank=True,
        help_text=format_lazy("{} {}", _("Empty: the title."), MERGE_HELP),
    )
    preheader = models.CharField(
        max_length=250,
        blank=True,
        help_text=_("The line after the subject in a list of mails. Empty: the first headlines."),
    )
    body = StreamField(Body(), blank=True)
    boilerplate = models.TextField(
        blank=True, help_text=_("Markdown, at the end. Empty: the publication's.")
    )
    pdf_url = models.URLField(
        _("PDF"), blank=True, help_text=_("The address of a PDF of this issue.")
    )
    metadata: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        default=dict, blank=True
    )
    #: An issue of the past that was put on the web by itself: it is never mailed.
    never_mailed = models.BooleanField(default=False, editable=False)

    base_form_class = IssueForm
    edit_handler = ISSUE
    template = "web/issue.html"
    parent_page_types = ["publishing.ArchivePage"]
    subpage_types: list[str] = []
    private_page_options: list[str] = []
    # Two issues cannot have one number: the desk gives a copy the next.
    exclude_fields_in_copy = ["volume", "number", "date", "issued_on", "never_mailed"]
    default_preview_mode = "email"
    default_preview_size = "desktop"
    preview_modes = [("email", _("Email")), ("text", _("Plain text")), ("web", _("Web page"))]
    preview_sizes = [
        {"name": "mobile", "icon": "mobile-alt", "device_width": 375, "label": _("Phone")},
        {"name": "desktop", "icon": "desktop", "device_width": 680, "label": _("Mail client")},
    ]

    class Meta:
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        permissions = [
            ("queue_issue", "Can queue an issue for sending"),
            ("approve_issue", "Can approve an issue"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "volume", "number"],
                condition=~models.Q(number=0),
                name="one_issue_per_number",
            )
        ]

    @property
    def ref(self) -> str:
        """How commands call it: `3.11`, `11` without volumes, else its slug."""
        return ref_of(self.volume, self.number) or str(self.slug)

    @property
    def numbered_title(self) -> str:
        """The title that follows from its number."""
        return title_of(self.publication.name, self.volume, self.number)

    @property
    def day(self) -> dt.date | None:
        """The day it carries everywhere: its date, else the day it was queued for.

        One that was only put on the web carries the day of that, in the publication's zone.
        """
        given: dt.date | None = self.date or self.issued_on
        first: dt.datetime | None = self.first_published_at
        if given or first is None:
            return given
        return first.astimezone(zone_or_utc(self.publication.time_zone)).date()

    @property
    def spoken_language(self) -> str:
        """Its own language, else the publication's."""
        return self.language or self.publication.language

    def begin(
        self,
        publication: Publication,
        start: str = "",
        number: tuple[int, int] | None = None,
    ) -> None:
        """Make a new instance the next issue of a publication: number, title, first blocks.

        `start` is one of `Start`; without it, the skeleton, if the publication has one.
        `number` is volume and number; without it, the next.
        """
        self.publication = publication
        self.volume, self.number = publication.next_number() if number is None else number
        self.title = self.numbered_title
        self.slug = slug_of(self.title)
        first = publication.first_blocks(start or Start.SKELETON)
        self.body = self._meta.get_field("body").to_python(json.dumps(first))
        if start in {"", Start.SKELETON}:
            self.boilerplate = publication.skeleton.get(skeletons.CLOSING, "")

    def clean(self) -> None:
        """Refuse a number that is taken, an address of the site, and what is not a language."""
        super().clean()
        if problem := self.address_problem():
            raise ValidationError({"slug": problem})
        if self.language and not is_language(self.language):
            raise ValidationError({"language": gettext("Give a code such as en or pt-BR.")})
        if self.number and self.publication_id and (twin := self.twins().first()):
            raise ValidationError(
                {"number": f"{self.ref} is taken: {twin.draft_title or twin.title}"}
            )

    def address_problem(self) -> str:
        """Say that its address is one of the site itself, or nothing.

        One that was stored before it became one of the site is let be.
        """
        problem = site_paths.reserved_problem(self.slug)
        stored = bool(problem) and Issue.objects.filter(pk=self.pk, slug=self.slug).exists()
        return "" if stored else problem

    def twins(self) -> models.QuerySet[Issue]:
        """Return other issues of the publication with the same number."""
        same = Issue.objects.filter(
            publication=self.publication_id, volume=self.volume, number=self.number
        )
        return same.exclude(pk=self.pk)

    def with_content_json(self, content: dict[str, Any]) -> Issue:
        """Return the issue as a revision has it; the day it was queued for is the issue's own."""
        shown: Issue = super().with_content_json(content)
        shown.issued_on, shown.never_mailed = self.issued_on, self.never_mailed
        known = self._state.fields_cache.get("publication")
        if known is not None and known.pk == shown.publication_id:
            shown.publication = known
        return shown

    def save_revision(self, *args: Any, **kwargs: Any) -> Revision:
        """Save a draft and let the row's number, date and subject follow it.

        A revision that an edition was made from is never overwritten by an autosave: it says
        what was sent.
        """
        overwritten = kwargs.get("overwrite_revision")
        if overwritten and self.editions.filter(revision=overwritten).exists():
            kwargs["overwrite_revision"] = None
        revision = super().save_revision(*args, **kwargs)
        follow_draft(instance=self)
        return revision

    def permissions_for_user(self, user: Any) -> IssuePermissions:
        """Return what a user may do with it."""
        return IssuePermissions(user, self)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add what the web page shows."""
        context = super().get_context(request, *args, **kwargs)
        return {**context, **page_hooks().issue_context(self, request)}

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """Show the mail, its text or the web page as the draft stands; faults as a page too."""
        return page_hooks().preview(self, request, mode_name, super().serve_preview)


def follow_draft(instance: Issue, **_: Any) -> None:
    """Bring the row in line with a draft; called too when an older revision was published."""
    draft = instance.get_latest_revision_as_object()
    columns = {name: getattr(draft, name) for name in Issue.FOLLOWS_DRAFT}
    Issue.objects.filter(pk=instance.pk).update(**columns)
