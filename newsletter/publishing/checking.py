"""Look at an issue before it leaves: preflight with what only the database knows."""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from newsletter import rendering
from newsletter.config import Config, load
from newsletter.errors import UnfilledField
from newsletter.publishing.acceptances import Judged, judged
from newsletter.publishing.contents import content_of
from newsletter.publishing.drafts import draft_of
from newsletter.publishing.models import Issue
from newsletter.publishing.pdfs import pdf_problem
from newsletter.publishing.previews import sample_reader
from newsletter.rendering.findings import Finding, Severity
from newsletter.rendering.linting import lint_made, lint_template
from newsletter.rendering.preflight import Circumstances, check, check_links, finished
from newsletter.rendering.preflight.codes import found as finding_of
from newsletter.rendering.preflight.sites import is_loopback
from subscribers.models import Subscriber, Subscription

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet
    from wagtail.models import Revision

    from newsletter.publishing.models import Publication
    from newsletter.rendering import CompiledEdition, Recipient, Template
    from newsletter.rendering.content import Content

#: Where servers take mail to pass it on (RFC 5321, RFC 8314).
MAIL_PORTS = frozenset({25, 465, 587})
#: Subscribers fetched at once: memory does not grow with the audience.
CHUNK = 2000

#: A field of a subscriber in an expression of an edition.
ATTRIBUTE = re.compile(r"\bsubscriber\.attributes\.(\w{1,100})")
#: People whose fields are read to see what there is.
PEOPLE_LOOKED_AT = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What was found in a draft: the one of `revision`, and `edition` is what it makes.

    Whoever freezes takes this edition: nothing that nobody looked at slips in.
    """

    draft: Issue
    revision: Revision | None
    edition: CompiledEdition
    findings: tuple[Finding, ...]
    judged: tuple[Judged, ...]

    @property
    def errors(self) -> tuple[Judged, ...]:
        """What the issue must not go out with."""
        return tuple(each for each in self.judged if each.stops)


def check_issue(
    issue: Issue,
    *,
    headers: Iterable[str],
    slot: dt.date | None = None,
    everybody: bool = True,
    links: bool = False,
) -> Report:
    """Return what is found in the latest stored draft and its template, errors first.

    `headers` are the names of those that its mails are sent with, `slot` is the day it is to
    go out.  With `everybody` the merge fields are evaluated for all subscribers, else for one;
    with `links` the network is asked.  Raises as rendering does where there is no mail to look
    at.
    """
    issue = Issue.objects.select_related("latest_revision").get(pk=issue.pk)
    draft, config = draft_of(issue), load()
    # Frozen with the day it is to go out, where its editors gave it none.
    draft.issued_on = draft.issued_on or slot
    template = rendering.load_template(config.email_templates, draft.publication.template)
    # The mail goes without a PDF that cannot be made, rather than not at all.
    content, no_pdf = content_of(draft), pdf_problem(draft)
    content = dataclasses.replace(content, pdf_url="") if no_pdf else content
    edition = rendering.compile(content, template, inliner=config.templates.inliner)
    reader = fitting(edition, draft.publication)
    around = dataclasses.replace(
        circumstances(draft, reader, everybody=everybody and not edition.fills_for_everybody),
        headers=headers,
        slot=slot if draft.date else None,
    )
    found = [*check(content, edition, template, around), *linted(content, template, reader)]
    found += unknown_fields(edition, subscribers(draft.publication))
    if no_pdf:
        found.append(finding_of("pdf-missing", no_pdf, "PDF"))
    if links and reader:
        found += check_links(finished(content, edition, reader, around.local_site)[0])
    return Report(
        draft=draft,
        revision=issue.latest_revision,
        edition=edition,
        findings=worst_first(found),
        judged=judged(issue, worst_first(found)),
    )


def worst_first(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings with the errors first."""
    order = tuple(Severity)
    return tuple(sorted(found, key=lambda each: order.index(each.severity)))


def fitting(edition: CompiledEdition, publication: Publication) -> Recipient | None:
    """Return a reader whom every merge field fits: the invented one, else the first subscriber.

    Through their eyes the mail is looked at.  There may be nobody.
    """
    people = as_recipients(subscribers(publication), sample_reader())
    for each in chain([sample_reader()], people):
        with suppress(UnfilledField):
            edition.variant(each).values(each)
            return each
    return None


def circumstances(draft: Issue, reader: Recipient | None, *, everybody: bool) -> Circumstances:
    """Return what database and settings know around a draft.

    Its recipients are the reader through whose eyes it is looked at and, with `everybody`, all
    subscribers; where no field fits anybody, at least one for whom it fails.
    """
    config, people = load(), subscribers(draft.publication)
    audience = people.count()
    first = [reader] if reader else []
    others = as_recipients(people, sample_reader()) if everybody and audience else ()
    return Circumstances(
        headers=(),
        recipients=chain(first, others) if first or others else [sample_reader()],
        audience=audience,
        batch_size=config.sending.batch_size,
        number_used_by=used_by(draft),
        site=config.site.base_url,
        stays_here=stays_here(config),
    )


def stays_here(config: Config) -> bool:
    """Say whether mail goes no further than this machine: to the stand-in, or into a folder.

    A mail server on this machine that listens where mail servers do passes mail on; one on
    another port is taken for one that catches it, to be looked at.
    """
    match config.sending.transport:
        case "sendgrid":
            return is_loopback(config.sendgrid.base_url)
        case "smtp":
            smtp = config.smtp
            return is_loopback(f"smtp://{smtp.host}") and smtp.port not in MAIL_PORTS
        case _:
            return True


def linted(content: Content, template: Template, reader: Recipient | None) -> list[Finding]:
    """Return what the linter finds in the template's files, and in the MJML of a reader."""
    if reader is None:
        return [*lint_template(template)]
    made = rendering.render(content, template, reader, inliner="css-inline")
    return lint_made(template, made.mjml)


def subscribers(publication: Publication) -> QuerySet[Subscriber]:
    """Return who is subscribed to a publication, suppressed addresses still among them."""
    active = Subscription.objects.filter(
        list__in=publication.lists.filter(archived_at=None), state=Subscription.State.ACTIVE
    )
    return Subscriber.objects.filter(pk__in=active.values("subscriber")).order_by("pk")


def as_recipients(people: QuerySet[Subscriber], reader: Recipient) -> Iterator[Recipient]:
    """Yield what a mail may know of each; the links are those of the invented reader."""
    for person in people.iterator(chunk_size=CHUNK):
        yield reader._replace(
            email=person.email,
            name=person.name,
            first_name=person.first_name,
            attributes=person.attributes,
        )


def unknown_fields(edition: CompiledEdition, people: QuerySet[Subscriber]) -> Iterator[Finding]:
    """Report fields of subscribers that the mail prints or tests, and that nobody has."""
    sources = [*(each.source for each in edition.merge_fields), *edition.tests]
    names = dict.fromkeys(name for each in sources for name in ATTRIBUTE.findall(each))
    if not names or not people.exists():
        return
    some = people.values_list("attributes", flat=True)[:PEOPLE_LOOKED_AT]
    known = {key for attributes in some for key in attributes}
    for name in names:
        if name in known or people.filter(attributes__has_key=name).exists():
            continue
        alike = difflib.get_close_matches(name, known, 1)
        advice = f"; did you mean [attributes.{alike[0]}|…]?" if alike else ""
        yield finding_of("field-unknown", f"nobody has the field {name!r}{advice}")


def used_by(draft: Issue) -> str:
    """Return the title of another issue with the number of this one, or nothing."""
    twin = draft.twins().first() if draft.number else None
    return twin.title if twin else ""
