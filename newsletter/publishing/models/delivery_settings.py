"""How a publication's mail goes out: its delivery mode, what is counted, who gets it first."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class DeliverySettings(models.Model):
    """The columns of a publication that say how its mail is submitted, counted and tried first."""

    class DeliveryMode(models.TextChoices):
        """When the provider gets an issue, and when it goes out.

        See docs/explanation/prescheduled.md.
        """

        IMMEDIATE = "immediate", _("immediate: submitted at the scheduled time")
        PRESCHEDULED = "prescheduled", _("pre-scheduled: submitted before, goes out by itself")
        ON_HOLD = "on_hold", _("on hold: submitted before, goes out when released")

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

    class Meta:
        abstract = True

    def delivery_problem(self) -> str:
        """Say why nothing can be submitted before its time, or nothing."""
        if self.canary and self.delivery_mode != self.DeliveryMode.IMMEDIATE:
            return gettext(
                "With a few people first the mode must be immediate: the rest waits for them."
            )
        return ""
