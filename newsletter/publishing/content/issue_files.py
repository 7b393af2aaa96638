"""Write an issue as files that anybody can open: .mjml, .html, .txt, .pdf and .eml."""

from __future__ import annotations

from pathlib import Path

from newsletter import rendering
from newsletter.conf.config import load
from newsletter.errors import BadInput, PdfError
from newsletter.phrases import phrase
from newsletter.publishing.content.drafts import draft_of, sample_reader
from newsletter.publishing.content.issue_content import content_of
from newsletter.publishing.content.looks import template_of
from newsletter.publishing.content.pdfs import pdf_of, with_offered_pdf
from newsletter.publishing.messages import build_message, build_recipient
from newsletter.publishing.models import Issue, Publication
from newsletter.rendering import Mail
from newsletter.transports.mime_encoder import MimeEncoder


def write_files(issue: Issue, folder: Path) -> list[Path]:
    """Render the latest draft for an invented reader; return the files, the .eml last.

    There is no .pdf where the PDF cannot be made.
    """
    config, draft = load(), draft_of(issue)
    template = template_of(draft.publication)
    content = with_offered_pdf(draft, content_of(draft))
    mail = rendering.render(content, template, sample_reader(), inliner=config.templates.inliner)
    parts = {
        ".mjml": mail.mjml.encode(),
        ".html": mail.html.encode(),
        ".txt": mail.text.encode(),
        **pdf_part(draft),
        ".eml": build_sample(mail, draft.publication),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [write(folder / f"{draft.slug}{ending}", data) for ending, data in parts.items()]
    except OSError as error:
        raise BadInput(
            phrase("{path}: {error}", path=str(error.filename or folder), error=error.strerror),
            hint=phrase("Name a folder in which this account may write."),
        ) from None


def pdf_part(draft: Issue) -> dict[str, bytes]:
    """Return the PDF by its ending, or nothing where it cannot be made."""
    try:
        return {".pdf": pdf_of(draft).read_bytes()}
    except PdfError:
        return {}


def write(path: Path, data: bytes) -> Path:
    """Write a file and return its path."""
    path.write_bytes(data)
    return path


def build_sample(mail: Mail, publication: Publication) -> bytes:
    """Return the mail as the message that a mail server would be given, for an invented reader."""
    message = build_message(publication, mail, send="0", attempt="rendered", database="rendered")
    reader = sample_reader()
    recipient = build_recipient(reader.email, reader.unsubscribe_url, {}, "0")
    return MimeEncoder(message, [recipient]).encode(recipient)
