"""What is kept of each release is whole, and no migration of one was edited since."""

from __future__ import annotations

import re

import pytest

from tests.environment import ROOT
from tests.releases.release import OUR_APPS, Release, hash_migrations, list_releases

RELEASES = list_releases()
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("release", RELEASES, ids=lambda release: release.version)
@pytest.mark.parametrize("app", OUR_APPS)
def test_released_migrations_stay_as_they_are(release: Release, app: str) -> None:
    """Databases have run them: what changes comes in a migration of its own."""
    released, now = release.migrations[app], hash_migrations(app)

    assert {name: now.get(name) for name in released} == released, (
        f"a migration of {app} that {release.version} has was edited or removed: add one instead"
    )


@pytest.mark.parametrize("release", RELEASES, ids=lambda release: release.version)
def test_data_of_a_release_is_of_every_table(release: Release) -> None:
    """No table of ours is empty in it: else nobody would notice what a migration does to it."""
    tables = {
        name: len(table.rows)
        for name, table in release.tables.items()
        if name.startswith(tuple(f"{app}_" for app in OUR_APPS))
    }

    assert len(tables) > 30
    assert [name for name, rows in tables.items() if not rows] == []


def test_changelog_names_releases_in_order() -> None:
    """Above the releases with their dates stands what is not released yet."""
    headings = re.findall(r"^## (.*)$", CHANGELOG, flags=re.MULTILINE)
    dated = [re.fullmatch(r"(\d+\.\d+\.\d+) – \d{4}-\d\d-\d\d", each) for each in headings[1:]]

    assert headings[0] == "Unreleased"
    assert [each and each[1] for each in dated] == [each.version for each in reversed(RELEASES)]
