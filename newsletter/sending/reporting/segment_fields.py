"""What segments can ask about the mail that somebody got: only what the ledger knows."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from newsletter.sending.models import Batch, Delivery
from subscribers.segments.comparisons import compare_number, match_any, negate
from subscribers.segments.fields import NO, Field, Kind, add_field
from subscribers.segments.people import answers

Outcome = Delivery.Outcome


def mail_of_person() -> QuerySet[Delivery]:
    """Return the mail of the person of the outer query that the provider accepted."""
    mine = Delivery.objects.filter(subscriber=OuterRef("pk"), batch__state=Batch.State.ACCEPTED)
    return mine.with_mail().order_by()


def count_issues(rows: QuerySet[Delivery]) -> Subquery:
    """Return the number of issues in the mail of a person; NULL where there is none."""
    issues = rows.values("subscriber").annotate(issues=Count("send__issue", distinct=True))
    return Subquery(issues.values("issues"))


def has_bounced(values: Sequence[str]) -> Q:
    """Return the condition that some mail bounced, or that none did."""
    bounced = Delivery.objects.filter(subscriber=OuterRef("pk"), outcome=Outcome.BOUNCED)
    return negate(Q(Exists(bounced)), when=values[0] == NO)


def add_fields() -> None:
    """Let segments ask about mail."""
    delivered = mail_of_person().filter(outcome=Outcome.DELIVERED)
    for field in (
        Field(
            name="accepted",
            kind=Kind.NUMBER,
            label=lambda: _("issues accepted"),
            build=compare_number(count_issues(mail_of_person())),
        ),
        Field(
            name="delivered",
            kind=Kind.NUMBER,
            label=lambda: _("issues delivered"),
            build=compare_number(count_issues(delivered)),
        ),
        Field(
            name="bounced",
            kind=Kind.FLAG,
            label=lambda: _("bounced"),
            build=match_any(has_bounced),
            options=answers,
        ),
    ):
        add_field(field)
