"""Write an issue as files that anybody can open: .mjml, .html, .txt, .pdf and .eml."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from newsletter import rendering
from newsletter.config import load
from newsletter.errors import BadInput
from newsletter.hostnames import ascii_mailbox
from newsletter.publishing.contents import content_of
from newsletter.publishing.drafts import draft_of
from newsletter.publishing.models import Issue, Publication
from newsletter.publishing.pdfs import pdf_of
from newsletter.publishing.previews import sample_reader
from newsletter.rendering import Mail


def write_files(issue: Issue, folder: Path) -> list[Path]:
    """Render the latest draft for an invented reader; return the files, the .eml last."""
    config, draft = load(), draft_of(issue)
    template = rendering.load_template(config.email_templates, draft.publication.template)
    mail = rendering.render(
        content_of(draft), template, sample_reader(), inliner=config.templates.inliner
    )
    parts = {
        ".mjml": mail.mjml.encode(),
        ".html": mail.html.encode(),
        ".txt": mail.text.encode(),
        ".pdf": pdf_of(draft).read_bytes(),
        ".eml": message(mail, draft.publication).as_bytes(),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [write(folder / f"{draft.slug}{ending}", data) for ending, data in parts.items()]
    except OSError as error:
        raise BadInput(f"{error.filename or folder}: {error.strerror}") from None


def write(path: Path, data: bytes) -> Path:
    """Write a file and return its path."""
    path.write_bytes(data)
    return path


def message(mail: Mail, publication: Publication) -> EmailMessage:
    """Return the mail as a MIME message with a text and an HTML part."""
    reader, sender = sample_reader(), ascii_mailbox(publication.from_email)
    made = EmailMessage(policy=SMTP)
    made["Subject"] = mail.subject
    made["From"] = Address(publication.from_name, addr_spec=sender)
    made["To"] = Address(reader.name, addr_spec=reader.email)
    made["List-Unsubscribe"] = f"<{reader.unsubscribe_url}>"
    made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made.set_content(mail.text)
    made.add_alternative(mail.html, subtype="html")
    return made
