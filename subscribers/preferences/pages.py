"""The preference page: everything that a person may choose, by the link in their mail.

Opening it changes nothing.  Each form says with `act` what to do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsletter.errors import BadInput, NotFound
from newsletter.statements import ModelStatement, Statement
from newsletter.throttling import forms
from newsletter.throttling.counting import Limit, count_attempt
from newsletter.throttling.forms import HOUR, of_address
from subscribers import page_language, suppressions
from subscribers.history.models import Actor, SubscriptionChange
from subscribers.history.recording import Change, record
from subscribers.links import make_token
from subscribers.list_suppressions import entry_of_subscription
from subscribers.models import Subscriber, Subscription
from subscribers.people import lock_person
from subscribers.preferences import address_changes, counting, pauses
from subscribers.preferences.leaving import REASONS, read_reason
from subscribers.preferences.person import choose_language, rename
from subscribers.privacy.erasure import erase_person
from subscribers.privacy.held import as_json, describe_person
from subscribers.subscriptions import choose_lists, open_lists, unsubscribe
from subscribers.views import Visitor, by_link, page, read_form, too_often

State = Subscription.State
#: What an act answers: a page of its own, or what the preference page says on top.
Answer = HttpResponse | dict[str, Any]
Act = Callable[[HttpRequest, Visitor, Subscriber], Answer]
#: Of a person: each list, the state there, and whether the address is suppressed for it.
THEIRS = Statement(
    lambda pk: (
        Subscription.objects.filter(subscriber=pk)
        .order_by()
        .values_list("list_id", "state", entry_of_subscription())
    ),
    int,
)
OPEN_LISTS = ModelStatement(open_lists, int)
#: Whoever wants less never has to wait.
NEVER_LIMITED = frozenset({"leave", "pause", "uncount"})


@by_link
def preferences_page(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show what a person may choose, and do what they chose."""
    if request.method != "POST":
        return show_page(request, visitor, {})
    name = str(read_form(request).get("act", ""))
    if name not in ACTS:
        return HttpResponseBadRequest("This request does not say what to do.\n")
    if name not in NEVER_LIMITED and (refusal := too_often(request, visitor)):
        return refusal
    if visitor.person is None:
        return show_page(request, visitor, {})
    visitor, answer = do_act(name, request, visitor)
    if isinstance(answer, HttpResponse):
        return answer
    if visitor.person is None:
        return show_page(request, visitor, {})
    # The language may be the one that was chosen just now.
    language = page_language.choose_language(request, visitor.person.language, visitor.list_ids)
    with translation.override(language):
        return show_page(request, replace(visitor, language=language), {"done": name} | answer)


@transaction.atomic
def do_act(name: str, request: HttpRequest, visitor: Visitor) -> tuple[Visitor, Answer]:
    """Do what a person chose; who was erased meanwhile, such as in another tab, is nobody."""
    person = lock_person(visitor.person.pk) if visitor.person else None
    visitor = replace(visitor, person=person)
    return visitor, ACTS[name](request, visitor, person) if person else {}


def show_page(request: HttpRequest, visitor: Visitor, said: dict[str, Any]) -> HttpResponse:
    """Return the preference page with what is to be said on top."""
    person = visitor.person
    if person is None:
        return page(request, "preferences", visitor)
    # Who is suppressed for one list gets it again by choosing it, and not by saving a name.
    theirs = {pk: state == State.ACTIVE and not held for pk, state, held in THEIRS.rows(person.pk)}
    choices = [(one, theirs.get(one.pk, False)) for one in OPEN_LISTS.all(person.pk)]
    values = {
        "choices": choices,
        "mine": [one for one, wanted in choices if wanted],
        "languages": list_languages(person),
        "paused": pauses.remaining(person),
        "pause_choices": pauses.OFFERED,
        "change": address_changes.pending_change(person),
        "reasons": REASONS.items(),
        "counted_by": counting.counted_by(theirs),
        "uncounted": counting.is_refused(person),
    }
    status = 400 if "problem" in said else 200
    return page(request, "preferences", visitor, status=status, **values, **said)


def list_languages(person: Subscriber) -> list[tuple[str, str, bool]]:
    """Return the languages to choose from: code, name in that language, whether it is chosen."""
    known = dict(settings.LANGUAGES)
    if person.language:
        known.setdefault(person.language, person.language)
    return [(code, str(name), code == person.language) for code, name in known.items()]


def save(request: HttpRequest, visitor: Visitor, person: Subscriber) -> Answer:
    """Save name and language, and subscribe to exactly the ticked lists."""
    del visitor
    form = request.POST
    if "language" in form:
        try:
            choose_language(person, form["language"])
        except BadInput:
            return {"done": "", "problem": _("This is no language that we know.")}
    rename(person, form.get("name", ""))
    ticked = set(form.getlist("lists"))
    choose_lists(person, [one.pk for one in open_lists(person) if str(one.pk) in ticked])
    return {}


def leave(request: HttpRequest, visitor: Visitor, person: Subscriber) -> Answer:
    """Leave one list, or every list if none is named."""
    del visitor
    named = request.POST.get("list", "")
    lists = [one.pk for one in open_lists(person) if str(one.pk) == named]
    if named and not lists:
        return {"done": "", "problem": _("You are not on this list.")}
    reason = read_reason(request.POST.get("reason", ""), request.POST.get("words", ""))
    unsubscribe(person.pk, lists, by=Actor.PERSON, reason=reason)
    return {"left_one": bool(lists)}


def lift(request: HttpRequest, visitor: Visitor, person: Subscriber) -> Answer:
    """End the suppression of this address."""
    del request, visitor
    if suppressions.lift_suppression(person.key):
        kind = SubscriptionChange.Kind.LIFTED
        record(Change(subscriber_id=person.pk, kind=kind, by=Actor.PERSON))
    return {}


def pause(request: HttpRequest, visitor: Visitor, person: Subscriber) -> Answer:
    """Leave the person out of the next issues."""
    del visitor
    text = request.POST.get("issues", "")
    try:
        pauses.pause(person, int(text) if text.isdecimal() and len(text) < 4 else 0)
    except BadInput as error:
        return {"done": "", "problem": str(error)}
    return {}


def resume(request: HttpRequest, visitor: Visitor, person: Subscriber) -> Answer:
    """End the pause."""
    del request, visitor
    pauses.resume(person)
    return {}


def uncount(request: HttpRequest, visitor: Visitor, person: Subscriber) -> Answer:
    """Count opens and clicks of the person no more."""
    del request, visitor
    counting.refuse(person)
    return {}


def allow_counting(request: HttpRequest, visitor: Visitor, person: Subscriber) -> Answer:
    """Let opens and clicks be counted again."""
    del request, visitor
    counting.allow(person)
    return {}


def change_address(request: HttpRequest, visitor: Visitor, person: Subscriber) -> Answer:
    """Note the wish for another address; what is said does not depend on whose it is."""
    del visitor
    limits = [Limit(kind="address-change", tries=5, seconds=HOUR, subject=(str(person.pk),))]
    if wait := count_attempt([*limits, *of_address(request, "address-change-from", tries=20)]):
        return forms.too_often(request, wait)
    text = request.POST.get("email", "")
    try:
        address_changes.ask_for_change(person, text, language=get_language() or "")
    except BadInput as error:
        return {"done": "", "problem": str(error), "wrong_address": text[:300]}
    return {}


def keep_address(request: HttpRequest, visitor: Visitor, person: Subscriber) -> Answer:
    """Forget the wish for another address."""
    del request, visitor
    address_changes.take_back(person)
    return {}


def show_data(request: HttpRequest, visitor: Visitor, person: Subscriber) -> Answer:
    """Show all that is held."""
    return page(request, "held", visitor, held=describe_person(person))


def download(request: HttpRequest, visitor: Visitor, person: Subscriber) -> Answer:
    """Give all that is held as a file."""
    del request, visitor
    record(
        Change(subscriber_id=person.pk, kind=SubscriptionChange.Kind.DOWNLOADED, by=Actor.PERSON)
    )
    response = HttpResponse(as_json(person), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    response["X-Robots-Tag"] = "noindex"
    return response


def erase(request: HttpRequest, visitor: Visitor, person: Subscriber) -> Answer:
    """Ask first; erase on the second button."""
    if request.POST.get("sure") != "1":
        return page(request, "erase", visitor)
    erase_person(person)
    return page(request, "erased", Visitor(visitor.token, None, visitor.list_ids, visitor.language))


ACTS: dict[str, Act] = {
    "save": save,
    "leave": leave,
    "lift": lift,
    "pause": pause,
    "resume": resume,
    "uncount": uncount,
    "count": allow_counting,
    "address": change_address,
    "keep_address": keep_address,
    "data": show_data,
    "download": download,
    "erase": erase,
}


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_address_page(request: HttpRequest, secret: str) -> HttpResponse:
    """Ask before a new address counts, and change it on the person's button."""
    try:
        change = address_changes.find_change(secret)
        if request.method == "POST":
            change = address_changes.confirm_change(secret)
    except NotFound:
        return page(request, "address_expired", status=404)
    owner = change.merged_into or change.subscriber
    visitor = Visitor(make_token(owner.pk), owner, (), change.language)
    return page(request, "address_confirm", visitor, change=change, secret=secret)
