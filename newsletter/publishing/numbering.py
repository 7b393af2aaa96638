"""What a person means by `3.11`."""

from __future__ import annotations

import re

from django.db.models import Q, QuerySet

from newsletter.errors import BadInput, NotFound
from newsletter.phrases import phrase
from newsletter.publishing.models import Issue, Publication

#: `3.11` or, without volumes, `11`.
NUMBER = re.compile(r"(?:(?P<volume>\d{1,9})\.)?(?P<number>\d{1,9})")


def find_issue(ref: str, publication: str = "") -> Issue:
    """Return the issue with a number such as `3.11`, or a slug.

    `publication` is a slug, and only needed where several publications have such an issue.
    Raises `NotFound`, or `BadInput` when it could be more than one.
    """
    candidates = Issue.objects.select_related("publication", "latest_revision")
    if publication:
        candidates = candidates.filter(publication=find_publication(publication))
    found = list(find_matching(candidates, ref.strip()).order_by("publication__name")[:10])
    if not found:
        raise NotFound(phrase("there is no issue {ref}", ref=ref), hint=describe_known(candidates))
    if len(found) > 1:
        names = ", ".join(issue.publication.slug for issue in found)
        raise BadInput(
            phrase(
                "there are {number} issues {ref}, in {names}",
                number=len(found),
                ref=ref,
                names=names,
            ),
            hint=phrase("Say which one: --publication {slug}", slug=found[0].publication.slug),
        )
    return found[0]


def find_matching(issues: QuerySet[Issue], ref: str) -> QuerySet[Issue]:
    """Return the issues that a text may name; a number outweighs a slug."""
    if number := NUMBER.fullmatch(ref):
        numbered = issues.filter(volume=number["volume"] or 0, number=number["number"])
        if int(number["number"]) and numbered.exists():
            return numbered
    return issues.filter(slug=ref)


def describe_known(issues: QuerySet[Issue]) -> str:
    """Say what could have been meant."""
    newest = issues.order_by("-volume", "-number", "-pk")[:5]
    refs = ", ".join(issue.ref for issue in newest)
    return f"The newest: {refs}." if refs else "There are none yet: newsletter issue new"


def find_publication(name: str = "") -> Publication:
    """Return the publication of that slug or name; without one, the only one there is."""
    publications = list(Publication.objects.all())
    slugs = ", ".join(each.slug for each in publications)
    if name:
        wanted = Q(slug=name) | Q(name__iexact=name)
        if publication := Publication.objects.filter(wanted).first():
            return publication
        raise NotFound(
            phrase("there is no publication {name}", name=name),
            hint=phrase("There are: {slugs}.", slugs=slugs or phrase("none")),
        )
    if len(publications) == 1:
        return publications[0]
    if publications:
        raise BadInput(
            phrase("there are several publications"),
            hint=phrase("Say which: --publication {slugs}", slugs=slugs),
        )
    raise NotFound(
        phrase("there is no publication yet"),
        hint=phrase("Lay out a workspace: newsletter init DIR"),
    )
