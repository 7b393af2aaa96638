"""The view to which the provider posts events: verify, store, answer; they are read later."""

from __future__ import annotations

import logging
import os

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from newsletter.conf.transport_names import built_in_names
from newsletter.errors import ConfigError
from newsletter.sending import trusted_time
from newsletter.tracking.models import Post
from newsletter.transports.events import Webhook
from newsletter.transports.factory import find_provider

log = logging.getLogger(__name__)

#: The largest post in bytes; SendGrid posts 768 KB at most.
MAX_POST_BYTES = 2_000_000


@csrf_exempt
@require_POST
def receive(request: HttpRequest, provider: str) -> HttpResponse:
    """Receive a post of events: 204 when it is stored, any other answer when it is not.

    404 without keys or for an unknown provider, 413 for a post that is too large, 403 for one that
    the provider did not sign.  SendGrid repeats a post for a day until the answer is 2xx.
    """
    webhook = webhook_of(provider)
    if webhook is None:
        return HttpResponse(status=404)
    try:
        is_open = webhook.has_keys(settings.CONFIG, os.environ)
    except ConfigError as error:
        log.error("events are not taken: %s", error)  # noqa: TRY400  the words say it all
        return HttpResponse(status=503)
    if not is_open:
        if not is_empty(request):
            name = webhook.keys_variable(settings.CONFIG)
            log.warning("events are not taken: %s holds no key; see docs/how-to/events.md", name)
        return refusal(request, 404)
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_POST_BYTES:
        log.warning("events are not taken: the post has more than %s bytes", MAX_POST_BYTES)
        return HttpResponse(status=413)
    return store_post(request, provider, webhook)


def is_empty(request: HttpRequest) -> bool:
    """Say whether a post has no event, as the one of our own system check: nothing is lost."""
    return int(request.META.get("CONTENT_LENGTH") or 0) <= len("[]")


def refusal(request: HttpRequest, status: int) -> HttpResponse:
    """Return an answer that refuses a post; of an empty one Django's log has no line either.

    The mark is that of `django.utils.log.log_response`.
    """
    answer = HttpResponse(status=status)
    if is_empty(request):
        vars(answer)["_has_been_logged"] = True
    return answer


def webhook_of(provider: str) -> Webhook | None:
    """Return how a provider posts events; None if it is unknown, or posts none.

    An earlier provider may still report mail that left before another one was chosen.
    """
    if provider not in (*built_in_names(), settings.CONFIG.sending.transport):
        return None
    return find_provider(provider).webhook


def store_post(request: HttpRequest, provider: str, webhook: Webhook) -> HttpResponse:
    """Store a post if its signature is right; store nothing of any other."""
    body, now = request.body, trusted_time.now()
    if why := webhook.find_fault(body, request.headers, settings.CONFIG, os.environ, now):
        if not is_empty(request):
            log.warning("a post of events is refused: %s", why)
        return refusal(request, 403)
    Post.objects.create(provider=provider, body=body, size=len(body))
    return HttpResponse(status=204)
