"""Publications, their issues, and the public archive."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page, PagePermissionTester, PageViewRestriction, Revision

from newsletter.conf.config import load
from newsletter.dates import read_zone
from newsletter.errors import BadInput
from newsletter.publishing import rhythm_fields, site_paths, skeletons, volumes
from newsletter.publishing.blocks import MERGE_HELP, Body
from newsletter.publishing.forms import IssueForm
from newsletter.publishing.languages import is_language
from newsletter.publishing.link_answers import LinkAnswer  # noqa: F401  Django finds models here
from newsletter.publishing.naming import ref_of, slug_of, title_of
from newsletter.publishing.page_hooks import page_hooks
from newsletter.publishing.panels import ISSUE
from newsletter.publishing.published import WebEntry
from newsletter.publishing.rhythm_fields import zone_or_utc
from newsletter.publishing.volumes import VolumeRule
from newsletter.rendering import template_names
from newsletter.scheduling.cadence import Pattern
from newsletter.scheduling.holiday_calendar import is_region
from newsletter.scheduling.quiet_dates import UnreadableLine, parse_quiet_dates
from newsletter.scheduling.quiet_policy import Policy
from subscribers.addresses import parse_address

__all__ = ["Acceptance", "ArchivePage", "Issue", "Publication", "Start", "WebEntry"]

#: How many people get a test of an issue at most.
MAX_REVIEWERS = 20
#: The longest grace period of a held slot: a week.
MAX_GRACE_HOURS = 168


class Start(models.TextChoices):
    """What a new issue begins with."""

    ITEMS = "items", _("Empty items")
    SKELETON = "skeleton", _("The skeleton")
    LAST = "last", _("The last issue")


class VolumeRuleChoices(models.TextChoices):
    """When a new volume begins (`newsletter.publishing.volumes.VolumeRule`)."""

    HAND = VolumeRule.HAND, _("when somebody gives a number of another volume")
    YEAR = VolumeRule.YEAR, _("with each year")
    COUNT = VolumeRule.COUNT, _("after a number of issues")


def site_zone() -> str:
    """Return the time zone of the site, in which a new publication comes out."""
    return str(settings.TIME_ZONE)


class Publication(models.Model):
    """A newsletter: its name and sender, its rhythm, its lists and its numbering.

    `weekday` counts from Monday = 0; `time` is wall time in `time_zone`.
    """

    class Weekday(models.IntegerChoices):
        """The days, as `datetime.date.weekday` counts them."""

        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    class CadencePattern(models.TextChoices):
        """How the dates are found (`newsletter.scheduling.cadence.Pattern`)."""

        WEEKS = Pattern.WEEKS, _("every week, or every few weeks")
        WEEKDAYS = Pattern.WEEKDAYS, _("every month, on weekdays such as the first Thursday")
        DAYS = Pattern.DAYS, _("every month, on dates such as the 1st and the 15th")

    class DeliveryMode(models.TextChoices):
        """When the provider gets an issue, and when it goes out.

        See docs/explanation/prescheduled.md.
        """

        IMMEDIATE = "immediate", _("immediate: submitted at the scheduled time")
        PRESCHEDULED = "prescheduled", _("pre-scheduled: submitted before, goes out by itself")
        ON_HOLD = "on_hold", _("on hold: submitted before, goes out when released")

    class QuietPolicy(models.TextChoices):
        """What becomes of a slot on a holiday (`newsletter.scheduling.quiet_policy.Policy`)."""

        MARK = Policy.MARK, _("it goes out all the same")
        SKIP = Policy.SKIP, _("it is skipped")
        BEFORE = Policy.BEFORE, _("it goes out the day before")
        AFTER = Policy.AFTER, _("it goes out the day after")

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(
        max_length=80, unique=True, help_text=_("Its name in addresses and commands.")
    )
    language = models.CharField(max_length=12, default="en", help_text=_("E.g. en, ja, pt-BR."))
    template = models.CharField(
        max_length=60, default="digest", help_text=_("A folder in templates/email/.")
    )

    #: What differs from the template's own theme (`newsletter.publishing.content.looks`).
    look: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        default=dict, blank=True, editable=False
    )
    logo = models.ForeignKey(
        "wagtailimages.Image",
        verbose_name=_("logo"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    logo_width = models.PositiveSmallIntegerField(
        _("width of the logo"),
        default=240,
        validators=[MinValueValidator(40), MaxValueValidator(560)],
    )

    from_name = models.CharField(_("sender"), max_length=100)
    from_email = models.EmailField(_("sender's address"))
    reply_to = models.EmailField(_("replies go to"), blank=True)
    postal_address = models.CharField(
        max_length=300, help_text=_("The law wants it at the foot of every mail.")
    )
    privacy_url = models.URLField(
        _("privacy page"), blank=True, help_text=_("If it is not the one of this site.")
    )
    boilerplate = models.TextField(
        blank=True, help_text=_("Markdown; stands at the end of every issue without its own.")
    )
    #: The blocks of new issues, as `newsletter.publishing.skeletons` has them; empty without any.
    skeleton: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        default=dict, blank=True, editable=False
    )
    lists = models.ManyToManyField("subscribers.List", related_name="publications", blank=True)
    needs_approval = models.BooleanField(
        default=False, help_text=_("Nothing is sent before somebody has approved it.")
    )
    second_person = models.BooleanField(
        _("approved by a second person"),
        default=False,
        help_text=_("Whoever changed an issue last cannot approve it."),
    )
    reviewers = models.TextField(
        _("reviewers"),
        blank=True,
        help_text=_("Who gets tests of an issue: one address on each line."),
    )
    delivery_mode = models.CharField(
        max_length=12,
        choices=DeliveryMode.choices,
        default=DeliveryMode.IMMEDIATE,
        help_text=_(
            "Immediate: whoever leaves before it goes out does not get it. An answer of the "
            "provider that is lost leaves people unknown until there is evidence. Pre-"
            "scheduled: a lost answer is resolved without you, and the issue goes out even "
            "while this program is down. Who leaves in the last 11 minutes still gets it. On "
            "hold: as pre-scheduled, and you can undo it until the last second. If this program"
            " is down then, nothing goes out until it is back; after three days the provider "
            "discards it. Both need SendGrid and rely on what it documents: try them with a few"
            " addresses first."
        ),
    )
    preschedule_minutes = models.PositiveSmallIntegerField(
        _("minutes before"),
        default=30,
        validators=[MinValueValidator(20), MaxValueValidator(600)],
        help_text=_(
            "So long before its time an issue is submitted that is pre-scheduled or on hold."
        ),
    )

    count_opens = models.BooleanField(
        _("count opens"),
        default=False,
        help_text=_(
            "The mail provider puts an invisible picture into each mail, and reports when it is"
            " loaded. Machines load it, too, such as Apple Mail Privacy Protection and the proxy"
            " of Gmail. So an open that is counted does not mean that anybody read the mail, and"
            " many people read it without being counted."
        ),
    )
    count_clicks = models.BooleanField(
        _("count clicks"),
        default=False,
        help_text=_(
            "The mail provider rewrites the links of each mail so that they lead through its"
            " server, and reports which one was followed. Programs that check mail follow links,"
            " too. Links for leaving, and all with something of one person in them, stay as they"
            " are."
        ),
    )

    canary = models.BooleanField(
        _("a few people first"),
        default=False,
        help_text=_("1 % of the readers get each issue first; the rest follows when all is well."),
    )
    seeds = models.ForeignKey(
        "subscribers.List",
        verbose_name=_("first of all"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Who is on this list gets each issue with these few, reader or not."),
    )
    seed_segment = models.ForeignKey(
        "subscribers.Segment",
        verbose_name=_("readers who get it first"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="publications",
        help_text=_("The readers in this segment get each issue with these few."),
    )

    pattern = models.CharField(
        _("pattern"), max_length=8, choices=CadencePattern.choices, default=CadencePattern.WEEKS
    )
    every_weeks = models.PositiveSmallIntegerField(
        _("weeks from issue to issue"),
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(520)],
    )
    weekday = models.PositiveSmallIntegerField(choices=Weekday.choices, default=Weekday.THURSDAY)
    more_weekdays: models.JSONField[list[int], list[int]] = models.JSONField(
        _("also on"), default=list, blank=True, help_text=_("More weekdays of the same weeks.")
    )
    #: Which of these weekdays in a month (`newsletter.scheduling.cadence.ORDINALS`).
    ordinals: models.JSONField[list[int], list[int]] = models.JSONField(
        _("which of them"),
        default=list,
        blank=True,
        help_text=_("Two of them make two issues a month."),
    )
    #: Days of a month by their number (`newsletter.scheduling.cadence.MONTH_DAYS`).
    month_days: models.JSONField[list[int], list[int]] = models.JSONField(
        _("days of the month"), default=list, blank=True
    )
    time = models.TimeField(default=dt.time(9, 7))
    time_zone = models.CharField(
        max_length=64, default=site_zone, help_text=_("E.g. Europe/London, Asia/Tokyo.")
    )
    starts_on = models.DateField(
        _("first issue on"), help_text=_("The rhythm counts from this day.")
    )

    holiday_regions = models.JSONField(
        _("holidays of"),
        default=list,
        blank=True,
        help_text=_("Public holidays of these countries and regions stand in the calendar."),
    )
    quiet_dates = models.TextField(
        _("quiet dates"),
        blank=True,
        help_text=_(
            "Dates of your own, one on each line: 2026-12-24 to 2027-01-01 Closed. They count as"
            " holidays."
        ),
    )
    quiet_policy = models.CharField(
        _("on a holiday"),
        max_length=8,
        choices=QuietPolicy.choices,
        default=QuietPolicy.MARK,
        help_text=_(
            "What becomes of a slot on such a day. If no day near it is free, the slot is skipped."
        ),
    )
    volume_rule = models.CharField(
        _("a new volume begins"),
        max_length=5,
        choices=VolumeRuleChoices.choices,
        default=VolumeRuleChoices.HAND,
        help_text=_("Only where issues carry a volume, as in Vol 3.12."),
    )
    issues_per_volume = models.PositiveSmallIntegerField(
        _("issues in a volume"), default=26, validators=[MinValueValidator(1)]
    )
    #: What the first issue is numbered; the volume is 0 without volumes, both are without numbers.
    first_volume = models.PositiveIntegerField(default=1, editable=False)
    first_number = models.PositiveIntegerField(default=1, editable=False)
    draft_days = models.PositiveSmallIntegerField(
        _("days before"),
        default=0,
        validators=[MaxValueValidator(60)],
        help_text=_(
            "This many days before a slot its draft is opened by itself, and the writers are told"
            " by mail. 0: never."
        ),
    )
    draft_start = models.CharField(
        _("it begins with"), max_length=8, choices=Start.choices, default=Start.SKELETON
    )
    grace_hours = models.PositiveSmallIntegerField(
        _("grace period in hours"),
        default=24,
        validators=[MaxValueValidator(MAX_GRACE_HOURS)],
        help_text=_(
            "A slot that is due without an approved issue is held, and people are told. For this"
            " long the issue can still be sent with one click; then the slot is skipped."
        ),
    )
    #: When the rhythm was changed last, and how often: calendar programs count the changes.
    rhythm_changed_at = models.DateTimeField(null=True, editable=False)
    rhythm_version = models.PositiveIntegerField(default=0, editable=False)
    #: Dates that the rhythm has no more, with their times (`newsletter.scheduling.dropped_dates`).
    dropped_dates: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(
        default=dict, blank=True, editable=False
    )

    class Meta:
        ordering = ["name"]
        verbose_name = _("publication")
        verbose_name_plural = _("publications")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse what would only fail when an issue is due."""
        checks = {
            "slug": self.address_problem(),
            "time_zone": self.zone_problem(),
            "language": self.language_problem(),
            "template": self.template_problem(),
            "delivery_mode": self.delivery_problem(),
            "reviewers": self.reviewers_problem(),
            "holiday_regions": self.regions_problem(),
            "quiet_dates": self.quiet_dates_problem(),
            **rhythm_fields.list_problems(self),
        }
        if errors := {field: problem for field, problem in checks.items() if problem}:
            raise ValidationError(errors)

    def address_problem(self) -> str:
        """Say that its address is one of the site, or of an issue where it would stand; or nothing.

        One that it has already is let be.
        """
        if self.pk and Publication.objects.filter(pk=self.pk, slug=self.slug).exists():
            return ""
        front = ArchivePage.objects.filter(depth=2).order_by("path").first()
        taken = "" if self.pk or not front else site_paths.taken_problem(self.slug, front)
        return site_paths.reserved_problem(self.slug) or taken

    def reviewers_problem(self) -> str:
        """Say what is wrong with the addresses of the reviewers, or nothing."""
        try:
            addresses = self.reviewer_addresses()
        except BadInput as error:
            return error.sentences
        if len(addresses) > MAX_REVIEWERS:
            return str(_("There are more than %(count)s addresses.") % {"count": MAX_REVIEWERS})
        return ""

    def reviewer_addresses(self) -> list[str]:
        """Return who gets tests of an issue; raises `BadInput` for what is no address."""
        lines = [line.strip() for line in self.reviewers.splitlines()]
        return list(dict.fromkeys(parse_address(line).email for line in lines if line))

    def language_problem(self) -> str:
        """Say what is wrong with the language, or nothing."""
        return "" if is_language(self.language) else gettext("Give a code such as en or pt-BR.")

    def zone_problem(self) -> str:
        """Say what is wrong with the time zone, or nothing."""
        if read_zone(self.time_zone) is None:
            return gettext("There is no such time zone; give one such as America/New_York.")
        return ""

    def regions_problem(self) -> str:
        """Say which region of the holidays is none, or nothing."""
        unknown = ", ".join(str(code) for code in self.holiday_regions if not is_region(code))
        words = gettext("No holidays are known of {codes}; choose from the list.")
        return words.format(codes=unknown) if unknown else ""

    def quiet_dates_problem(self) -> str:
        """Say which line of the quiet dates cannot be read, or nothing."""
        try:
            parse_quiet_dates(self.quiet_dates)
        except UnreadableLine as error:
            words = gettext(
                "Line {line} is not a date: {text}. Write 2026-12-24 Closed, or"
                " 2026-12-24 to 2027-01-01 Closed; at most a year."
            )
            return words.format(line=error.line, text=error.text)
        return ""

    def delivery_problem(self) -> str:
        """Say why nothing can be submitted before its time, or nothing."""
        if self.canary and self.delivery_mode != self.DeliveryMode.IMMEDIATE:
            return gettext(
                "With a few people first the mode must be immediate: the rest waits for them."
            )
        return ""

    def template_problem(self) -> str:
        """Say what is wrong with the template, or nothing."""
        there = template_names(load().email_templates)
        if self.template in there:
            return ""
        names = ", ".join(there) or gettext("none")
        return gettext("There is no such template; there are: {names}.").format(names=names)

    def next_number(self) -> tuple[int, int]:
        """Return volume and number of the issue to come: those of the first slot without one.

        A publication whose issues carry no numbers goes on without: (0, 0).
        """
        return volumes.next_number(self)

    def newest_issue(self) -> Issue | None:
        """Return the issue with the highest number, or the one that was begun last."""
        return self.issues.order_by("-volume", "-number", "-pk").first()

    def first_blocks(self, start: str) -> list[dict[str, Any]]:
        """Return the blocks of a new issue; empty items where there is nothing to begin from."""
        if start == Start.SKELETON and self.skeleton.get(skeletons.BODY):
            return skeletons.with_fresh_ids(self.skeleton[skeletons.BODY])
        last = self.newest_issue() if start == Start.LAST else None
        if last is None:
            return skeletons.empty_digest()
        draft = last.get_latest_revision_as_object()
        return skeletons.without_news(draft.body.get_prep_value())

    def starts(self, chosen: str) -> list[dict[str, Any]]:
        """Return what a new issue can begin with here, and which of it a person chose."""
        last = self.newest_issue()
        there = {
            Start.SKELETON: self.skeleton.get(skeletons.TITLE, ""),
            Start.ITEMS: gettext("{number} items").format(number=skeletons.ITEMS),
            Start.LAST: (last.draft_title or last.title) if last else "",
        }
        offered = [start for start, about in there.items() if about]
        if chosen not in offered:
            chosen = offered[0]
        return [
            {"start": start, "label": start.label, "about": there[start], "on": start == chosen}
            for start in offered
        ]

    @property
    def contact(self) -> str:
        """Where readers write to."""
        return self.reply_to or self.from_email

    @property
    def home(self) -> str:
        """The path of its archive, with a slash at both ends."""
        return urlsplit(self.home_url).path

    @property
    def home_url(self) -> str:
        """The address of its archive, with a slash at its end."""
        archive: ArchivePage | None = getattr(self, "archive", None)
        return (archive and archive.full_url) or f"{load().site.base_url}/"


class AtSite:
    """A page whose full address begins as `[site]` says, whatever Wagtail's Site row says."""

    def get_url_parts(self, request: HttpRequest | None = None) -> tuple[int, str, str] | None:
        """Return the id of the site, what stands before its paths, and the path of the page."""
        parts = super().get_url_parts(request)  # type: ignore[misc]
        return (parts[0], self._origin(), parts[2]) if parts else None

    def get_view_restrictions(self) -> models.QuerySet[PageViewRestriction]:
        """Return none: pages of the archive are for everybody (`private_page_options`)."""
        none: models.QuerySet[PageViewRestriction] = PageViewRestriction.objects.none()
        return none

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with the page, such that proxies and browsers can keep it."""
        response: HttpResponse = super().serve(request, *args, **kwargs)  # type: ignore[misc]
        return page_hooks().serve(self, request, response)

    def _origin(self) -> str:
        site = load().site
        # Most sites have one host, and then nothing has to be asked of the database.
        publication: Publication | None = self.publication if site.addresses else None  # type: ignore[attr-defined]
        return site.origin_of(publication.slug) if publication else site.origin


class ArchivePage(AtSite, Page):
    """The public front of a publication: its issues, newest first."""

    publication = models.OneToOneField(
        Publication, on_delete=models.PROTECT, related_name="archive", null=True
    )
    introduction = models.TextField(blank=True, help_text=_("Markdown; stands above the issues."))

    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    promote_panels: list[Any] = []
    settings_panels: list[Any] = []
    template = "web/archive.html"
    # The first publication is the site's front; further ones stand below it.
    parent_page_types = ["wagtailcore.Page", "publishing.ArchivePage"]
    subpage_types = ["publishing.Issue", "publishing.ArchivePage"]
    #: A new publication gets its archive from `newsletter.publishing.bootstrap`.
    is_creatable = False
    private_page_options: list[str] = []

    class Meta:
        verbose_name = _("archive")
        verbose_name_plural = _("archives")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the issues that are on the web."""
        context = super().get_context(request, *args, **kwargs)
        return {**context, **page_hooks().archive_context(self, request)}


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


class Acceptance(models.Model):
    """Somebody's reason to send an issue although preflight finds an error in it.

    It holds for one finding: `fingerprint` is that of its code, place and message, which stand
    beside it for people.  `by` is a name, as the person may leave and the record stays.
    """

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="acceptances")
    fingerprint = models.CharField(max_length=64)
    code = models.CharField(max_length=60)
    place = models.CharField(max_length=300, blank=True)
    message = models.TextField()
    reason = models.CharField(max_length=500)
    by = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["issue", "fingerprint"], name="one_acceptance_per_finding"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} accepted by {self.by}: {self.reason}"


def follow_draft(instance: Issue, **_: Any) -> None:
    """Bring the row in line with a draft; called too when an older revision was published."""
    draft = instance.get_latest_revision_as_object()
    columns = {name: getattr(draft, name) for name in Issue.FOLLOWS_DRAFT}
    Issue.objects.filter(pk=instance.pk).update(**columns)
