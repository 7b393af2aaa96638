"""The pages behind the links in a mail: unsubscribe and preferences.

Opening a page changes nothing, because scanners open every link of a mail; only a POST acts.  The
link itself identifies the person, so there is no login, no cookie and nothing for CSRF to protect.
No answer redirects: RFC 8058 §3.1 forbids it for the one-click POST, and the pages do the same.
"""

from __future__ import annotations

import re
from binascii import b2a_base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial, wraps
from typing import Any
from urllib.parse import unquote_to_bytes

from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsletter.errors import NotFound
from newsletter.statements import ModelStatement
from newsletter.throttling import forms
from newsletter.throttling.counting import Limit, count_attempt
from newsletter.throttling.forms import HOUR, of_address
from subscribers import links, suppressions
from subscribers.addresses import mask_address
from subscribers.departures import leave, to_leave
from subscribers.models import List, Subscriber, Subscription
from subscribers.page_language import choose_language
from subscribers.people import lock_person
from subscribers.preferences.leaving import REASONS, give_reason, read_reason
from subscribers.preferences.merges import list_merged
from subscribers.subscriptions import resubscribe


@dataclass(frozen=True, slots=True)
class Visitor:
    """The person and lists of a link; `person` is None if nothing is stored about them any more."""

    token: str
    person: Subscriber | None
    list_ids: tuple[int, ...]
    #: Of the words of the page.
    language: str = ""

    def lists(self, *, left: bool) -> list[List]:
        """Return the lists that the link is about, those left or those not left."""
        gone = Subscription.State.UNSUBSCRIBED
        theirs = to_leave(self.person.pk if self.person else 0, self.list_ids)
        rows = theirs.select_related("list").order_by("list__name")
        wanted = {row.list_id for row in rows if row.state != gone}
        by_id = {row.list_id: row.list for row in rows}
        return [one for pk, one in by_id.items() if (pk not in wanted) == left]


PERSON = ModelStatement(lambda pk: Subscriber.objects.filter(pk=pk), int)
METHODS = ("GET", "HEAD", "POST")
#: What is left of `List-Unsubscribe=One-Click` without signs; a multipart body has more between.
ONE_CLICK = re.compile(rb"unsubscribe.{0,600}?oneclick", re.DOTALL)
#: "One-Click" in base64, as a part of a multipart body may hold it (RFC 2045 6.8).
IN_BASE64 = b2a_base64(b"One-Click", newline=False).lower()
NO_LETTERS = bytes(
    code for code in range(256) if not chr(code).isascii() or not chr(code).isalpha()
)
#: How many bytes of a body are read.
MAX_BODY_BYTES = 65_536
#: An empty body: white space, or multipart without content.
EMPTY = re.compile(rb"[\s\x00]*(?:--[^\s]{1,200}--)?[\s\x00]*")

View = Callable[[HttpRequest, Visitor], HttpResponse]
#: Takes the person and the lists of a link; None where a view has to answer.
Quick = Callable[[HttpRequest, int, tuple[int, ...]], HttpResponse | None]


def by_link(view: View, quick: Quick | None = None) -> Callable[[HttpRequest, str], HttpResponse]:
    """Make a view of one that takes a visitor; a link that is not ours gets a page in words.

    `quick` is asked first, and may answer by what the link says alone.
    """

    @wraps(view)
    def answer(request: HttpRequest, token: str) -> HttpResponse:
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers={"Allow": ", ".join((*METHODS, "OPTIONS"))})
        if token == links.TEST_LINK:
            return page(request, "test_link")
        try:
            token, subscriber_id, list_ids = links.find_token(token)
        except NotFound:
            return page(request, "bad_link", status=404)
        if quick and (answered := quick(request, subscriber_id, list_ids)):
            return answered
        person = PERSON.first(subscriber_id)
        if person and person.erased:
            person = None
        own = person.language if person else ""
        language = choose_language(request, own, list_ids)
        with translation.override(language):
            return view(request, Visitor(token, person, list_ids, language))

    return csrf_exempt(never_cache(require_http_methods([*METHODS, "OPTIONS"])(answer)))


def leave_by_one_click(
    request: HttpRequest, subscriber_id: int, list_ids: tuple[int, ...]
) -> HttpResponse | None:
    """Answer a one-click; None where a person sees a page.  Nothing is read that it needs not."""
    if request.method != "POST" or not is_one_click(request):
        return None
    leave(subscriber_id, list_ids)
    return HttpResponse("You are unsubscribed.\n", content_type="text/plain; charset=utf-8")


@partial(by_link, quick=leave_by_one_click)
def unsubscribe_page(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Ask before unsubscribing; act on the person's button."""
    if request.method != "POST":
        return show_lists(request, visitor)
    form = read_form(request)
    if form.get("confirm") == "1":
        lists = visitor.lists(left=False)
        if visitor.person:
            leave(visitor.person.pk, visitor.list_ids)
        return page(request, "unsubscribed", visitor, lists=lists, reasons=REASONS.items())
    if form.get("why") == "1":
        return say_why(request, visitor)
    if form.get("undo") == "1":
        return too_often(request, visitor) or come_back(request, visitor)
    return HttpResponseBadRequest("This request does not say what to do.\n")


def is_one_click(request: HttpRequest) -> bool:
    """Say whether a POST to an unsubscribe link is a mail program's one click (RFC 8058 3.1).

    The words are searched in the raw body, without symbols and escapes, whatever content type it
    has: providers send several or none, and encode the form in many ways.  An empty body counts as
    well: some lose it on the way, and only the person who has the mail has its link.  The page's
    own buttons always identify themselves.
    """
    body = request.body[:MAX_BODY_BYTES]
    if EMPTY.fullmatch(body):
        return True
    return any(
        ONE_CLICK.search(letters) or (b"unsubscribe" in letters and IN_BASE64 in text.lower())
        for text in (body, unquote_to_bytes(body))
        if (letters := text.lower().translate(None, NO_LETTERS))
    )


def read_form(request: HttpRequest) -> QueryDict:
    """Return the fields of a form; none if the body is not a readable form."""
    try:
        return request.POST
    except (MultiPartParserError, BadRequest, UnicodeError):
        return QueryDict()


def say_why(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Note why somebody left just now."""
    reason = read_reason(request.POST.get("reason", ""), request.POST.get("words", ""))
    if visitor.person:
        for each in [visitor.person.pk, *list_merged(visitor.person.pk)]:
            give_reason(each, visitor.list_ids, reason)
    return page(request, "unsubscribed", visitor, lists=visitor.lists(left=True), thanked=True)


def come_back(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Undo an unsubscription by the person's own act: from the lists named, not from others."""
    named = set(request.POST.getlist("lists"))
    with transaction.atomic():
        # Who was erased meanwhile, such as in another tab, stays so.
        person = lock_person(visitor.person.pk) if visitor.person else None
        visitor = replace(visitor, person=person)
        lists = [one for one in visitor.lists(left=True) if str(one.pk) in named]
        if person and lists:
            resubscribe(person.pk, [one.pk for one in lists])
    return show_lists(request, visitor, returned=lists)


def show_lists(
    request: HttpRequest, visitor: Visitor, *, returned: Sequence[List] = ()
) -> HttpResponse:
    """Show the lists of the link, with buttons; `returned`: lists just subscribed again."""
    lists, left = visitor.lists(left=False), visitor.lists(left=True)
    return page(request, "unsubscribe", visitor, lists=lists, left=left, returned=returned)


def too_often(request: HttpRequest, visitor: Visitor) -> HttpResponse | None:
    """Return a page that asks to wait if a person's choices are changed again and again."""
    person = str(visitor.person.pk) if visitor.person else ""
    limits = [Limit(kind="preferences", tries=60, seconds=HOUR, subject=(person,))]
    wait = count_attempt([*limits, *of_address(request, "preferences-address", tries=300)])
    return forms.too_often(request, wait) if wait else None


def page(
    request: HttpRequest,
    name: str,
    visitor: Visitor | None = None,
    *,
    status: int = 200,
    **values: Any,
) -> HttpResponse:
    """Render a page of this app.  Its address is secret, so it is never sent as a referrer."""
    person = visitor.person if visitor else None
    values |= {
        "visitor": visitor,
        "address": mask_address(person.email) if person else "",
        "suppression": suppressions.find_suppression(person.key) if person else None,
    }
    response = render(request, f"web/{name}.html", values, status=status)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
