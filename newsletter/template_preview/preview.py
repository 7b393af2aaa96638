"""What the page shows: a mail with its findings, or what is wrong with the template."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from newsletter.errors import TemplateError
from newsletter.rendering import Parts, Template, load_template, render
from newsletter.rendering import compile as compile_edition
from newsletter.rendering.content import Content
from newsletter.rendering.findings import Finding, Severity
from newsletter.rendering.linting.linter import lint_made
from newsletter.rendering.pipeline.sample_issues import READER
from newsletter.rendering.pipeline.template_folders import Folders, find_file, in_order
from newsletter.rendering.preflight.checking import check_edition
from newsletter.rendering.preflight.context import PreflightContext

if TYPE_CHECKING:
    from pathlib import Path

    from newsletter.errors import NewsletterError

#: Every mail is sent with these (RFC 8058).
_HEADERS = ("List-Unsubscribe", "List-Unsubscribe-Post")
#: Lines shown before and after the one with a fault.
_AROUND = 3
_ORDER = tuple(Severity)


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """The mail of one issue for one reader, errors first among its findings."""

    issue: Content
    parts: Parts
    variants: int
    findings: tuple[Finding, ...]

    def as_data(self) -> dict[str, object]:
        """Return all but the HTML as JSON takes it; sizes are bytes of UTF-8."""
        sizes = {name: len(part.encode()) for name, part in dataclasses.asdict(self.parts).items()}
        return {
            "sender": self.issue.publisher.name,
            "subject": self.parts.subject,
            "preheader": self.issue.preheader,
            "text": self.parts.text,
            "language": self.issue.language,
            "direction": self.issue.direction,
            "sizes": sizes,
            "variants": self.variants,
            "findings": [
                {**dataclasses.asdict(each), "where": each.where} for each in self.findings
            ],
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """Why there is no mail: `where` is a file with line and column as far as they are known.

    `lines` are the lines around it, each with its number.
    """

    message: str
    hint: str
    where: str = ""
    line: int = 0
    lines: tuple[tuple[int, str], ...] = ()


def make_preview(folders: Folders, name: str, issue: Content) -> Preview:
    """Return the preview of a template in a folder, as its files are now.

    Raises `TemplateError` or `NotFound` as rendering does.
    """
    return _preview(load_template(folders, name), issue)


@lru_cache(maxsize=16)
def _preview(template: Template, issue: Content) -> Preview:
    edition = compile_edition(issue, template)
    around = PreflightContext(headers=_HEADERS, reader=READER)
    made = render(issue, template, READER, inliner="css-inline")
    findings = [*check_edition(issue, edition, template, around), *lint_made(template, made.mjml)]
    return Preview(
        issue=issue,
        parts=edition.variant(READER).parts(READER),
        variants=len(edition.variants),
        findings=tuple(sorted(findings, key=lambda each: _ORDER.index(each.severity))),
    )


def fault_of(error: NewsletterError, folders: Folders) -> Fault:
    """Return an error with the lines of the template that it is about."""
    if not isinstance(error, TemplateError):
        return Fault(message=str(error), hint=error.hint)
    path = error.path
    for root in in_order(folders):
        path = path.removeprefix(f"{root}/")
    where = ":".join(str(part) for part in (path, error.line, error.column) if part)
    place = ":".join(str(part) for part in (error.path, error.line, error.column) if part)
    return Fault(
        message=str(error).removeprefix(f"{place}: "),
        hint=error.hint,
        where=where,
        line=error.line,
        lines=_lines_around(folders, path, error.line),
    )


def is_inside(file: Path, folders: Folders) -> bool:
    """Say whether a file lies in one of the folders, whatever `..` and links say."""
    return any(file.resolve().is_relative_to(root.resolve()) for root in in_order(folders))


def _lines_around(folders: Folders, path: str, line: int) -> tuple[tuple[int, str], ...]:
    file = find_file(folders, path)
    if not line or file is None or not is_inside(file, folders):
        return ()
    numbered = enumerate(file.read_text("utf-8", errors="replace").splitlines(), 1)
    return tuple((number, text) for number, text in numbered if abs(number - line) <= _AROUND)
