"""What the colours of a theme are called, and what is said of two that are too much alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsletter.rendering.pipeline.looks import SCHEMES
from newsletter.rendering.preflight.contrast import LEAST, PAIRS, contrast_of

#: Below this nobody can read a text for long; it is refused.
UNREADABLE = 3.0
#: What each colour is for, in the order in which it is asked for.
COLOURS = {
    "page": gettext_lazy("Around the mail"),
    "card": gettext_lazy("Behind the text"),
    "ink": gettext_lazy("Text"),
    "heading": gettext_lazy("Headings"),
    "link": gettext_lazy("Links"),
    "accent": gettext_lazy("Accent"),
    "button": gettext_lazy("Button"),
    "button_text": gettext_lazy("Text on the button"),
    "muted": gettext_lazy("Small print"),
    "line": gettext_lazy("Thin lines"),
    "tint": gettext_lazy("Boxes"),
    "warning": gettext_lazy("Boxes that warn"),
}
#: Those of them that are seldom changed.
FURTHER = ("muted", "line", "tint", "warning")
#: What two colours make together.
TOGETHER = {
    ("ink", "card"): gettext_lazy("The text"),
    ("ink", "tint"): gettext_lazy("Text in a box"),
    ("ink", "warning"): gettext_lazy("Text in a box that warns"),
    ("heading", "card"): gettext_lazy("A heading"),
    ("heading", "tint"): gettext_lazy("A heading in a box"),
    ("muted", "card"): gettext_lazy("Small print"),
    ("muted", "page"): gettext_lazy("Small print around the mail"),
    ("accent", "card"): gettext_lazy("The accent colour"),
    ("link", "card"): gettext_lazy("A link"),
    ("link", "tint"): gettext_lazy("A link in a box"),
    ("link", "warning"): gettext_lazy("A link in a box that warns"),
    ("button_text", "button"): gettext_lazy("Text on the button"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Contrast:
    """How much two colours of a scheme differ, from 1 to 21."""

    scheme: str
    text: str
    ground: str
    ratio: float

    @property
    def is_enough(self) -> bool:
        """Whether it is as much as WCAG 2.2 asks for (1.4.3)."""
        return self.ratio >= LEAST

    @property
    def is_unreadable(self) -> bool:
        """Whether it is so little that it is refused."""
        return self.ratio < UNREADABLE

    @property
    def figures(self) -> dict[str, str]:
        """The ratio and the least one, never rounded up."""
        return {"ratio": f"{int(self.ratio * 10) / 10:.1f}", "least": f"{LEAST:g}"}

    @property
    def words(self) -> str:
        """What it is, in a sentence."""
        what = TOGETHER[self.text, self.ground]
        if self.is_unreadable:
            words = _("{what} cannot be read: {ratio} to 1, it needs {least}.")
        elif not self.is_enough:
            words = _("{what} is hard to read: {ratio} to 1, it needs {least}.")
        else:
            words = _("{what} can be read: {ratio} to 1.")
        return words.format(what=what, **self.figures)


def contrasts_of(theme: Mapping[str, Any]) -> Iterator[Contrast]:
    """Yield each two colours of a theme that stand one on the other, in light and in dark."""
    for scheme in SCHEMES:
        colours = theme.get(scheme, {})
        for text, ground in PAIRS:
            if text in colours and ground in colours:
                ratio = contrast_of(colours[text], colours[ground])
                yield Contrast(scheme=scheme, text=text, ground=ground, ratio=ratio)


def scheme_name(scheme: str) -> str:
    """Return what a scheme is called."""
    return _("In light") if scheme == "light" else _("In dark")
