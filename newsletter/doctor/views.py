"""Where the site proves to its own system check that it is this newsletter."""

from __future__ import annotations

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from newsletter.doctor.site import sign_question

#: As the check asks: a number of 128 bits, so that nothing of meaning is ever signed.
QUESTION = re.compile(r"[0-9a-f]{32}")


@require_safe
@never_cache
def answer_check(request: HttpRequest) -> HttpResponse:
    """Answer a question with the signing key; anything else is not there."""
    question = request.GET.get("question", "")
    if not QUESTION.fullmatch(question):
        raise Http404
    return HttpResponse(sign_question(question), content_type="text/plain; charset=ascii")
