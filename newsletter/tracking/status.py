"""The status of the webhook, and what a person should do about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Max, Sum
from django.utils.translation import gettext

from newsletter.conf.config import Config
from newsletter.errors import ConfigError
from newsletter.sending.models import Attempt
from newsletter.tracking.models import DailyEventCount, Post, UnparsedEvent
from newsletter.transports.factory import provider_of

#: If there is no event for this time after an acceptance, the webhook seems not to work.
EXPECTED_WITHIN = dt.timedelta(hours=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookStatus:
    """`counts` by sort since counting began; `hints` say what is wrong and how to fix it."""

    counts: Mapping[str, int]
    waiting: int
    stuck: int
    unparsed: int
    heard_at: dt.datetime | None
    hints: tuple[str, ...]


def webhook_status(config: Config, environ: Mapping[str, str], now: dt.datetime) -> WebhookStatus:
    """Check keys, posts and events."""
    sorts = (
        DailyEventCount.objects.values_list("sort").annotate(total=Sum("count")).order_by("sort")
    )
    stuck = Post.objects.filter(failures__gt=0)
    return WebhookStatus(
        counts=dict(sorts),
        waiting=Post.objects.filter(failures=0).count(),
        stuck=stuck.count(),
        unparsed=UnparsedEvent.objects.count(),
        heard_at=Attempt.objects.aggregate(last=Max("heard_at"))["last"],
        hints=tuple(filter(None, (keys_hint(config, environ), silence_hint(now), stuck_hint()))),
    )


def keys_hint(config: Config, environ: Mapping[str, str]) -> str:
    """Say what is wrong with the keys; empty if events are accepted, or if there are none."""
    webhook = provider_of(config).webhook
    if webhook is None:
        return ""
    try:
        if webhook.has_keys(config, environ):
            return ""
    except ConfigError as error:
        return f"{error} {error.hint}"
    return (
        f"{webhook.keys_variable(config)} is not set here. Started like this, newsletter serve"
        " takes no events, and they cannot resolve what is unknown. newsletter events setup"
    )


def is_silent(now: dt.datetime, within: dt.timedelta) -> bool:
    """Say whether the last mail was accepted longer ago than that, and no event came of it."""
    accepted = Attempt.objects.filter(
        state=Attempt.State.ACCEPTED,
        posted_at__range=(now - dt.timedelta(days=7), now - within),
    )
    last = accepted.order_by("-posted_at").first()
    if last is None or last.heard_at:
        return False
    return not (last.provider_batch and last.provider_batch.at > now - within)


def silence_hint(now: dt.datetime) -> str:
    """Say that events are missing for accepted mail; empty if they come."""
    if not is_silent(now, EXPECTED_WITHIN):
        return ""
    return gettext(
        "The last batch was accepted more than an hour ago, and no event of it came. Look at the"
        " webhook in the provider's settings, and at what its last posts were answered."
    )


def stuck_hint() -> str:
    """Say that posts cannot be read; empty if all can."""
    stuck = Post.objects.filter(failures__gt=0).order_by("pk").first()
    if stuck is None:
        return ""
    return gettext(
        "Posts cannot be read ({fault}); they are kept and tried again. Please report it."
    ).format(fault=stuck.fault)
