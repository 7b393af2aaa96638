"""What stands beside the editor: the mail as the form is now, and how an inbox lists it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from newsletter import rendering
from newsletter.conf.config import load
from newsletter.publishing.content.issue_content import content_of
from newsletter.publishing.models import Issue
from newsletter.rendering import RecipientData
from newsletter.rendering.personalisation.language import compile_printing
from newsletter.rendering.personalisation.merge_tags import fill_merge_tags
from newsletter.rendering.preflight.sizes import CLIPPED_AT, KIB, NEARLY


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """The words of a mail in a list of mails."""

    sender: str
    preheader: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MailPreview:
    """The mail of an issue for one reader, with the line that an inbox shows of it."""

    subject: str
    line: Line
    html: str
    text: str

    def facts(self) -> dict[str, Any]:
        """Return what stands above the mail; the size is that of the part that Gmail cuts off."""
        size = len(self.html.encode())
        level = "over" if size > CLIPPED_AT else "near" if size > NEARLY else "good"
        return {
            "sender": self.line.sender,
            "subject": self.subject,
            "preheader": self.line.preheader,
            "size": max(1, round(size / KIB)),
            "limit": CLIPPED_AT // KIB,
            "level": level,
        }


def make_mail_preview(issue: Issue, reader: RecipientData) -> MailPreview:
    """Return the mail that this very instance makes for a reader, saved or not.

    Raises `TemplateError` or `BadInput` saying what to fix where.
    """
    config, content = load(), content_of(issue)
    template = rendering.load_template(config.email_templates, issue.publication.template)
    edition = rendering.compile(content, template, inliner=config.templates.inliner)
    parts = edition.variant(reader).parts(reader)
    line = fill_merge_tags(
        Line(sender=content.publisher.name, preheader=content.preheader),
        lambda source, _place: compile_printing(source)(reader),
    )
    return MailPreview(subject=parts.subject, line=line, html=parts.html, text=parts.text)
