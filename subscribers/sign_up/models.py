"""The form of a list, who asked to be on it, and the proof that they agreed."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

#: How long an address that does not confirm is counted; its mails are limited in that time.
ROUND = dt.timedelta(days=30)


class SignUpForm(models.Model):
    """How people sign up to one list; a list without a row has a form that is not open."""

    list = models.OneToOneField(
        "subscribers.List", on_delete=models.CASCADE, related_name="sign_up_form"
    )
    is_open = models.BooleanField(_("people may sign up"), default=False)
    double_opt_in = models.BooleanField(_("each address is confirmed by a mail"), default=True)
    asks_name = models.BooleanField(_("the form asks for a name"), default=False)
    sends_welcome = models.BooleanField(_("a welcome mail is sent"), default=False)
    welcome_has_issue = models.BooleanField(_("it shows the latest issue"), default=False)
    #: What people agree to, by language; where there is none, the program has a sentence.
    consent_texts: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(
        default=dict, blank=True
    )
    #: What the welcome mail says, by language.
    welcome_texts: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(
        default=dict, blank=True
    )
    #: Origins between spaces, such as https://example.org, whose pages may show it in a frame.
    frame_sites = models.TextField(_("web sites that show the form in a frame"), blank=True)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("sign-up form")
        verbose_name_plural = _("sign-up forms")

    def __str__(self) -> str:
        return f"sign-up form of list {self.list_id}"


class SignUp(models.Model):
    """That somebody asked for a list with an address; who it was, shows when they confirm.

    One row for each address and list, whatever becomes of it.  A request only writes this row, so
    that its answer and its work are the same for every address; what to mail is found out later.
    """

    class Mail(models.TextChoices):
        """What became of the last mail about it."""

        NONE = "none", _("nothing was mailed")
        IN_FLIGHT = "in_flight", _("submitted, no answer yet")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")
        UNKNOWN = "unknown", _("unknown")

    list = models.ForeignKey(
        "subscribers.List", on_delete=models.CASCADE, related_name="sign_ups", db_index=False
    )
    email = models.EmailField(max_length=254)
    key = models.CharField(max_length=254, editable=False)
    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=35, blank=True)
    consent_text = models.TextField(blank=True)
    #: Where the form was: page, frame, html, script, archive, issue, or a name of the site's own.
    source = models.CharField(max_length=40, blank=True)
    #: The site whose page had the form, as the browser said.
    site = models.CharField(max_length=200, blank=True)
    #: A keyed hash of the network address; removed after 30 days.
    ip_hash = models.CharField(max_length=64, blank=True)
    first_asked_at = models.DateTimeField(default=timezone.now)
    asked_at = models.DateTimeField(default=timezone.now)
    #: A request that nobody has looked at yet; the time from which on it may be.
    due_at = models.DateTimeField(null=True, blank=True)
    #: How often the address began to sign up to the list; links of an earlier round are dead.
    round = models.PositiveIntegerField(default=1)
    #: How many mails went to the address in this round.
    mails = models.PositiveSmallIntegerField(default=0)
    mail = models.CharField(max_length=10, choices=Mail.choices, default=Mail.NONE)
    mailed_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    #: A welcome mail that has not been submitted yet; the time from which on it may be.
    welcome_due_at = models.DateTimeField(null=True, blank=True)
    subscriber = models.ForeignKey(
        "subscribers.Subscriber",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="sign_ups",
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "key"], name="one_sign_up")]
        indexes = [
            models.Index(
                fields=["due_at"], name="sign_ups_due", condition=models.Q(due_at__isnull=False)
            ),
            models.Index(
                fields=["welcome_due_at"],
                name="welcomes_due",
                condition=models.Q(welcome_due_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"sign-up {self.pk} to list {self.list_id}"


class Consent(models.Model):
    """The proof that a person agreed: to what words, in what language, when, how, from which form.

    Written once; only the hash of the network address is removed later.
    """

    class Kind(models.TextChoices):
        """How the person agreed."""

        DOUBLE = "double", _("confirmed by the link in a mail")
        SINGLE = "single", _("signed up; the address was not confirmed")
        NOTED = "noted", _("noted by a person here")
        IMPORTED = "imported", _("said by who imported it")

    subscriber = models.ForeignKey(
        "subscribers.Subscriber", on_delete=models.CASCADE, related_name="consents"
    )
    list = models.ForeignKey("subscribers.List", on_delete=models.CASCADE, related_name="consents")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = models.TextField(blank=True)
    language = models.CharField(max_length=35, blank=True)
    source = models.CharField(max_length=40, blank=True)
    site = models.CharField(max_length=200, blank=True)
    #: When the form was submitted; nothing if there was none.
    asked_at = models.DateTimeField(null=True, blank=True)
    given_at = models.DateTimeField(default=timezone.now)
    ip_hash = models.CharField(max_length=64, blank=True)
    #: The account of who noted it, or what else is to be said about it.
    by = models.CharField(max_length=150, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["given_at", "pk"]
        indexes = [models.Index(fields=["list", "given_at"], name="consents_of_list")]

    def __str__(self) -> str:
        return f"subscriber {self.subscriber_id} agreed to list {self.list_id}: {self.kind}"


class SignUpCount(models.Model):
    """How many asked on a day, and how many of them confirmed; nobody counts twice."""

    list = models.ForeignKey(
        "subscribers.List", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    day = models.DateField()
    asked = models.PositiveIntegerField(default=0)
    confirmed = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "day"], name="one_count_a_day")]

    def __str__(self) -> str:
        return f"list {self.list_id} on {self.day}: {self.asked} asked, {self.confirmed} confirmed"
