"""Plain text from rendered MJML, for a template without a text of its own.

Walked from the MJML and not from the HTML: there, layout tables drown what is said.
"""

from __future__ import annotations

from newsletter.rendering.text.plaintext import WIDTH, Walker, underline_text

_BLOCKS = frozenset(
    [
        *("mj-accordion-text", "mj-accordion-title", "mj-button", "mj-column", "mj-image"),
        *("mj-navbar-link", "mj-section", "mj-social-element", "mj-table", "mj-text"),
        *("mj-wrapper", "div", "address"),
    ]
)
_LINKS = frozenset(["mj-button", "mj-image", "mj-navbar-link", "mj-social-element"])
_UNSEEN = frozenset(["mj-head", "style", "script"])
_UNDERLINES = {"h1": "=", "h2": "-"}


def text_of_mjml(source: str) -> str:
    """Return what an MJML document says, every link written out, pictures by their alt."""
    walker = _MjmlWalker(WIDTH, "")
    walker.feed(source)
    walker.close()
    return walker.text()


class _MjmlWalker(Walker):
    """Knows the components of MJML besides the tags of a text."""

    def __init__(self, width: int, indent: str) -> None:
        super().__init__(width, indent)
        self._unseen = 0
        self._layouts: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a component, or an element of a text."""
        attributes = dict(attrs)
        if tag in _UNSEEN:
            self._unseen += 1
        elif self._unseen:
            return
        elif tag == "mj-divider":
            super().handle_starttag("hr", [])
        elif tag == "table" and self._begin_table(attributes.get("role") == "presentation"):
            self.end_block()
        elif tag in _BLOCKS:
            self.end_block()
            self._begin_component(tag, attributes)
        else:
            super().handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """End a component, or an element of a text."""
        if tag in _UNSEEN:
            self._unseen -= 1
        elif self._unseen:
            return
        elif tag == "table" and self._layouts and self._layouts.pop():
            self.end_block()
        elif tag in _BLOCKS:
            if tag in _LINKS:
                super().handle_endtag("a")
            self.end_block()
        else:
            super().handle_endtag(tag)
            if mark := _UNDERLINES.get(tag):
                self.change_last(lambda words: underline_text(words, mark))

    def handle_data(self, data: str) -> None:
        """Collect text that is shown."""
        if not self._unseen:
            super().handle_data(data)

    def _begin_table(self, layout: bool) -> bool:
        self._layouts.append(layout)
        return layout

    def _begin_component(self, tag: str, attributes: dict[str, str | None]) -> None:
        if tag in _LINKS:
            super().handle_starttag("a", [("href", attributes.get("href"))])
        if tag == "mj-image":
            super().handle_starttag("img", [("alt", attributes.get("alt"))])
