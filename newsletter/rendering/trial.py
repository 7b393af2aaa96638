"""Issues to try a template with: one with everything in it, one with next to nothing."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from newsletter.rendering.compiling import compile_edition
from newsletter.rendering.content import (
    Button,
    Callout,
    Content,
    Digest,
    Divider,
    Html,
    Item,
    LeadImage,
    Publisher,
    Quote,
    Text,
)
from newsletter.rendering.markdown import to_html

if TYPE_CHECKING:
    from newsletter.rendering.edition import CompiledEdition
    from newsletter.rendering.templates import Template

#: Every kind of block, and every element of a text.
FULL = Content(
    publication="The Trial Run",
    title="The Trial Run Vol 1.2",
    subject="A subject, [first_name|reader]",
    preheader="What stands beside the subject",
    volume=1,
    number=2,
    date=dt.date(2026, 1, 15),
    language="en",
    direction="ltr",
    publisher=Publisher(
        name="The Trial House",
        postal_address="1 Sample Street, Exampleton",
        email="trial@example.org",
        privacy_url="https://example.org/privacy",
        signup_url="https://example.org/subscribe",
    ),
    lead=LeadImage(
        src="https://example.org/lead.jpg",
        alt="A picture",
        credit="A photographer",
        width=1280,
        height=720,
    ),
    blocks=(
        Text(
            body=to_html(
                "Dear [first_name|reader],\n\n### A heading\n\n*Text* with **all** of `it`.\n\n"
                "- one\n- two\n  - nested\n\n1. first\n2. second\n\n> Said so.\n\n---\n\n"
                "```\ncode\n```\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n[A link](https://example.org/)"
            )
        ),
        Digest(
            items=(
                Item(id="item-1", headline="The first headline", body=to_html("Its text.")),
                Item(id="item-2", headline="The second headline", body=to_html("Its text.")),
                Item(id="item-3", headline="", body=to_html("A text without a headline.")),
            )
        ),
        Button(label="A button", url="https://example.org/button"),
        Callout(body=to_html("For your information.")),
        Callout(body=to_html("Take care."), tone="warning"),
        Quote(body=to_html("Words."), attribution="Somebody"),
        Quote(body=to_html("Words of nobody.")),
        Divider(),
    ),
    boilerplate=to_html("About *The Trial Run*."),
    web_url="https://example.org/1-2/",
    pdf_url="https://example.org/1-2/1-2.pdf",
)

#: What an issue may lack, lacking; and read from right to left.
BARE = dataclasses.replace(
    FULL,
    title="Without",
    volume=0,
    number=0,
    language="ar",
    direction="rtl",
    publisher=dataclasses.replace(FULL.publisher, signup_url=""),
    lead=None,
    blocks=(),
    boilerplate=Html(""),
    web_url="",
    pdf_url="",
)


def try_template(template: Template) -> CompiledEdition:
    """Compile both issues with a template; return the edition of the full one.

    Raises `TemplateError` with file and line for the first mistake.
    """
    compile_edition(BARE, template)
    return compile_edition(FULL, template)
