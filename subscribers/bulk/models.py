"""The runs of bulk actions: what was asked of each, how far it is, and how it is undone."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

#: In the place of a text that was forgotten; an empty one would ask for everybody.
FORGOTTEN = "…"


class BulkRun(models.Model):
    """One action for everybody whom a filter found."""

    class Action(models.TextChoices):
        """What is done."""

        ADD = "add", _("add to a list")
        UNSUBSCRIBE = "unsubscribe", _("unsubscribe")
        SET = "set", _("set an attribute")
        DELETE = "delete", _("delete who never confirmed")

    class State(models.TextChoices):
        """Where a run stands; what is `BUSY` is work for `worker`, and `PREVIEWS` change nobody."""

        COUNTING = "counting", pgettext_lazy("bulk action", "being counted")
        COUNTED = "counted", pgettext_lazy("bulk action", "counted, nothing is done yet")
        UNCOUNTED = "uncounted", pgettext_lazy("bulk action", "not counted")
        APPLYING = "applying", _("being applied")
        APPLIED = "applied", pgettext_lazy("bulk action", "applied")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")
        FAILED = "failed", pgettext_lazy("bulk action", "stopped")

    action = models.CharField(max_length=12, choices=Action.choices)
    state = models.CharField(max_length=12, choices=State.choices, default=State.APPLYING)
    #: `PeopleFilter.as_dict`; the filter of its segment is kept, for segments change.
    filter: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)
    segment_filter = models.TextField(blank=True)
    #: The list of the action; of `UNSUBSCRIBE` none means all.
    list = models.ForeignKey(
        "subscribers.List", on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    attribute = models.CharField(max_length=100, blank=True)
    value = models.CharField(max_length=1000, blank=True)
    #: Why the people may be mailed, or why they were unsubscribed.
    basis = models.CharField(max_length=12, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=150, blank=True)
    #: The language in which results are worded.
    language = models.CharField(max_length=20, blank=True)
    #: Ids up to here were there when it was asked for; those up to `position` are done.
    last_id = models.BigIntegerField(default=0)
    #: The last row of each ledger then, by the label of its model: later ones tell of sends since.
    ledger_ends: models.JSONField[dict[str, int], dict[str, int]] = models.JSONField(default=dict)
    position = models.BigIntegerField(default=0)
    #: Figures by outcome, `actions.Outcome`; after an undo those of it under `undo`.
    result: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    problem = models.TextField(blank=True)
    rows_done = models.IntegerField(default=0)
    rows_total = models.IntegerField(default=0)
    #: How often it was begun, and when somebody last worked on it.
    attempts = models.IntegerField(default=0)
    worked_at = models.DateTimeField(null=True, blank=True)
    #: When it was asked for; what a person did since then stays.
    applied_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "subscribers"
        ordering = ["-pk"]
        verbose_name = _("bulk action")
        verbose_name_plural = _("bulk actions")

    def __str__(self) -> str:
        return f"{self.get_action_display()} ({self.get_state_display()})"


#: A run in these is not over.
BUSY = (BulkRun.State.COUNTING, BulkRun.State.APPLYING, BulkRun.State.UNDOING)
#: A run in these shows what would become of people, and changes nobody.
PREVIEWS = (BulkRun.State.COUNTING, BulkRun.State.COUNTED, BulkRun.State.UNCOUNTED)


class BulkChange(models.Model):
    """What one run changed of one person, by which it is undone; kept for some weeks.

    `before` is the state of a subscription that the run ended, or the value of the attribute that
    it set; nothing where there was none.
    """

    run = models.ForeignKey(
        BulkRun, on_delete=models.CASCADE, related_name="changes", db_index=False
    )
    subscriber = models.ForeignKey(
        "subscribers.Subscriber", on_delete=models.CASCADE, related_name="bulk_changes"
    )
    list = models.ForeignKey(
        "subscribers.List", on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    before = models.CharField(max_length=1000, null=True, blank=True)
    #: When; a subscription that was changed later is left alone by an undo.
    at = models.DateTimeField()

    class Meta:
        app_label = "subscribers"
        indexes = [models.Index(fields=["run", "id"], name="changes_of_bulk_run")]

    def __str__(self) -> str:
        return f"{self.subscriber_id}: {self.run_id}"
