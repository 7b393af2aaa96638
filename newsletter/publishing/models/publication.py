"""A newsletter: what it is called, who sends it, and what its issues begin with."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from newsletter.conf.config import load
from newsletter.errors import BadInput
from newsletter.publishing import rhythm_fields, site_paths, skeletons, volumes
from newsletter.publishing.languages import is_language
from newsletter.publishing.models.choices import Start
from newsletter.publishing.models.delivery_settings import DeliverySettings
from newsletter.publishing.models.rhythm import PublicationRhythm
from newsletter.rendering import template_names
from subscribers.addresses import parse_address

#: How many people get a test of an issue at most.
MAX_REVIEWERS = 20


class Publication(PublicationRhythm, DeliverySettings):
    """A newsletter: its name and sender, its rhythm, its lists and its numbering."""

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
        archives = Page.objects.filter(depth=2, archivepage__isnull=False)
        front = archives.order_by("path").first()
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

    def newest_issue(self) -> Page | None:
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
        archive: Page | None = getattr(self, "archive", None)
        return (archive and archive.full_url) or f"{load().site.base_url}/"
