"""What an issue is built from, as editors see it."""

from __future__ import annotations

from wagtail import blocks


class Body(blocks.StreamBlock):
    """The body of an issue."""

    text = blocks.RichTextBlock()
