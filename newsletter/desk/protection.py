"""What cannot be deleted, because other rows refer to it, is refused in words and never named.

Django's own error holds every row that refers to the deleted one, people's addresses among them.
Whatever in the desk raises it ends here: the person is led back and told how many of what there
are; issues, publications and lists are named, people are not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.db import router
from django.db.models import Model, ProtectedError, RestrictedError
from django.db.models.deletion import Collector
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, ngettext

from newsletter.publishing.models import Issue, Publication
from subscribers.models import List

#: Rows that are named; of all others there is the number.
NAMED_MODELS = (Issue, Publication, List)
#: At most this many are named.
MAX_NAMED = 5


class RefuseInWords:
    """Middleware: turns the error of a refused deletion in the desk into a message."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as usual."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Lead back with the reason, where a deletion was refused."""
        home = reverse("wagtailadmin_home")
        if not request.path.startswith(home):
            return None
        if not isinstance(error, ProtectedError | RestrictedError):
            return None
        words = gettext("It cannot be deleted: {why}")
        messages.error(request, words.format(why=describe_references(list_refused(error))))
        return redirect(way_back(request, home))


def list_refused(error: ProtectedError | RestrictedError) -> Iterable[Any]:
    """Return the rows for which a deletion was refused."""
    if isinstance(error, ProtectedError):
        return error.protected_objects
    return error.restricted_objects


def explain_refusal(row: Model) -> str:
    """Say why a row cannot be deleted; empty where it can."""
    try:
        Collector(using=router.db_for_write(type(row), instance=row)).collect([row])
    except (ProtectedError, RestrictedError) as error:
        return describe_references(list_refused(error))
    return ""


def describe_references(rows: Iterable[Any]) -> str:
    """Say what refers to a row: how many of each kind, and the names of what may be named."""
    found = list(rows)
    counts = Counter(type(row)._meta for row in found)
    words = [
        f"{count:,} {kind.verbose_name if count == 1 else kind.verbose_name_plural}"
        for kind, count in sorted(counts.items(), key=lambda item: str(item[0]))
    ]
    names = sorted(str(row) for row in found if isinstance(row, NAMED_MODELS))
    further = len(names) - MAX_NAMED
    more = gettext(" and {number} more").format(number=further) if further > 0 else ""
    named = f" ({', '.join(names[:MAX_NAMED])}{more})" if names else ""
    sentence = ngettext("{rows} refers to it.", "{rows} refer to it.", len(found))
    return sentence.format(rows=f"{', '.join(words)}{named}")


def way_back(request: HttpRequest, home: str) -> str:
    """Return the page that somebody came from, if it is one of the desk; else its first page."""
    came_from = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(came_from, {request.get_host()}):
        return came_from
    return home
