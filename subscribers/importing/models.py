"""The runs of imports: what was asked of each, what it found and did, and how it is undone."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

#: Days for which a run can be undone.
UNDO_DAYS = 30


class ImportRun(models.Model):
    """One file that somebody brings into a list.

    While one is `WRITING`, some of its people are written and committed, and others are not: see
    `subscribers.importing.unfinished`.  The file itself lies in the data folder, and only until it
    is applied or a day has passed.
    """

    class State(models.TextChoices):
        """Where a run stands; `WORKING` are work for `worker`."""

        CHECKING = "checking", _("being checked")
        ASKING = "asking", _("needs an answer")
        CHECKED = "checked", _("checked, not applied")
        APPLYING = "applying", _("being applied")
        WRITING = "writing", pgettext_lazy("import", "being written")
        APPLIED = "applied", pgettext_lazy("import", "applied")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")
        FAILED = "failed", pgettext_lazy("import", "failed, nothing was changed")
        DISCARDED = "discarded", _("discarded")

    class Basis(models.TextChoices):
        """Why the people may be mailed: GDPR article 6(1)."""

        CONSENT = "consent", _("they consented")
        CONTRACT = "contract", _("a contract with them")
        INTEREST = "interest", _("a legitimate interest")
        UNSTATED = "", _("not stated")

    # Indexes would slow imports down, and no page looks for runs by list.
    list = models.ForeignKey(
        "subscribers.List", on_delete=models.CASCADE, related_name="imports", db_index=False
    )
    state = models.CharField(max_length=12, choices=State.choices, default=State.CHECKING)
    file_name = models.CharField(max_length=255)
    file_hash = models.CharField(max_length=64)
    file_size = models.BigIntegerField(default=0)
    #: What a person said of the file, as `telling.told_of` takes it.
    answers: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    basis = models.CharField(max_length=12, choices=Basis.choices, blank=True)
    basis_note = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=150, blank=True)
    #: The language in which results are worded.
    language = models.CharField(max_length=20, blank=True)
    #: Figures and words of the last check or of applying: `results.ImportResult.figures`.
    result: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    #: A few people of each outcome; only between check and applying.
    samples: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    #: Why it asks or failed, and what to do.
    problem = models.TextField(blank=True)
    hint = models.TextField(blank=True)
    rows_done = models.IntegerField(default=0)
    rows_total = models.IntegerField(default=0)
    #: How often it was begun, and when somebody last worked on it.
    attempts = models.IntegerField(default=0)
    worked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "subscribers"
        ordering = ["-pk"]
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def __str__(self) -> str:
        return f"{self.file_name} ({self.get_state_display()})"


#: States in which a run asks for work, or was left half-way.
WORKING = (
    ImportRun.State.CHECKING,
    ImportRun.State.APPLYING,
    ImportRun.State.WRITING,
    ImportRun.State.UNDOING,
)


class ImportChange(models.Model):
    """What one run changed of one person, by which it is undone; kept for some weeks.

    `before` and `after` hold `name`, `attributes` and `language` where the run changed them.
    """

    run = models.ForeignKey(
        ImportRun, on_delete=models.CASCADE, related_name="changes", db_index=False
    )
    # No constraint: a million of them are written at once, and `undoing` deletes in its own order.
    subscriber = models.ForeignKey(
        "subscribers.Subscriber",
        on_delete=models.CASCADE,
        related_name="import_changes",
        db_index=False,
        db_constraint=False,
    )
    #: Whether the run made the person, and the subscription.
    made = models.BooleanField(default=False)
    joined = models.BooleanField(default=False)
    #: Since when the person is on the list, where the file says it; else the run's time.
    joined_at = models.DateTimeField(null=True, blank=True)
    before: models.JSONField[dict[str, Any] | None, dict[str, Any] | None] = models.JSONField(
        null=True, blank=True
    )
    after: models.JSONField[dict[str, Any] | None, dict[str, Any] | None] = models.JSONField(
        null=True, blank=True
    )

    class Meta:
        app_label = "subscribers"
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "run"], name="one_change_per_run")
        ]

    def __str__(self) -> str:
        return f"{self.subscriber_id}: {self.run_id}"


class ColumnMapping(models.Model):
    """What a person said of the columns of a table; its titles are known again by their hash."""

    list = models.ForeignKey(
        "subscribers.List", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    titles_hash = models.CharField(max_length=64)
    #: Kinds by title.
    columns: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "subscribers"
        constraints = [
            models.UniqueConstraint(fields=["list", "titles_hash"], name="one_mapping_per_table")
        ]

    def __str__(self) -> str:
        return self.titles_hash
