"""Each picture that a document shows is there, and is taken by `make screenshots`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from PIL import Image

from scripts.screenshots import IMAGES, SHOTS
from tests.environment import ROOT

#: All pictures together, in bytes: a clone stays small.
MOST_BYTES = 1_500_000
EXAMPLE = re.compile(r"`+[^`]+`+")
PICTURE = re.compile(r"!\[([^\]]*)\]\((?!https?:)([^)\s]+)\)")


def shown() -> Iterator[tuple[str, str]]:
    """Yield the description and the file of each picture that the documents show."""
    for path in (ROOT / "docs").rglob("*.md"):
        text = EXAMPLE.sub("", path.read_text(encoding="utf-8"))
        for words, address in PICTURE.findall(text):
            yield words, (path.parent / address).resolve().relative_to(ROOT).as_posix()


def test_each_picture_is_taken_and_shown() -> None:
    """What the documents show, what the script takes and what is in the folder are the same."""
    folder = IMAGES.relative_to(ROOT).as_posix()
    taken = {f"{folder}/{shot.name}.webp" for shot in SHOTS}

    assert {address for _, address in shown()} == taken
    assert {f"{folder}/{path.name}" for path in IMAGES.iterdir()} == taken


def test_each_picture_is_described() -> None:
    """Readers who do not see a picture are told what it shows."""
    assert [address for words, address in shown() if len(words) < 20] == []


def test_the_pictures_are_small() -> None:
    """All pictures together are small, and each can be opened."""
    sizes = {path.name: path.stat().st_size for path in IMAGES.iterdir()}

    assert sum(sizes.values()) < MOST_BYTES
    for name in sizes:
        with Image.open(IMAGES / name) as picture:
            picture.verify()
