"""The command `newsletter segment`."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from newsletter.cli import segment
from newsletter.errors import BadInput, NotFound
from subscribers.models import Segment
from tests.publications import create_publication
from tests.unit.subscribers.conftest import Person

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(autouse=True)
def readers(person: Person) -> None:
    """A publication, and two readers of which one is called Ann."""
    create_publication("Tideline Digest")
    person("ann@example.org", name="Ann")
    person("ben@example.org", name="Ben")


def run(*words: str) -> str:
    """Run a command and return what it prints; errors raised on purpose come through."""
    result = CliRunner().invoke(segment.app, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def run_json(*words: str) -> Any:
    """Run a command for a program and return its answer."""
    return json.loads(run(*words, "--json"))


def test_segment_is_made_changed_counted_and_deleted() -> None:
    """Each answer says whom it finds now, in words, too."""
    made = run_json("create", "Anns", "--filter", "name is Ann")
    assert (made["slug"], made["people"]) == ("anns", 1)
    assert made["counted_at"]
    assert "Ann" in made["words"]

    assert "1 person now" in run("count", "anns")
    changed = run_json("change", "anns", "--filter", "name is not Ann", "--name", "Others")
    assert (changed["name"], changed["filter"]) == ("Others", "name is not Ann")
    assert run_json("change", "anns")["filter"] == "name is not Ann"

    assert "Segment Others is deleted." in run("delete", "anns")
    assert not Segment.objects.exists()


def test_segments_are_listed_with_their_last_count() -> None:
    """One that nobody has counted has a dash; a filter that is none any more says why."""
    run("create", "Anns", "--filter", "name is Ann")
    Segment.objects.create(name="Old", slug="old", filter="list is gone")

    old, anns = sorted(run_json("list"), key=lambda each: str(each["slug"]), reverse=True)

    assert (anns["people"], old["people"], old["counted_at"]) == (1, None, None)
    assert "gone" in old["words"]
    shown = run("list")
    assert "Anns" in shown
    assert "–" in shown


def test_mistakes_are_told() -> None:
    """What is no filter, and what is no segment, changes nothing."""
    with pytest.raises(BadInput):
        run("create", "Anns", "--filter", "name resembles Ann")
    with pytest.raises(NotFound, match="no segment 'nobody'"):
        run("count", "nobody")

    assert not Segment.objects.exists()
