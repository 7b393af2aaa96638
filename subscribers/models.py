"""Subscribers, lists, and who must not be mailed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from subscribers.addresses import key_of
from subscribers.bulk import models as bulk_models  # noqa: F401  Django looks here
from subscribers.history.models import SubscriptionChange  # noqa: F401  Django finds models here
from subscribers.importing import models as import_models  # noqa: F401  Django looks here
from subscribers.names import first_name_in
from subscribers.preferences.models import (  # noqa: F401  Django finds models here
    AddressChange,
    Pause,
    PausedIssue,
)
from subscribers.privacy.models import Cleaning, ErasedAddress  # noqa: F401  Django finds models here
from subscribers.sign_up.models import (  # noqa: F401  Django finds models here
    Consent,
    SignUp,
    SignUpCount,
    SignUpForm,
)

#: What the address of an erased person is replaced by; RFC 6761 keeps `invalid` from all mail.
ERASED_DOMAIN = "erased.invalid"


class Subscriber(models.Model):
    """A person as an address; `key` decides whether two addresses are the same one."""

    email = models.EmailField(_("email address"), max_length=254)
    key = models.CharField(max_length=254, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200, blank=True)
    attributes: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(
        _("what else is known"), default=dict, blank=True
    )
    #: The language the person reads (BCP 47, such as `ja`); empty if it is not known.
    language = models.CharField(_("language"), max_length=35, blank=True, default="", db_default="")
    created_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    class Meta:
        ordering = ["id"]
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        # SQLite finds parts of names by looking through it, as it does for those of addresses.
        indexes = [models.Index(fields=["name"], name="subscribers_by_name")]

    def __str__(self) -> str:
        return self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Derive the key from the address, so that the two cannot disagree."""
        self.key = key_of(self.email)
        super().save(*args, **kwargs)

    @property
    def first_name(self) -> str:
        """The attribute of that name, else the first name in the name."""
        return first_name(self.name, self.attributes)

    @property
    def erased(self) -> bool:
        """Whether the person asked to be forgotten; only the row that others point at is left."""
        return self.key.endswith(f"@{ERASED_DOMAIN}")


def first_name(name: str, attributes: Mapping[str, str]) -> str:
    """Return the attribute of that name, else the first name in the name; blank where neither is.

    What is no name counts as none, so that a mail greets nobody as "Unknown" or "Dr.".
    """
    return first_name_in(attributes.get("first_name") or "") or first_name_in(name)


class List(models.Model):
    """A list that people subscribe to; `public` lists are offered on the preferences page."""

    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(_("short name"), max_length=80, unique=True)
    description = models.TextField(_("description"), blank=True)
    public = models.BooleanField(_("public"), default=True)
    #: Since then it takes no new people and no new sends; who is on it is kept.
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name"]
        verbose_name = _("list")
        verbose_name_plural = _("lists")

    def __str__(self) -> str:
        return self.name


class Subscription(models.Model):
    """One person on one list, and whether that person wants its mail."""

    class State(models.TextChoices):
        """Only the active are mailed."""

        PENDING = "pending", _("not confirmed yet")
        ACTIVE = "active", _("active")
        UNSUBSCRIBED = "unsubscribed", _("unsubscribed")

    # No indexes of their own: the two below begin with these columns, and imports write faster.
    subscriber = models.ForeignKey(
        Subscriber, on_delete=models.CASCADE, related_name="subscriptions", db_index=False
    )
    list = models.ForeignKey(
        List, on_delete=models.PROTECT, related_name="subscriptions", db_index=False
    )
    state = models.CharField(max_length=12, choices=State.choices, default=State.ACTIVE)
    source = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "list"], name="one_subscription")
        ]
        indexes = [models.Index(fields=["list", "state"], name="subscriptions_of_list")]

    def __str__(self) -> str:
        return f"{self.subscriber} on {self.list}: {self.state}"


class ListCount(models.Model):
    """By how much the people of a list in a state became more; the sum of the rows is the count.

    Triggers of the database write them: see `subscribers.list_counts`.
    """

    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="+", db_index=False)
    state = models.CharField(max_length=12)
    people = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["list", "state"], name="counts_of_list")]

    def __str__(self) -> str:
        return f"{self.list}: {self.people:+} {self.state}"


class Segment(models.Model):
    """People by what is known of them, as a filter in a small language (`subscribers.segments`).

    Who is in it is found out whenever it is used; the count is as of `counted_at`.
    """

    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(_("short name"), max_length=80, unique=True)
    filter = models.TextField(_("filter"))
    people = models.PositiveIntegerField(null=True, editable=False)
    counted_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name"]
        verbose_name = _("segment")
        verbose_name_plural = _("segments")

    def __str__(self) -> str:
        return self.name


class SuppressedAddress(models.Model):
    """An address that must not be mailed: why, who said so, and since when.

    Kept by address and not by person, so that it outlives an import.
    """

    class Reason(models.TextChoices):
        """Why; a complaint outweighs everything (`suppressions.GIVES_WAY`)."""

        BLOCKED = "blocked", _("mail was turned away again and again")
        BOUNCED = "bounced", _("the mailbox does not exist")
        COMPLAINED = "complained", _("reported as spam")
        INVALID = "invalid", _("not a valid address")
        MANUAL = "manual", _("suppressed by hand")
        UNSUBSCRIBED = "unsubscribed", _("unsubscribed at the mail provider")

    class Source(models.TextChoices):
        """Who said so; it decides who may take it back: see `suppressions.remove`."""

        HAND = "hand", _("a person here")
        FILE = "file", _("a file")
        PROVIDER = "provider", _("the mail provider")
        PROGRAM = "program", _("the program")

    email = models.EmailField(max_length=254)
    key = models.CharField(max_length=254, editable=False)
    reason = models.CharField(max_length=12, choices=Reason.choices, default=Reason.MANUAL)
    source = models.CharField(max_length=12, choices=Source.choices, default=Source.HAND)
    note = models.CharField(max_length=300, blank=True)
    #: The name of an account, or an `Actor`; empty if nobody knows.
    by = models.CharField(max_length=150, blank=True, default="", db_default="")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    #: When it was written here, where a file says that it held before.
    recorded_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.email}: {self.get_reason_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Derive the key from the address, so that the two cannot disagree."""
        self.key = key_of(self.email)
        super().save(*args, **kwargs)


class Suppression(SuppressedAddress):
    """An address that must not be mailed, whatever list it is on."""

    key = models.CharField(max_length=254, unique=True, editable=False)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("suppression")
        verbose_name_plural = _("suppressions")
        indexes = [models.Index(fields=["-created_at"], name="newest_suppressions")]


class ListSuppression(SuppressedAddress):
    """An address that must not be mailed as a reader of one list; other lists may mail it."""

    list = models.ForeignKey(
        List, on_delete=models.CASCADE, related_name="suppressions", db_index=False
    )

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("suppression for one list")
        verbose_name_plural = _("suppressions for one list")
        constraints = [
            models.UniqueConstraint(fields=["key", "list"], name="one_suppression_for_list")
        ]
        indexes = [models.Index(fields=["list", "-created_at"], name="suppressions_of_list")]


class SuppressionRemoval(models.Model):
    """A suppression that was taken back: what it was, who did it, and why.

    `list` is None if it was for all mail; `why` is empty if the person did it.
    """

    email = models.EmailField(max_length=254)
    key = models.CharField(max_length=254, db_index=True, editable=False)
    list = models.ForeignKey(
        List, on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    reason = models.CharField(max_length=12, choices=Suppression.Reason.choices)
    source = models.CharField(max_length=12, choices=Suppression.Source.choices)
    note = models.CharField(max_length=300, blank=True)
    #: Since when it was here, whatever a file said.
    suppressed_at = models.DateTimeField()
    why = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=150, blank=True)
    removed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-removed_at"]

    def __str__(self) -> str:
        return f"{self.email}: {self.why}"


class SigningKey(models.Model):
    """A key that links of ours were signed with, by its fingerprint; the key itself is not here."""

    fingerprint = models.CharField(max_length=16, unique=True)
    first_used_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return self.fingerprint
