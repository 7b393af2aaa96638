"""The sign-up of a publication: whose a list is, and where people sign up."""

from __future__ import annotations

from django.db import connection
from django.urls import reverse

from newsletter.conf.config import load
from newsletter.publishing.models import Publication
from newsletter.statements import ModelStatement
from subscribers.models import List
from subscribers.sign_up.forms import open_forms
from subscribers.sign_up.models import SignUpForm
from subscribers.sign_up.surroundings import Publisher

# Asked at each sign-up, of which there may be hundreds a second.
PUBLICATIONS = """
SELECT publication.name, publication.language, publication.privacy_url
  FROM publishing_publication AS publication
  JOIN publishing_publication_lists AS goes ON goes.publication_id = publication.id
 WHERE goes.list_id = %s
 ORDER BY publication.id
"""
#: Under this name a publication has the list to sign up to while a page is made.
KNOWN = "known_sign_up"
#: Asked by the head of each page.
FORM = ModelStatement(
    lambda pk: (
        open_forms().filter(list__publications=pk, list__public=True).order_by("list__name")[:1]
    ),
    int,
)


def publisher_of(one: List) -> Publisher | None:
    """Return whose list it is; the list's own name where several publications go to it."""
    with connection.cursor() as cursor:
        cursor.execute(PUBLICATIONS, [one.pk])
        found = cursor.fetchall()
    if not found:
        return None
    languages = {language for _name, language, _privacy in found}
    name, _language, privacy = found[0]
    privacy = privacy or f"{load().site.origin}{reverse('privacy')}"
    return Publisher(
        name=name if len(found) == 1 else one.name,
        language=languages.pop() if len(languages) == 1 else "",
        privacy_url=privacy,
    )


def sign_up_form_of(publication: Publication) -> SignUpForm | None:
    """Return the first open form among those of a publication's lists."""
    return FORM.first(publication.pk)


def remember_sign_up(publication: Publication, slug: str) -> None:
    """Have `sign_up_path` know the list whose form is open, for this instance; or that none is."""
    publication.__dict__[KNOWN] = slug


def sign_up_path(publication: Publication | None = None) -> str:
    """Return where people sign up to a publication, or to any; empty where they cannot."""
    if publication is None:
        anywhere = open_forms().filter(list__public=True).exists()
        return reverse("sign_up_index") if anywhere else ""
    if KNOWN in publication.__dict__:
        slug = publication.__dict__[KNOWN]
        return reverse("sign_up", args=[slug]) if slug else ""
    form = sign_up_form_of(publication)
    return reverse("sign_up", args=[form.list.slug]) if form else ""
