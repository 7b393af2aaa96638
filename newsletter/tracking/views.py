"""Where the provider posts events: verify, keep, say yes; they are read afterwards."""

from __future__ import annotations

import logging
import os

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from newsletter.errors import ConfigError
from newsletter.sending import trusted_time
from newsletter.tracking.models import Post
from newsletter.transports.sendgrid import event_signature

log = logging.getLogger(__name__)

#: Bytes in a post; SendGrid makes them of 768 KB at most.
MAX_POST_BYTES = 2_000_000


@csrf_exempt
@require_POST
def sendgrid(request: HttpRequest) -> HttpResponse:
    """Take a post of events: 204 once it is kept, and any other answer when it is not.

    404 without keys, 413 for what is too large, 403 for what SendGrid did not sign.  SendGrid
    repeats whatever is not answered with 2xx, for a day.
    """
    try:
        keys = event_signature.public_keys(settings.CONFIG, os.environ)
    except ConfigError as error:
        log.error("events are not taken: %s", error)  # noqa: TRY400  the words say it all
        return HttpResponse(status=503)
    if not keys:
        name = settings.CONFIG.sendgrid.webhook_keys_env
        log.warning("events are not taken: %s holds no key; see docs/events.md", name)
        return HttpResponse(status=404)
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_POST_BYTES:
        log.warning("events are not taken: the post has more than %s bytes", MAX_POST_BYTES)
        return HttpResponse(status=413)
    return keep(request, keys)


def keep(request: HttpRequest, keys: event_signature.Keys) -> HttpResponse:
    """Keep a post if it is signed; nothing of any other is kept."""
    post = event_signature.Signed(
        request.body,
        request.headers.get(event_signature.TIMESTAMP_HEADER, ""),
        request.headers.get(event_signature.SIGNATURE_HEADER, ""),
    )
    tolerance = settings.CONFIG.events.max_age_hours * 3600
    if why := event_signature.fault(
        post, keys, now=trusted_time.now().timestamp(), tolerance=tolerance
    ):
        log.warning("a post of events is refused: %s", why)
        return HttpResponse(status=403)
    Post.objects.create(body=post.body, size=len(post.body))
    return HttpResponse(status=204)
