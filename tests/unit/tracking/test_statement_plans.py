"""Reading events takes no statement that reads a whole table of what grows with the list."""

from __future__ import annotations

import pytest
from django.db import connection

from newsletter.sending.models import Delivery
from subscribers.models import Subscriber
from tests.plans import Plans, add_others
from tests.unit.tracking.conftest import SubmitMail, event, tell

pytestmark = pytest.mark.database


def test_reading_a_post(submit_mail: SubmitMail) -> None:
    """Deliveries, bounces and complaints look up their own people, in as many statements as any."""
    submit_mail(20)
    add_others(Subscriber.objects.latest("pk").pk)
    deliveries = list(Delivery.objects.order_by("pk"))

    few = explained(*deliveries[:4])
    many = explained(*deliveries[4:])

    assert few.lines
    assert not few.read_whole()
    assert not many.read_whole()
    assert many.count <= few.count + 2
    outcomes = Delivery.objects.values_list("outcome", flat=True)
    assert set(outcomes) == {"delivered", "bounced", "complained"}


def explained(*deliveries: Delivery) -> Plans:
    """Tell of mails that arrived, bounced and were complained about; return the plans."""
    names = ("delivered", "bounce", "delivered", "spamreport")
    events = [event(each, names[n % 4], type="bounce") for n, each in enumerate(deliveries)]
    plans = Plans()
    with connection.execute_wrapper(plans):
        tell(*events)
    return plans
