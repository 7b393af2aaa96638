"""Look at an issue before it leaves: preflight with what only the database knows."""

from __future__ import annotations

import copy
import dataclasses
import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from django.db.models import OuterRef, Q, Subquery

from newsletter import rendering
from newsletter.conf.config import load
from newsletter.errors import LimitExceeded, MergeTagError
from newsletter.phrases import Phrase, phrase
from newsletter.publishing.checks.acceptances import Judged, apply_acceptances
from newsletter.publishing.checks.agreement import Day, find_disagreements
from newsletter.publishing.checks.left_out import find_left_out
from newsletter.publishing.checks.readers import Readers, readers_of
from newsletter.publishing.content.drafts import draft_of, sample_reader, with_drafts
from newsletter.publishing.content.issue_content import Draft, Fault, content_and_faults
from newsletter.publishing.content.looks import template_of
from newsletter.publishing.content.pdfs import pdf_problem
from newsletter.publishing.content.relative_links import is_on_site
from newsletter.publishing.models import Issue
from newsletter.rendering.findings import Finding, Severity
from newsletter.rendering.linting.linter import lint_made
from newsletter.rendering.personalisation import merge_tags
from newsletter.rendering.pipeline.compiling import compile_edition
from newsletter.rendering.preflight.checking import check_edition, finish_variants
from newsletter.rendering.preflight.codes import make_finding as finding_of
from newsletter.rendering.preflight.context import PreflightContext
from newsletter.rendering.preflight.links import check_links
from newsletter.rendering.preflight.pages import place_of, place_of_field, shown_words, texts_of
from newsletter.rendering.preflight.sources import locate_findings
from newsletter.rendering.text.footnotes import UnusedNote
from newsletter.transports.factory import provider_of

if TYPE_CHECKING:
    import datetime as dt

    from wagtail.models import Revision

    from newsletter.rendering import CompiledEdition, Template
    from newsletter.rendering.content import Content
    from newsletter.rendering.preflight.addresses import Web
    from newsletter.rendering.preflight.sources import Written
    from newsletter.rendering.text.markdown_extensions import Unused


#: A field of a subscriber in an expression of an edition.
ATTRIBUTE = re.compile(r"\bsubscriber\.attributes\.(\w{1,100})")
#: A merge tag without `attributes.`; doubled brackets and more than one bar are something else.
LOOSE = re.compile(r"(?<!\[)\[([A-Za-z]\w{1,40})\|([^\[\]|<>\n]{0,80})\](?!\])")
#: Words between brackets that are a choice, as in `[yes|no]`.
ALTERNATIVES = frozenset(
    [
        *(
            "a",
            "b",
            "y",
            "n",
            "yes",
            "no",
            "on",
            "off",
            "true",
            "false",
            "and",
            "or",
            "all",
            "none",
        ),
        *("start", "stop", "restart", "left", "right", "up", "down", "enable", "disable", "m", "f"),
        *("add", "remove", "get", "set", "min", "max", "json", "yaml", "text", "html", "x", "s"),
    ]
)
#: A merge tag of ours in what is wrong with it.
TAG_QUOTED = re.compile(r"\[[^\[\]]*\]")
#: The title of another issue with its number, as an attribute of an issue.
TWIN_TITLE = "twin_title"
#: Fields that a finding names.
FIELDS_NAMED = 12
#: People whose fields are read to see what there is.
PEOPLE_LOOKED_AT = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What was found in a draft: the one of `revision`, and `edition` is what it makes.

    Whoever freezes takes this edition: nothing that nobody looked at slips in.  `sources` are the
    texts of the draft that were written as Markdown.
    """

    draft: Issue
    revision: Revision | None
    content: Content
    edition: CompiledEdition
    findings: tuple[Finding, ...]
    judged: tuple[Judged, ...]
    sources: tuple[Written, ...] = ()

    @property
    def errors(self) -> tuple[Judged, ...]:
        """What the issue must not go out with."""
        return tuple(each for each in self.judged if each.stops)


def check_issue(
    issue: Issue,
    *,
    headers: Iterable[str],
    slot: dt.date | None = None,
    is_queued: bool = False,
    is_called_off: bool = False,
    links: bool = False,
    web: Web | None = None,
    as_read: bool = False,
) -> Report:
    """Return what is found in the latest stored draft and its template, errors first.

    `headers` are the names of those that its mails are sent with, `slot` is the day it is to
    go out, or would, if it is not queued yet; `is_called_off` if its sends were all cancelled with
    nobody mailed.  With `links` the network is asked, or `web`.
    `as_read` takes the issue as it was read, just now, for a page.
    Raises as rendering does where the template makes no mail to look at.
    """
    issue = copy_issue(issue) if as_read else with_drafts(Issue.objects.all()).get(pk=issue.pk)
    candidate = make_candidate(issue, slot)
    draft, made, content = candidate.draft, candidate.made, candidate.content
    edition, template = candidate.edition, candidate.template
    readers = readers_of(draft.publication)
    around = dataclasses.replace(
        preflight_context(draft, issue, readers),
        headers=headers,
        sources=made.sources,
    )
    found = [*check_edition(content, edition, template, around)]
    found += candidate.faults
    found += lint_template(candidate.fillable, template)
    day = Day(date=slot, is_queued=is_queued, is_called_off=is_called_off) if slot else None
    found += find_disagreements(draft, content, day, readers)
    found += unknown_fields(content, edition, readers)
    found += dead_ends(draft, content, made.relative)
    found += not_referred_to(made.unused, content)
    found += find_left_out(draft)
    if candidate.no_pdf:
        found.append(finding_of("pdf-missing", candidate.no_pdf, "PDF"))
    if links:
        found += check_links(
            finish_variants(content, edition, sample_reader(), around.local_site)[0], web
        )
    found = [*locate_findings(found, content, made.sources)]
    return Report(
        draft=draft,
        revision=issue.latest_revision,
        content=content,
        edition=edition,
        findings=worst_first(found),
        judged=apply_acceptances(issue, worst_first(found)),
        sources=made.sources,
    )


def copy_issue(issue: Issue) -> Issue:
    """Return a copy on which a day can be noted, though the draft may be the issue itself."""
    copied = copy.copy(issue)
    # Where Wagtail keeps the issue itself once somebody has asked for its draft.
    copied.__dict__.pop("specific", None)
    return copied


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """The edition that a draft makes, before anything is found in it, and what it is made of."""

    draft: Issue
    made: Draft
    content: Content
    fillable: Content
    template: Template
    edition: CompiledEdition
    faults: tuple[Finding, ...]
    no_pdf: str


def make_candidate(issue: Issue, slot: dt.date | None = None) -> Candidate:
    """Return what the latest draft makes if it goes out on a day: the edition that is approved."""
    draft, config = draft_of(issue), load()
    # Frozen with the day it is to go out, where its editors gave it none.
    draft.issued_on = draft.issued_on or slot
    template = template_of(draft.publication)
    made = content_and_faults(draft)
    fillable, misspelt = merge_tags.check_merge_tags(made.content)
    faults = (
        *map(finding_of_fault, made.faults),
        *(of_tag(each, made.content) for each in misspelt),
    )
    # The mail goes without a PDF that cannot be made, rather than not at all.
    no_pdf = "" if faults else pdf_problem(draft, made.content)
    content, fillable = (
        dataclasses.replace(each, pdf_url="" if no_pdf else each.pdf_url)
        for each in (made.content, fillable)
    )
    return Candidate(
        draft=draft,
        made=made,
        content=content,
        fillable=fillable,
        template=template,
        edition=compile_edition(fillable, template, inliner=config.templates.inliner),
        faults=faults,
        no_pdf=no_pdf,
    )


def worst_first(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings with the errors first."""
    order = tuple(Severity)
    return tuple(sorted(found, key=lambda each: order.index(each.severity)))


def preflight_context(draft: Issue, issue: Issue, readers: Readers) -> PreflightContext:
    """Return what database and settings know around a draft."""
    config = load()
    return PreflightContext(
        headers=(),
        reader=sample_reader(),
        audience=readers.count(),
        batch_size=config.sending.batch_size,
        number_used_by=used_by(draft, issue),
        site=config.site.base_url,
        stays_here=provider_of(config).stays_here(config),
        sender=draft.publication.from_email,
    )


def lint_template(content: Content, template: Template) -> list[Finding]:
    """Return what the linter finds in the template's files, and in the MJML of a reader."""
    made = rendering.render(content, template, sample_reader(), inliner="css-inline")
    return lint_made(template, made.mjml)


def finding_of_fault(fault: Fault) -> Finding:
    """Return a part of an issue that cannot be used as a finding."""
    error = fault.error
    if isinstance(error, LimitExceeded):
        return finding_of("limit-exceeded", error.problem, fault.place, error.hint, line=error.line)
    return finding_of("bad-input", error.message, fault.place, error.hint)


def of_tag(error: MergeTagError | LimitExceeded, content: Content) -> Finding:
    """Return what is wrong with a merge tag as a finding."""
    field = error.field if isinstance(error, MergeTagError) else error.place
    code = "merge-tag" if isinstance(error, MergeTagError) else "limit-exceeded"
    place, tag = place_of_field(content, field), TAG_QUOTED.search(error.problem)
    return finding_of(code, error.problem, place, error.hint, quote=tag[0] if tag else "")


def dead_ends(draft: Issue, content: Content, relative: Mapping[str, str]) -> Iterator[Finding]:
    """Report addresses that were written without a site, and that this site does not have."""
    for address, written in relative.items():
        if not is_on_site(address, draft):
            message = phrase(
                "{written} would lead to {address}, where this site has nothing",
                written=written,
                address=address,
            )
            yield finding_of("link-relative", message, place_of(content, address), quote=written)


def not_referred_to(
    unused: Iterable[tuple[Unused | UnusedNote, str]], content: Content
) -> Iterator[Finding]:
    """Report link definitions and footnotes that no reader gets."""
    for each, where in unused:
        if isinstance(each, UnusedNote):
            yield not_called(each, where)
        elif not leads_from_elsewhere(each, content):
            message = phrase(
                "nothing refers to [{label}]: {address}",
                label=each.label,
                address=each.address[:120],
            )
            yield finding_of("link-unused", message, where, line=each.line)


def not_called(note: UnusedNote, where: str) -> Finding:
    """Return a footnote that is not printed as a finding."""
    if note.repeated:
        message = phrase(
            "[^{label}] is there twice, and only the first is printed, not {words!r}",
            label=note.label,
            words=note.words,
        )
    else:
        message = phrase(
            "nothing calls the footnote [^{label}], so it is not printed: {words!r}",
            label=note.label,
            words=note.words,
        )
    return finding_of("footnote-unused", message, where, line=note.line)


def leads_from_elsewhere(link: Unused, content: Content) -> bool:
    """Say whether any text of the issue has a link to the same address."""
    return any(f'{escape(link.address)}"' in text for _, text in texts_of(content))


def unknown_fields(
    content: Content, edition: CompiledEdition, readers: Readers
) -> Iterator[Finding]:
    """Report fields of subscribers that the mail prints or tests, and that nobody has."""
    some = readers.attributes_of_some(PEOPLE_LOOKED_AT)
    if not some:
        return
    known = sorted({key for attributes in some for key in attributes})

    def is_known(name: str) -> bool:
        return name in known or readers.have_attribute(name)

    for name, where in used_fields(content, edition).items():
        if not is_known(name):
            code = "field-unknown" if where != "template" else "template-field-unknown"
            message = phrase(
                "nobody has the field {name!r}; {advice}",
                name=name,
                advice=advise_field(name, known),
            )
            yield finding_of(code, message, where)
    for tag, where in loose_tags(content).items():
        name, fallback = tag.partition("|")[::2]
        if is_known(name):
            meant = did_you_mean(f"attributes.{name}", fallback)
        else:
            meant = advise_field(name, known, fallback)
        message = phrase("[{tag}] is not filled in by anybody; {advice}", tag=tag, advice=meant)
        yield finding_of("field-unknown", message, where)


def used_fields(content: Content, edition: CompiledEdition) -> dict[str, str]:
    """Return the fields that a mail prints or tests, each with its first place."""
    used: dict[str, str] = {}
    for field in edition.merge_fields:
        texts = [each for each in field.places if each.startswith("issue: ")]
        where = place_of_field(content, texts[0].removeprefix("issue: ")) if texts else "template"
        for name in ATTRIBUTE.findall(field.source):
            used[name] = where if texts else used.get(name, where)
    for source in edition.tests:
        for name in ATTRIBUTE.findall(source):
            used.setdefault(name, "template")
    return used


def loose_tags(content: Content) -> dict[str, str]:
    """Return what looks like a merge tag of ours without being one, each with its first place."""
    found: dict[str, str] = {}
    for where, text in texts_of(content):
        for name, fallback in LOOSE.findall(shown_words(text)):
            tag, pair = f"{name}|{fallback}", {name.lower(), fallback.strip().lower()}
            if not (pair <= ALTERNATIVES or merge_tags.is_merge_tag(f"[{tag}]")):
                found.setdefault(tag, where)
    return found


def did_you_mean(field: str, fallback: str) -> Phrase:
    """Ask whether a field is meant, with the tag to write for it."""
    return phrase("did you mean [{field}|{fallback}]?", field=field, fallback=fallback)


def advise_field(name: str, known: Sequence[str], fallback: str = "…") -> Phrase:
    """Return which field may be meant, or which there are."""
    ours = {"name": "name", "first_name": "first_name", "email": "email"}
    names = {each.lower(): f"attributes.{each}" for each in known} | ours
    if alike := difflib.get_close_matches(name.lower(), names, 1):
        return did_you_mean(names[alike[0]], fallback)
    there = ", ".join(sorted([*known, *ours])[:FIELDS_NAMED])
    return phrase("there are {fields}", fields=there)


def select_twin_titles() -> Subquery:
    """Return the title of another issue with the number of each issue, to be read with them."""
    same = {name: OuterRef(name) for name in ("publication", "volume", "number")}
    twins = Issue.objects.filter(~Q(number=0), **same).exclude(pk=OuterRef("pk"))
    return Subquery(twins.values("title")[:1])


def used_by(draft: Issue, issue: Issue) -> str:
    """Return the title of another issue with the number of a draft, or nothing."""
    if not draft.number:
        return ""
    # The row has the number of its draft.
    if TWIN_TITLE in issue.__dict__:
        return issue.__dict__[TWIN_TITLE] or ""
    twin = draft.twins().first()
    return twin.title if twin else ""
