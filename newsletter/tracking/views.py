"""Where the provider posts events: verify, keep, say yes; they are read afterwards."""

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

#: Bytes in a post; SendGrid makes them of 768 KB at most.
MAX_POST_BYTES = 2_000_000


@csrf_exempt
@require_POST
def receive(request: HttpRequest, provider: str) -> HttpResponse:
    """Take a post of events: 204 once it is kept, and any other answer when it is not.

    404 without keys or such a provider, 413 for what is too large, 403 for what the provider did
    not sign.  SendGrid repeats whatever is not answered with 2xx, for a day.
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
        name = webhook.keys_variable(settings.CONFIG)
        log.warning("events are not taken: %s holds no key; see docs/events.md", name)
        return HttpResponse(status=404)
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_POST_BYTES:
        log.warning("events are not taken: the post has more than %s bytes", MAX_POST_BYTES)
        return HttpResponse(status=413)
    return keep(request, provider, webhook)


def webhook_of(provider: str) -> Webhook | None:
    """Return how a provider posts events; None where we do not know it, or it posts none.

    A provider of ours may still tell of mail that left before another one was chosen.
    """
    if provider not in (*built_in_names(), settings.CONFIG.sending.transport):
        return None
    return find_provider(provider).webhook


def keep(request: HttpRequest, provider: str, webhook: Webhook) -> HttpResponse:
    """Keep a post if it is signed; nothing of any other is kept."""
    body, now = request.body, trusted_time.now()
    if why := webhook.find_fault(body, request.headers, settings.CONFIG, os.environ, now):
        log.warning("a post of events is refused: %s", why)
        return HttpResponse(status=403)
    Post.objects.create(provider=provider, body=body, size=len(body))
    return HttpResponse(status=204)
