"""What load balancers and Prometheus ask: `/health/live`, `/health/ready`, `/metrics`."""

from __future__ import annotations

import hmac
import os

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from newsletter.monitoring.health import is_ready, read_health
from newsletter.monitoring.metrics import write_metrics
from newsletter.runtime.availability import RETRY_AFTER

#: What stands before the token (RFC 6750, 2.1).
BEARER = "Bearer "


@require_safe
@never_cache
def live(_request: HttpRequest) -> JsonResponse:
    """Answer while this process runs, whatever its database does: 200."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(_request: HttpRequest) -> JsonResponse:
    """Say whether requests should come here: 200, or 503 with what is wrong."""
    health = read_health()
    if is_ready(health):
        return JsonResponse({"status": "ok", **health})
    answer = {"status": "failing", **health}
    return JsonResponse(answer, status=503, headers={"Retry-After": str(RETRY_AFTER)})


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Return the metrics to whoever has the token; for all others there is no such page."""
    token = os.environ.get(settings.CONFIG.monitoring.metrics_token_env, "").strip()
    given = request.headers.get("Authorization", "")
    if not token or not hmac.compare_digest(given.encode(), f"{BEARER}{token}".encode()):
        raise Http404
    return HttpResponse(write_metrics(), content_type=CONTENT_TYPE_LATEST)
