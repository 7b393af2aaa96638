"""What an issue is built from, as editors see it.

A draft may be half finished: what an edition needs is only demanded when the issue is put
on the web, and `newsletter.publishing.content.issue_content` leaves out what is not there yet.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from newsletter.errors import LimitExceeded
from newsletter.rendering.text.markdown import to_html

#: What the text editor offers: only what every mail program can show.
INLINE = ["bold", "italic", "link", "code", "superscript", "subscript", "strikethrough"]
PARAGRAPHS = [*INLINE, "ol", "ul"]
#: The headline of an item is an h2, so the headings in a text begin with h3.
WHOLE = [*PARAGRAPHS, "h3", "h4", "blockquote", "hr"]

MERGE_HELP = _("[first_name|reader] becomes the subscriber's first name, or “reader”.")


class Whole(blocks.StructBlock):
    """A block with several fields, whose value has all of them even if code gave only some."""

    def normalize(self, value: Any) -> Any:
        """Fill in what is missing."""
        if isinstance(value, blocks.StructValue):
            return value
        missing = {
            name: block.get_default()
            for name, block in self.child_blocks.items()
            if name not in value
        }
        return super().normalize({**missing, **value})


def limit_problem(markdown: str) -> ValidationError | None:
    """Return what is too large or too deep in a text, with the line; None where nothing is."""
    try:
        to_html(markdown)
    except LimitExceeded as error:
        return ValidationError(error.sentences)
    return None


class LeadImage(Whole):
    """The picture on top: uploaded, or anywhere on the web."""

    image = ImageChooserBlock(required=False, label=_("Picture"))
    address = blocks.URLBlock(
        required=False,
        label=_("… or its address"),
        help_text=_("An https address, for a picture that is on the web already."),
    )
    alt = blocks.CharBlock(
        required=False,
        max_length=300,
        label=_("Description"),
        help_text=_("For readers who do not see the picture: what it shows, in a sentence."),
    )
    decorative = blocks.BooleanBlock(
        required=False,
        label=_("It only decorates"),
        help_text=_("Readers who do not see it miss nothing, and are told nothing."),
    )
    credit = blocks.CharBlock(
        required=False, max_length=200, help_text=_("Whose picture it is, e.g. a photo agency.")
    )
    shape = blocks.ChoiceBlock(
        required=False,
        choices=[
            ("16:9", _("Wide (16:9)")),
            ("3:2", _("Photo (3:2)")),
            ("1:1", _("Square")),
        ],
        label=_("Crop"),
        help_text=_("Around the focal point of the picture. Empty: the whole picture."),
    )

    class Meta:
        icon = "image"
        label = _("Lead picture")
        label_format = _("Lead picture {credit}")

    def clean(self, value: Any) -> Any:
        """Demand one picture with a description, unless this is only a draft."""
        cleaned = super().clean(value)
        if not self.is_deferred_validation and (errors := self.missing(cleaned)):
            raise blocks.StructBlockValidationError(block_errors=errors)
        return cleaned

    def missing(self, value: Any) -> dict[str, ValidationError]:
        """Return what keeps the picture from being shown, by field."""
        errors = {}
        if bool(value["image"]) == bool(value["address"]):
            errors["image"] = ValidationError(
                _("Choose a picture, or give its address: one of them.")
            )
        if value["address"] and not value["address"].startswith("https://"):
            errors["address"] = ValidationError(_("Mail programs only show https pictures."))
        described = value["alt"] or (value["image"] and value["image"].description)
        if not (described or value["decorative"]):
            errors["alt"] = ValidationError(_("Say what the picture shows."))
        return errors


class Item(Whole):
    """One headline with its text."""

    headline = blocks.CharBlock(max_length=250, default="")
    body = blocks.RichTextBlock(required=False, features=WHOLE, label=_("Text"))
    markdown = blocks.TextBlock(
        required=False,
        default="",
        rows=1,
        label=_("More, as Markdown"),
        help_text=_("For what the editor above cannot hold: tables, longer code, pictures."),
    )

    class Meta:
        icon = "list-ul"
        label_format = "{headline}"

    def clean(self, value: Any) -> Any:
        """Demand a text, unless this is only a draft."""
        cleaned = super().clean(value)
        if not self.is_deferred_validation and not (cleaned["body"] or cleaned["markdown"]):
            errors = {"body": ValidationError(_("A headline needs its text."))}
            raise blocks.StructBlockValidationError(block_errors=errors)
        if not self.is_deferred_validation and (problem := limit_problem(cleaned["markdown"])):
            raise blocks.StructBlockValidationError(block_errors={"markdown": problem})
        return cleaned


class Digest(Whole):
    """Items, each a headline with its text; the headlines can stand on top, linked."""

    show_headlines = blocks.BooleanBlock(
        required=False, default=True, label=_("List the headlines on top")
    )
    items = blocks.ListBlock(Item(), min_num=1)

    class Meta:
        icon = "list-ol"
        label_format = _("Digest")


class Button(Whole):
    """A link that stands out."""

    label = blocks.CharBlock(max_length=80)
    url = blocks.URLBlock(label=_("Address"))

    class Meta:
        icon = "link"
        label_format = _("Button {label}")


class Callout(Whole):
    """A box beside the flow."""

    tone = blocks.ChoiceBlock(
        choices=[("info", _("Information")), ("warning", _("Warning"))], default="info"
    )
    body = blocks.RichTextBlock(features=PARAGRAPHS, label=_("Text"))

    class Meta:
        icon = "info-circle"
        label_format = _("Callout {body}")


class Quote(Whole):
    """Somebody's words."""

    body = blocks.RichTextBlock(features=INLINE, label=pgettext_lazy("of a quote", "Words"))
    attribution = blocks.CharBlock(required=False, max_length=200, label=_("Who said it"))

    class Meta:
        icon = "openquote"
        label_format = _("Quote {attribution}")


class Body(blocks.StreamBlock):
    """The body of an issue."""

    lead_image = LeadImage()
    digest = Digest()
    text = blocks.RichTextBlock(icon="pilcrow", features=WHOLE, help_text=MERGE_HELP)
    markdown = blocks.TextBlock(icon="code", rows=8, help_text=MERGE_HELP)
    button = Button()
    callout = Callout()
    quote = Quote()
    divider = blocks.StaticBlock(icon="horizontalrule", admin_text=_("A line between two parts."))

    class Meta:
        block_counts = {"lead_image": {"max_num": 1}}

    def clean(self, value: Any) -> Any:
        """Demand texts within the limits, unless this is only a draft."""
        cleaned = super().clean(value)
        if self.is_deferred_validation:
            return cleaned
        problems = {
            number: problem
            for number, child in enumerate(cleaned)
            if child.block_type == "markdown" and (problem := limit_problem(child.value))
        }
        if problems:
            raise blocks.StreamBlockValidationError(block_errors=problems)
        return cleaned


#: Names of blocks and fields that say no more than what they are. They are given here, for what
#: is given to a block itself stands in migrations too.
NAMES = {
    "lead_image": _("Lead picture"),
    "digest": _("Digest"),
    "items": _("Items"),
    "headline": _("Headline"),
    "text": _("Text"),
    "markdown": _("Markdown"),
    "button": _("Button"),
    "label": _("Label"),
    "callout": _("Callout"),
    "tone": _("Tone"),
    "quote": _("Quote"),
    "divider": _("Divider"),
    "credit": _("Credit"),
}


def name_blocks() -> None:
    """Give blocks without a label one that is translated when it is shown."""
    for kind in (LeadImage, Item, Digest, Button, Callout, Quote, Body):
        for name, block in kind.base_blocks.items():
            block.label = block.meta.label or NAMES[name]


name_blocks()
