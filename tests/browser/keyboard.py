"""A person who uses the desk with the keyboard alone, and what that costs them."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import FileChooser, Locator, Page
from playwright.sync_api import TimeoutError as TookTooLong

#: Nobody should have to press Tab more often than this to get anywhere.
MOST_TABS = 150
#: How long a dialog of files may take to open, at each press of the key.
SECONDS_TO_OPEN = (15, 30, 60)
IS_FOCUSED = "element => element === document.activeElement"


class Keyboard:
    """Presses keys on a page and counts them: those that walk, those that type, those that act."""

    def __init__(self, page: Page, pressed: Counter[str]) -> None:
        self.page = page
        self.pressed = pressed

    def press(self, key: str, kind: str = "other") -> None:
        """Press one key."""
        self.page.keyboard.press(key)
        self.pressed[kind] += 1

    def write(self, words: str) -> None:
        """Type words where the focus is."""
        self.page.keyboard.type(words)
        self.pressed["typed"] += len(words)

    def walk_to(self, place: Locator, key: str = "Tab") -> None:
        """Press Tab until a thing has the focus; fail if that takes too often.

        A page may draw the thing again meanwhile.
        """
        for _ in range(MOST_TABS):
            if place.evaluate(IS_FOCUSED):
                return
            self.press(key, "walked")
        raise AssertionError(f"{place} is not reached by {MOST_TABS} presses of {key}")

    def use(self, place: Locator, key: str = "Tab") -> None:
        """Walk to a link or a button, and press Enter on it."""
        self.walk_to(place, key)
        self.press("Enter", "acted")

    def fill(self, place: Locator, words: str) -> None:
        """Walk to a field, and type words in place of what stands there."""
        self.walk_to(place)
        self.press("Control+A")
        self.write(words)

    def choose_file(self, place: Locator, path: Path) -> None:
        """Walk to the field of a file, open its dialog, and name the file there."""
        self.open_files(place).set_files(path)
        self.pressed["typed"] += len(path.name)
        self.pressed["acted"] += 1

    def open_files(self, place: Locator) -> FileChooser:
        """Open the dialog of files; press the key once more where a busy machine lost it."""
        for seconds in SECONDS_TO_OPEN:
            self.walk_to(place)
            with (
                suppress(TookTooLong),
                self.page.expect_file_chooser(timeout=seconds * 1000) as chooser,
            ):
                self.press("Space", "acted")
                return chooser.value
        raise AssertionError(f"{place} opens no dialog of files")


class Watch:
    """How long a piece of work has taken, in seconds."""

    def __init__(self) -> None:
        self._begun = time.monotonic()

    @property
    def seconds(self) -> float:
        """The time since it began."""
        return time.monotonic() - self._begun
