"""The text editor shows what Markdown shows, or does not get it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from newsletter.publishing.blocks import Body
from newsletter.publishing.content.issue_content import Addresses, Builder
from newsletter.publishing.importing.bodies import to_editable
from newsletter.rendering import content
from newsletter.rendering.content import Html
from newsletter.rendering.text.markdown import to_html

PIECES = st.sampled_from(
    ["text", "**b** *i* `c` ~~s~~", "- a", "  - b", "1. one", "3. three", "> q", "# h", "---", "",
     "<https://example.org>", "[l](https://example.org 't')", "[r](rel)", "![p](https://e.org/p)",
     "a\\", "a  ", "| a |", "|---|", "```", "    code", "***bi***", "&nbsp;", "&lt;b&gt;", "<br>",
     "[first_name|reader]", "*a **b***", "\u3000x", "<embed x='y'/>", '[a](# "t")', "h\n---"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=8).map("\n".join))
def test_the_text_editor_shows_what_markdown_shows(text: str) -> None:
    """Whatever goes to the text editor looks as its Markdown did, without a database."""
    stored = to_editable(text)

    if stored is not None:
        assert rendered(stored) == to_html(text)


def rendered(stored: str) -> str:
    """Return what an edition makes of a text block."""
    body = Body().to_python([{"type": "text", "value": stored}])
    blocks = Builder(Addresses()).blocks(body)
    [text] = [block.body for block in blocks if isinstance(block, content.Text)] or [Html("")]
    return text
