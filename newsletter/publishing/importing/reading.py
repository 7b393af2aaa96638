"""Read a file as an issue: bytes to text, then the form that it has."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsletter.errors import ImportRejected, LimitExceeded
from newsletter.phrases import translate
from newsletter.publishing.importing import embedded, markdown, metadata, web_page_text
from newsletter.publishing.importing.office_files import MAX_FILE_BYTES, is_office_file
from newsletter.publishing.importing.page import Page
from newsletter.publishing.importing.parsed_issue import ParsedIssue, Source
from newsletter.publishing.importing.redirects import unwrap_redirects
from newsletter.publishing.importing.structured import read_page
from newsletter.publishing.importing.web_page import decode_page, is_web_page, read_web_page
from newsletter.publishing.importing.word import read_word

#: Far more than any issue; a mail that long could not be sent.
LARGEST = 500_000
#: The same with the pictures that stand in it as `data:`.
LARGEST_FILE = 20_000_000
#: What word processors' files begin with.
OFFICE = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF-", b"{\\rtf")
#: Control characters that mean nothing in a text; a terminal's colours are whole sequences.
CONTROL = re.compile("[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
COLOUR = re.compile("\x1b\\[[0-9;?]*[ -/]*[@-~]")
#: This many of them, and one in this many characters, are no text any more; nor is one zero byte.
MIN_CONTROLS, CHARACTERS_PER_CONTROL = 5, 50

#: A file with such a name is Markdown, if it has no headline, too.
MARKDOWN = (".md", ".markdown", ".mdown", ".mkd")

SAVE = gettext_lazy("Save it as plain text in UTF-8.")
FORMS = gettext_lazy(
    "Begin with lines such as title: …, then an empty line; each item begins with ## headline."
)


def read_issue(path: Path) -> ParsedIssue:
    """Return the issue in a file, or raise `ImportRejected`."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        problem = _("it cannot be read: {reason}").format(reason=reason)
        hint = _("Check the path and the name.")
        raise ImportRejected(problem, path=str(path), hint=hint) from None
    return parse_file(data, name=str(path))


def parse_file(data: bytes, *, name: str, beside: Mapping[str, bytes] | None = None) -> ParsedIssue:
    """Return the issue in the bytes of a file, or raise `ImportRejected` and nothing else.

    `beside` are pictures that were chosen together with a web page, by the names of their files.
    """
    if is_office_file(data) or is_web_page(data, name):
        return parse_document(data, name, beside or {})
    return parse_text(data, name)


def parse_document(data: bytes, name: str, beside: Mapping[str, bytes]) -> ParsedIssue:
    """Return the issue in a Word document or web page, or raise `ImportRejected`."""
    source = Source(name=name, text="")
    try:
        page = read_word(data, name) if is_office_file(data) else read_web(data, name)
        parsed_issue = read_page(page, source, beside)
    except RecursionError:
        raise source.rejected(
            _("it is nested too deeply"), 0, hint=_("Write it flatter.")
        ) from None
    return replace(parsed_issue, fingerprint=hashlib.sha256(data).hexdigest())


def read_web(data: bytes, name: str) -> Page:
    """Return what is in a file of HTML, or raise `ImportRejected`."""
    if len(data) > LARGEST_FILE:
        raise too_large(name)
    return read_web_page(decode_page(data, name), name)


def parse_text(data: bytes, name: str) -> ParsedIssue:
    """Return the issue in Markdown, or in the text of a published issue."""
    text, pictures = embedded.taken_out(decode_text(data, name))
    if len(text.encode()) > LARGEST:
        raise too_large(name)
    text, notes = clean_text(text)
    source = Source(name=name, text=text, embedded=pictures)
    if not source.text.strip():
        raise source.rejected(_("the file is empty"), 1, hint=str(FORMS))
    try:
        parsed_issue = choose_reader(source)(source)
    except LimitExceeded as error:
        raise source.rejected(
            translate(error.problem), error.line or 1, hint=translate(error.hint)
        ) from None
    except RecursionError:
        problem, hint = _("it is nested too deeply"), _("Write it flatter.")
        raise source.rejected(problem, 1, hint=hint) from None
    return replace(
        parsed_issue,
        notes=(*notes, *parsed_issue.notes),
        fingerprint=hashlib.sha256(data).hexdigest(),
        text=source.text,
    )


def clean_text(text: str) -> tuple[str, list[str]]:
    """Return a text without what other programs left in it, and sentences that say what."""
    notes = []
    lines = [number for number, line in enumerate(text.split("\n"), 1) if CONTROL.search(line)]
    if lines:
        named = ", ".join(map(str, lines[:10])) + (" …" if lines[10:] else "")
        notes.append(
            _("Invisible control characters are left out, on line {lines}.").format(lines=named)
        )
        text = CONTROL.sub("", COLOUR.sub("", text))
    text, links = unwrap_redirects(text)
    if links:
        notes.append(
            _("Redirects of Google are replaced by where they lead: {number}.").format(number=links)
        )
    return text, notes


def choose_reader(source: Source) -> Callable[[Source], ParsedIssue]:
    """Return what reads the form that a file has, whatever it is called."""
    if metadata.has_metadata(source):
        return markdown.read_markdown
    if web_page_text.is_web_page_text(source):
        return web_page_text.read_page_text
    if source.name.lower().endswith(MARKDOWN) or markdown.has_item_heading(source):
        return markdown.read_markdown
    raise source.rejected(
        _("this is neither Markdown with headlines nor the text of a published issue"),
        metadata.first_line(source.lines) + 1,
        hint=str(FORMS),
    )


def decode_text(data: bytes, name: str) -> str:
    """Return the text of a UTF-8 file, with or without a mark in front, with plain line ends."""
    if len(data) > LARGEST_FILE:
        raise too_large(name)
    if data.startswith(OFFICE):
        raise ImportRejected(_("this is not a text file"), path=name, line=1, hint=str(SAVE))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # Line ends are a line feed, a carriage return, or both.
        before = data[: error.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        message = _("not UTF-8: the byte 0x{byte}").format(byte=f"{data[error.start]:02x}")
        line = before.count(b"\n") + 1
        raise ImportRejected(message, path=name, line=line, hint=str(SAVE)) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if (place := binary_at(text)) >= 0:
        line = text.count("\n", 0, place) + 1
        raise ImportRejected(_("this is not a text file"), path=name, line=line, hint=str(SAVE))
    # Pages of a document; no line ends, so that lines keep their numbers.
    return text.replace("\f", " ").replace("\v", " ")


def too_large(name: str) -> ImportRejected:
    """Return the error about a file that is no issue."""
    message = _("it is larger than {size} bytes").format(size=f"{LARGEST:,}")
    return ImportRejected(message, path=name, hint=_("An issue is far smaller."))


def binary_at(text: str) -> int:
    """Return where a text begins to be none, or -1 for a text."""
    if "\0" in text:
        return text.index("\0")
    places = [match.start() for match in CONTROL.finditer(COLOUR.sub("", text))]
    return (
        places[0]
        if len(places) >= MIN_CONTROLS and len(places) * CHARACTERS_PER_CONTROL > len(text)
        else -1
    )
