"""What is read together is what each query set alone would give, of all kinds of columns."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import Prefetch
from django.db.models.functions import Coalesce
from django.test.utils import CaptureQueriesContext

from newsletter.joint_reading import read_together
from newsletter.publishing.models import Publication
from newsletter.sending.models import Batch, Delivery, Send
from subscribers.models import Subscriber, Subscription
from tests.sends import begin_send


@pytest.mark.database
def test_one_statement(db: None) -> None:
    """Objects, relations, tuples, times and JSON are as they are one by one; nothing is lost."""
    begin_send(6)
    person = Subscriber.objects.earliest("pk")
    Subscriber.objects.filter(pk=person.pk).update(attributes={"city": "Kōbe", "n": [1, None]})

    def ask() -> list[object]:
        return [
            Subscriber.objects.order_by("-pk")[:4],
            Delivery.objects.annotate(due=Coalesce("send__started_at", "send__at"))
            .select_related("batch", "send__issue__publication")
            .order_by("-pk"),
            person.subscriptions.values_list("list__name", "created_at"),
            Subscription.objects.order_by("pk").values("state", "changed_at"),
            Publication.objects.all(),
            Subscriber.objects.filter(pk__in=[]),
            Subscriber.objects.filter(key="nobody"),
        ]

    alone, together = ask(), ask()
    with CaptureQueriesContext(connection) as asked:
        read_together(*together)  # type: ignore[arg-type]
        told = [list(each) for each in together]  # type: ignore[call-overload]
    assert len(asked) == 1
    assert [len(each) for each in told] == [4, 6, 1, 6, 1, 0, 0]
    for found, expected in zip(told, alone, strict=True):
        for one, other in zip(found, expected, strict=True):  # type: ignore[call-overload]
            assert (one if isinstance(one, dict | tuple) else vars_of(one)) == (
                other if isinstance(other, dict | tuple) else vars_of(other)
            )
    assert told[1][0].due == told[1][0].send.started_at
    assert told[1][0].send.issue.publication == told[4][0]


@pytest.mark.database
def test_what_belongs_to_a_row(db: None) -> None:
    """What is prefetched comes along, and what was read before is not read again."""
    begin_send(6)
    sends = Send.objects.prefetch_related(Prefetch("batches", Batch.objects.all()))
    people = Subscriber.objects.all()
    known, batches = list(people), Batch.objects.count()
    with CaptureQueriesContext(connection) as asked:
        read_together(sends, people)
        assert [len(send.batches.all()) for send in sends] == [batches]
        assert all(one is other for one, other in zip(people, known, strict=True))
    assert len(asked) == 2


def vars_of(one: object) -> dict[str, object]:
    """Return the values of an object, those of its relations left out."""
    return {name: value for name, value in vars(one).items() if name != "_state"}
