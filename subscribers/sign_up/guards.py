"""What keeps the form from being used against people: limits, a trap, and a short wait.

List bombing means to sign up somebody else's address everywhere, so that their mailbox overflows.
So an address, a visitor, a network and a form may each be used a few times an hour.  Everything is
counted before it is known whose address it is, for every address alike.

Who has no script cannot compute a proof of work.  Their form holds a pass: a signed time, good for
one use after some seconds and before an hour is over, within limits that are stricter.
"""

from __future__ import annotations

import ipaddress
import time
from secrets import token_hex

from django.core import signing

from newsletter.conf.config import load
from newsletter.throttling.counting import Limit, seconds_to_wait

HOUR = 3600
#: Seconds that a person needs at least to fill in the form.
LEAST_SECONDS = 2
SALT = "subscribers.sign_up.pass"
#: How many times as many as from one visitor may come from their whole network.
NETWORK_FACTOR = 4
#: Sign-ups without a script, at one form in an hour.
FORM_WITHOUT_SCRIPT = 60


def make_pass() -> str:
    """Return a pass for a form that is shown now."""
    return signing.dumps([int(time.time()), token_hex(8)], salt=SALT)


def check_pass(text: str) -> str:
    """Return a name for the pass, to be used up; empty if it is no good, or not yet, or no more."""
    try:
        made_at, name = signing.loads(text, salt=SALT, max_age=HOUR)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(name) if time.time() - made_at >= LEAST_SECONDS else ""


def limits_of(form_id: int, key: str, visitor: str, *, scripted: bool) -> list[Limit]:
    """Return what a sign-up counts under; `visitor` is an address or a network, or empty."""
    rules = load().sign_up
    form = rules.per_form_per_hour if scripted else FORM_WITHOUT_SCRIPT
    own = rules.per_visitor_per_hour if scripted else rules.without_script_per_hour
    kind = "sign-up" if scripted else "sign-up-plain"
    limits = [
        hourly("sign-up-address", rules.per_address_per_hour, key),
        hourly(f"{kind}-form", form, str(form_id)),
    ]
    if visitor:
        limits += [
            hourly(f"{kind}-visitor", own, visitor),
            hourly(f"{kind}-network", own * NETWORK_FACTOR, network_of(visitor)),
        ]
    return limits


def hourly(kind: str, tries: int, *subject: str) -> Limit:
    """Return a limit for an hour."""
    return Limit(kind=kind, tries=tries, seconds=HOUR, subject=subject)


def use_once(kind: str, name: str, key: str) -> list[Limit]:
    """Return the limits that let a proof or a pass be used once, for one address."""
    return [hourly(kind, 1, name), repeated(kind, name, key)]


def repeated(kind: str, name: str, key: str) -> Limit:
    """Return the limit that is full if this very request was made before."""
    return hourly(f"{kind}-for", 1, name, key)


def is_repeated(kind: str, name: str, key: str) -> bool:
    """Say whether this very request was made before, as by a second click."""
    return is_full(repeated(kind, name, key))


def is_full(limit: Limit) -> bool:
    """Say whether nothing more fits under a limit now."""
    return seconds_to_wait([limit], int(time.time())) > 0


def network_of(visitor: str) -> str:
    """Return the network around a visitor: the /24 of IPv4, the /48 of IPv6."""
    text = visitor.partition("/")[0]
    size = 48 if ":" in text else 24
    return str(ipaddress.ip_network((text, size), strict=False))
