"""What the ledger holds of a person, in words."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsletter.sending.models import Batch, Delivery, Exclusion
from subscribers.models import Subscriber
from subscribers.privacy.sections import Fact, Section, register_section


def about_deliveries(person: Subscriber) -> Iterator[Fact]:
    """Yield each issue that was to go to the person: address, state and time."""
    rows = Delivery.objects.filter(subscriber=person).select_related("send__issue", "batch")
    for each in rows.order_by("pk"):
        outcome = each.get_outcome_display() if each.outcome else batch_state(each.batch)
        at = each.send.started_at or each.send.at
        yield Fact(text=f"{each.send.issue.title}: {each.address}, {outcome}", at=at)


def batch_state(batch: Batch) -> str:
    """Return the state of a batch, which is that of its deliveries."""
    return str(Batch.State(batch.state).label)


def about_exclusions(person: Subscriber) -> Iterator[Fact]:
    """Yield each issue that left the person out, and why."""
    rows = Exclusion.objects.filter(subscriber=person).select_related("send__issue")
    for each in rows.order_by("pk"):
        why = Exclusion.Reason(each.reason).label
        said = _("%(issue)s: left out (%(why)s)") % {"issue": each.send.issue.title, "why": why}
        yield Fact(text=said, at=each.send.started_at or each.send.at)


def register_sections() -> None:
    """Register what the ledger holds; called once, when the app starts."""
    register_section(
        "50",
        Section(
            title=gettext_lazy("Issues that were sent to you"),
            models=("sending.delivery",),
            list_facts=about_deliveries,
        ),
    )
    register_section(
        "60",
        Section(
            title=gettext_lazy("Issues that left you out"),
            models=("sending.exclusion",),
            list_facts=about_exclusions,
        ),
    )
