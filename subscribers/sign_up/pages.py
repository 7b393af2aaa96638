"""The pages on which people sign up, and the one behind the link of the confirmation mail.

Opening a page changes nothing; only a POST acts.  There is no cookie and so nothing for CSRF to
protect: the form stands on other web sites, too.  The answer to a good address is always the same.
"""

from __future__ import annotations

import html
import json
import re
import time
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from newsletter.conf.config import load
from newsletter.errors import NotFound
from newsletter.runtime.proxies import visitor_of
from newsletter.runtime.security_headers import POLICY, PUBLIC
from newsletter.throttling.forms import as_minutes, too_often
from subscribers import links
from subscribers.addresses import mask_address
from subscribers.sign_up import confirming, forms, guards, proof
from subscribers.sign_up.models import SignUpForm
from subscribers.sign_up.requests import Answer, Entry, Result, hash_visitor, take_request
from subscribers.sign_up.surroundings import Publisher, publisher_of
from subscribers.views import read_form

#: The widget's script and worker come from here, and ask for nothing elsewhere.
WITH_PROOF = f"{PUBLIC}; script-src 'self'; worker-src 'self'"
NO_FRAMES = "frame-ancestors 'none'"
#: Names of sources and sites, as a form may say them.
SOURCE = re.compile(r"[\w-]{1,40}", re.ASCII)
SITE = re.compile(r"[a-z0-9.-]{1,190}(:\d{1,5})?")
#: A field that people do not see.
TRAP = "website"


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A form, where it is shown, and in which language."""

    form: SignUpForm
    publisher: Publisher
    language: str
    is_frame: bool = False

    @property
    def list_ids(self) -> tuple[int, ...]:
        """The list that the page is about; the head of the page asks for it."""
        return (self.form.list_id,)

    @property
    def consent(self) -> str:
        """What people agree to here."""
        return forms.consent_text(self.form, self.publisher, self.language)


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """A page about some lists, for its head."""

    list_ids: tuple[int, ...] = field(default=())


def place_of(request: HttpRequest, slug: str, *, is_frame: bool = False) -> Place:
    """Return the form of a list as somebody meets it; `Http404` where nobody can sign up."""
    try:
        form = forms.find_open_form(slug)
    except NotFound:
        raise Http404 from None
    publisher = publisher_of(form.list)
    if publisher is None:
        raise Http404
    accepted = translation.get_language_from_request(request)
    language = forms.language_for(publisher, accepted)
    return Place(form=form, publisher=publisher, language=language, is_frame=is_frame)


@never_cache
@require_safe
def index_page(request: HttpRequest) -> HttpResponse:
    """Show the lists that people may sign up to; lead to the form of the only one.

    Its form is posted to the address where it stands, which only a page of one list takes.
    """
    found = list(forms.open_forms().filter(list__public=True).order_by("list__name"))
    if not found:
        raise Http404
    if len(found) == 1:
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        return redirect(f"{reverse('sign_up', args=[found[0].list.slug])}{query}")
    visitor = Listed(list_ids=tuple(each.list_id for each in found))
    return render(request, "web/sign_up_index.html", {"forms": found, "visitor": visitor})


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the form of a list; on POST take what was filled in."""
    return answer(request, place_of(request, slug))


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def frame_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the form as a frame of another site."""
    return answer(request, place_of(request, slug, is_frame=True))


def answer(request: HttpRequest, place: Place) -> HttpResponse:
    """Return the form, or what becomes of what was filled in; as JSON for the small script."""
    if request.method != "POST":
        return show_form(request, place, {"source": source_of(request.GET.get("from", ""))})
    entry = read_entry(request, place)
    with translation.override(place.language):
        result = take_request(place.form, entry, timezone.now())
        if "application/json" in request.headers.get("Accept", ""):
            return in_json(result, entry)
    if result.answer is Answer.TAKEN:
        return show_taken(request, place, entry.email)
    if result.answer is Answer.TOO_OFTEN:
        return show_too_often(request, place, result.wait)
    return show_form(request, place, fields_of(entry), result)


def read_entry(request: HttpRequest, place: Place) -> Entry:
    """Return what was filled in."""
    posted = read_form(request)
    said = posted.get("source", "") or ("frame" if place.is_frame else "page")
    return Entry(
        email=posted.get("email", "").strip()[:400],
        name=posted.get("name", ""),
        trap=posted.get(TRAP, ""),
        proof=posted.get("altcha", ""),
        plain_pass=posted.get("pass", "")[:200],
        sure=posted.get("sure", ""),
        source=source_of(said),
        site=site_of(request, posted.get("site", "")),
        language=place.language,
        consent_text=place.consent,
        visitor=visitor_of(request),
    )


def source_of(text: str) -> str:
    """Return the name of a source, or nothing for what is none."""
    return text if SOURCE.fullmatch(text) else ""


def site_of(request: HttpRequest, said: str) -> str:
    """Return the host of the page with the form, as the browser or an earlier step said."""
    origin = request.headers.get("Origin", "") or request.headers.get("Referer", "")
    try:
        host = urlsplit(origin).netloc.lower()
    except ValueError:
        host = ""
    if host in {"", urlsplit(load().site.base_url).netloc, request.get_host().lower()}:
        host = said.lower()
    return host if SITE.fullmatch(host) else ""


def fields_of(entry: Entry) -> dict[str, str]:
    """Return what is kept of an entry in the next form."""
    return {
        "email": entry.email,
        "name": entry.name[:200],
        "source": entry.source,
        "site": entry.site,
        "sure": entry.sure,
    }


def show_form(
    request: HttpRequest, place: Place, fields: dict[str, str], result: Result | None = None
) -> HttpResponse:
    """Return the form with what is filled in, and what was said about it."""
    values = {
        "fields": fields,
        "result": result,
        "pass": guards.make_pass(),
        "challenge_url": reverse("sign_up_challenge"),
        "worker_url": static("sign_up/altcha/pbkdf2.js"),
        # Somebody pressed the button already; only the proof was missing.
        "goes_on": bool(result and result.answer is Answer.NEEDS_PROOF),
    }
    response = show_page(request, place, "sign_up", values)
    if result and result.answer is Answer.INVALID:
        response.status_code = 422
    return response


def show_taken(request: HttpRequest, place: Place, address: str) -> HttpResponse:
    """Return the page after a good request; made once in a while, since it is the same for all."""
    key = (
        *(place.form.list_id, place.form.changed_at, place.is_frame),
        *(place.publisher, place.language, translation.get_language()),
        int(time.monotonic() // TAKEN_SECONDS),
    )
    page = _taken.get(key)
    if page is None:
        page = show_page(request, place, "sign_up_taken", {"address": ADDRESS_KEY}).content.decode()
        if len(_taken) >= MAX_TAKEN:
            _taken.clear()
        _taken[key] = page
    response = HttpResponse(page.replace(ADDRESS_KEY, html.escape(address)))
    response.headers[POLICY] = policy_of(place)
    return response


def show_too_often(request: HttpRequest, place: Place, wait: int) -> HttpResponse:
    """Return the page that asks to wait, in a frame where the form was in one."""
    response = too_often(request, wait, {"visitor": place, "base": base_of(place)})
    response.headers[POLICY] = policy_of(place)
    return response


#: Pages for after a good request, with a key in place of the address; how long, and how many.
TAKEN_SECONDS = 30
MAX_TAKEN = 64
ADDRESS_KEY = "address5Xq7vZk2mW9"
_taken: dict[tuple[object, ...], str] = {}


def policy_of(place: Place) -> str:
    """Return the policy of a page; only a frame may be framed, by the sites of its form."""
    if not place.is_frame:
        return WITH_PROOF
    sites = " ".join(["frame-ancestors 'self'", *place.form.frame_sites.split()])
    return WITH_PROOF.replace(NO_FRAMES, sites)


def base_of(place: Place) -> str:
    """Return the name of the template that a page extends."""
    return "web/frame.html" if place.is_frame else "web/base.html"


def show_page(
    request: HttpRequest, place: Place, name: str, values: dict[str, Any]
) -> HttpResponse:
    """Return a page of the sign-up, or the same in a frame."""
    values |= {"place": place, "visitor": place, "base": base_of(place)}
    response = render(request, f"web/{name}.html", values)
    response.headers[POLICY] = policy_of(place)
    return response


def in_json(result: Result, entry: Entry) -> JsonResponse:
    """Return an answer for the small script on another site."""
    said = {
        Answer.TAKEN: _("Please open the mail that we send to {address}, and press its button."),
        Answer.INVALID: result.message,
        Answer.ASK_ADDRESS: _("Did you mean {suggestion}?"),
        Answer.NEEDS_PROOF: _("Please press the button once more."),
        Answer.TOO_OFTEN: _("That was too often. Please try again in {minutes} minutes."),
    }[result.answer]
    for name, value in {
        "address": entry.email,
        "suggestion": result.suggestion,
        "minutes": str(as_minutes(result.wait)),
    }.items():
        said = said.replace(f"{{{name}}}", value)
    found = {"answer": result.answer, "message": said, "suggestion": result.suggestion}
    return JsonResponse(found, headers={"Access-Control-Allow-Origin": "*"})


@never_cache
@require_safe
def challenge(_request: HttpRequest) -> JsonResponse:
    """Return a new challenge; also to the small script on another site."""
    headers = {"Access-Control-Allow-Origin": "*"}
    return JsonResponse(proof.make_challenge(timezone.now()), headers=headers)


@require_safe
def script(request: HttpRequest, slug: str) -> HttpResponse:
    """Return the small script that puts the form into a page of another site."""
    place = place_of(request, slug)
    with translation.override(place.language):
        settings = {
            "url": f"{load().site.origin}{reverse('sign_up', args=[slug])}",
            "challenge": f"{load().site.origin}{reverse('sign_up_challenge')}",
            "language": place.language,
            "trap": TRAP,
            "asksName": place.form.asks_name,
            "consent": place.consent,
            "privacy": place.publisher.privacy_url,
            "words": {
                "email": _("Email address"),
                "name": _("Your name (optional)"),
                "subscribe": _("Subscribe"),
                "privacy": _("Privacy"),
                "wait": _("Please wait…"),
                "use": _("Use this address"),
                "keep": _("My address is right as it is"),
                "failed": _("That did not work. Please try again later."),
            },
        }
    code = f"const FORM = {as_script(settings)};\n{script_source()}"
    response = HttpResponse(
        f"(() => {{\n{code}}})();\n", content_type="text/javascript; charset=utf-8"
    )
    response["Cache-Control"] = "public, max-age=300"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def as_script(value: object) -> str:
    """Return a value as it stands in a script."""
    return json.dumps(value, ensure_ascii=True).replace("<", "\\u003c")


@lru_cache(maxsize=1)
def script_source() -> str:
    """Return the source of the small script."""
    found = finders.find("sign_up/embed.js")
    return Path(str(found)).read_text("utf-8")


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_page(request: HttpRequest, token: str) -> HttpResponse:
    """Ask before subscribing; act on the button.  Scanners open every link of a mail."""
    now = timezone.now()
    try:
        if request.method != "POST":
            link = confirming.open_link(token, now)
        elif read_form(request).get("confirm") == "1":
            link = confirming.confirm(token, now, ip_hash=hash_visitor(visitor_of(request)))
        else:
            return HttpResponseBadRequest("This request does not say what to do.\n")
    except NotFound:
        return private(render(request, "web/bad_link.html", status=404))
    return private(render(request, "web/confirm.html", about_link(link)))


def about_link(link: confirming.Link) -> dict[str, Any]:
    """Return what the page of a link shows."""
    sign_up = link.sign_up
    publisher = publisher_of(sign_up.list)
    person = sign_up.subscriber
    open_form = forms.open_forms().filter(list_id=sign_up.list_id).first()
    preferences = links.make_token(person.pk, [sign_up.list_id]) if person else ""
    return {
        "stage": str(link.stage),
        "visitor": Listed(list_ids=(sign_up.list_id,)),
        "address": mask_address(sign_up.email),
        "name": publisher.name if publisher else sign_up.list.name,
        "consent": sign_up.consent_text,
        "preferences": preferences,
        "again": reverse("sign_up", args=[sign_up.list.slug]) if open_form else "",
    }


def private(response: HttpResponse) -> HttpResponse:
    """Return an answer whose address is secret: it is never sent as a referrer, nor indexed."""
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
