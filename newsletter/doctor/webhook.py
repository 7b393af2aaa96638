"""Events: does the provider post them to us, with a key that we have, and do posts arrive?"""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.doctor.asking import ask_address
from newsletter.doctor.provider import opened_account
from newsletter.doctor.results import Result, Topic
from newsletter.doctor.surroundings import Surroundings
from newsletter.errors import AccountError
from newsletter.phrases import phrase
from newsletter.transports.account import PostedWebhook
from newsletter.transports.events import Counted
from newsletter.transports.factory import provider_of

SETUP = Topic("webhook", phrase("Webhook at the provider"))
ARRIVES = Topic("webhook-arrives", phrase("Webhook arrives"))

SET_UP = phrase("Run: newsletter events setup")
#: Is no event, and is signed by nobody: it is refused wherever posts arrive.
EMPTY_POST = b"[]"


def check_setup(around: Surroundings) -> Iterator[Result]:
    """Compare what the provider says of its webhook with the key that we have."""
    webhook = provider_of(around.config).webhook
    if webhook is None:
        return
    name = webhook.keys_variable(around.config)
    known = around.environ.get(name, "").replace(",", " ").split()
    with opened_account(around) as account:
        if account is None:
            return
        try:
            found = account.read_webhook(around.events_url)
        except AccountError as error:
            yield SETUP.look(
                error.message,
                phrase("Give the key the scope user.webhooks.event.settings.read."),
            )
            return
    wanted = frozenset(kind for sender in around.senders for kind in sender.counts)
    judged = judge_setup(found, known, url=around.events_url, variable=name, wanted=wanted)
    yield judged.eased() if around.stays_here else judged


def judge_setup(
    found: PostedWebhook | None,
    known: list[str],
    *,
    url: str,
    variable: str,
    wanted: frozenset[Counted] = frozenset(),
) -> Result:
    """Judge a webhook: without its key here, every post is refused.

    `wanted` is what some publication counts.
    """
    if found is None:
        return SETUP.wrong(phrase("no events are posted to {url}", url=url), SET_UP)
    if not found.enabled:
        return SETUP.wrong(phrase("it is switched off"), SET_UP)
    if not found.public_key:
        return SETUP.wrong(phrase("its posts are not signed"), SET_UP)
    if not known:
        fix = phrase(
            "Run newsletter events setup, and set {variable} where newsletter serve runs.",
            variable=variable,
        )
        return SETUP.wrong(phrase("{variable} is not set here", variable=variable), fix)
    if found.public_key not in known:
        fix = phrase(
            "Run newsletter events setup, and set {variable} to what it prints.", variable=variable
        )
        return SETUP.wrong(phrase("its key is not in {variable}", variable=variable), fix)
    if missing := [*found.missing, *sorted(wanted - found.counts)]:
        lacking = phrase("it does not post {events}", events=", ".join(missing))
        return SETUP.look(lacking, SET_UP)
    return SETUP.right(phrase("signed posts to {url}, with the key that is here", url=url))


def check_arrival(around: Surroundings) -> Iterator[Result]:
    """Post something unsigned to ourselves, as the provider would: it must be refused with 403."""
    if provider_of(around.config).webhook is None:
        return
    status, _ = ask_address("POST", around.events_url, EMPTY_POST)
    judged = judge_arrival(status, around.events_url)
    yield judged.eased() if around.stays_here else judged


def judge_arrival(status: int, url: str) -> Result:
    """Judge by the answer to a post that nobody signed."""
    if status == 403:
        return ARRIVES.right(phrase("{url} takes posts, and refuses unsigned ones", url=url))
    if status == 404:
        return ARRIVES.wrong(
            phrase("{url} takes no posts", url=url),
            phrase("Set the webhook's key where newsletter serve runs: newsletter events setup"),
        )
    return ARRIVES.wrong(
        phrase("{url} answers {status}", url=url, status=status),
        phrase(
            "Let the proxy pass posts to this address on to newsletter serve: docs/how-to/proxy.md"
        ),
    )
