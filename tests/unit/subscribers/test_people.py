"""People: found by any spelling of their address, greeted by their first name."""

from __future__ import annotations

import pytest

from newsletter.errors import NotFound
from subscribers import people
from subscribers.models import Subscriber
from tests.unit.subscribers.conftest import Person


def test_a_person_is_found_by_any_spelling(person: Person) -> None:
    """The address is folded as everywhere else."""
    jane = person("Jane@Example.org")

    assert people.by_address(" JANE@example.ORG") == jane
    with pytest.raises(NotFound, match="nobody has the address john@"):
        people.by_address("john@example.org")


@pytest.mark.parametrize(
    ("name", "attributes", "first"),
    [
        ("Jane Doe", {}, "Jane"),
        ("Jane Doe", {"first_name": "Janie"}, "Janie"),
        ("", {}, ""),
        ("  ", {"first_name": ""}, ""),
    ],
)
def test_the_first_name_is_the_attribute_or_the_first_word(
    name: str, attributes: dict[str, str], first: str
) -> None:
    """Where neither is known it is empty, so that templates can fall back."""
    assert Subscriber(name=name, attributes=attributes).first_name == first


def test_saving_keeps_the_key_in_step(person: Person) -> None:
    """Whoever corrects an address need not think of its key."""
    jane = person("Jane@Example.org")
    jane.email = "Jane.Doe@Example.org"
    jane.save()

    jane.refresh_from_db()
    assert jane.key == "jane.doe@example.org"
