"""Where a subscription came from is told in the reader's language."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils.translation import override

from subscribers.adding import NewPerson, NotedConsent, add_person
from subscribers.bulk import runs
from subscribers.finding.filters import PeopleFilter
from subscribers.importing.applying import import_file
from subscribers.models import List, Subscriber, Subscription
from subscribers.sign_up.joining import describe_source as source_of_sign_up
from subscribers.sign_up.models import SignUp
from subscribers.sources import describe_source
from subscribers.subscriptions import choose_lists


def test_every_source_of_the_program_is_known(weekly: List, tmp_path: Path) -> None:
    """In English as it is stored, and in Japanese in other words."""
    path = tmp_path / "readers.csv"
    path.write_text("email\nann@example.org\n")
    import_file(path, weekly)
    consent = NotedConsent(source="stand")
    add_person(NewPerson(email="bob@example.org"), [weekly], consent, by="ann")
    events = List.objects.create(name="Events", slug="events")
    order = runs.Order(action="add", of=PeopleFilter(), to=events, basis="consent", reason="x")
    runs.do_now(order)
    other = List.objects.create(name="Other", slug="other")
    choose_lists(Subscriber.objects.get(key="bob@example.org"), {other.pk})
    sources = set(Subscription.objects.values_list("source", flat=True))
    assert len(sources) == 4
    sources |= {source_of_sign_up(SignUp(source=place)) for place in ("", "footer")}

    for source in sources:
        assert describe_source(source) == source
        with override("ja"):
            assert describe_source(source) != source


@pytest.mark.parametrize("text", ["", "our old shop", "imported by hand"])
def test_what_a_person_wrote_stays(text: str) -> None:
    """Nobody else knows what it means."""
    with override("ja"):
        assert describe_source(text) == text
