"""Hold a send when many answers are lost: otherwise every batch would become unknown.

One lost answer can happen, and is resolved by evidence.  Several without an acceptance between
them, or a large share of all, mean that something is wrong between us and the provider.  What is
submitted then is unknown too, in the end for everybody.

Answers count over all sends, because they share one account and one network.  Answers to mail that
waits at the provider do not count: it is cancelled and submitted again automatically.  When a
person resumes a send, the count begins again.
"""

from __future__ import annotations

from django.conf import settings
from django.db.models import Count, Max, Q, QuerySet, Sum

from newsletter.phrases import counted_phrase, phrase
from newsletter.sending.models import Attempt, Send
from newsletter.sending.resolution import unresolved
from newsletter.sending.safeguards import auto_pause

#: Used in place of an answer if the process died that waited for it.
PROCESS_DIED = str(phrase("the sender stopped before it had an answer"))
#: How many attempts are checked for lost answers in a row.
MAX_ATTEMPTS = 200
#: A share counts from this many lost answers on.
MIN_FOR_A_SHARE = 5


def check_sends() -> None:
    """Hold every send of which too large a share of the answers was lost."""
    limit = settings.CONFIG.auto_pause.lost_percent
    if not limit:
        return
    for send in Send.objects.in_progress():
        if figures := describe_share(send, limit):
            auto_pause.hold_send(send, Send.AutoPause.LOST, describe_hold(send), figures=figures)


def hold_after_lost_answer(send_id: int) -> None:
    """Hold a send after a lost answer if it was one too many in a row."""
    limit = settings.CONFIG.auto_pause.lost_answers
    if not limit or (count := in_a_row()) < limit:
        return
    send = Send.objects.get(pk=send_id)
    figures = phrase(
        "{count} answers in a row were lost, with nothing accepted between them.", count=count
    )
    auto_pause.hold_send(send, Send.AutoPause.LOST, describe_hold(send), figures=figures)


def describe_hold(send: Send) -> str:
    """Say why a send is held and what to do."""
    people = unresolved.count_unknown(send)
    return counted_phrase(
        "Too many answers of the provider were lost. {number} person may have this mail, and"
        " nobody knows. Nothing more is submitted for now. Check that the network and the provider"
        " work again, then: newsletter send resume {send}. Who it is: newsletter send who {send}"
        " --state unknown",
        "Too many answers of the provider were lost. {number} people may have this mail, and"
        " nobody knows. Nothing more is submitted for now. Check that the network and the provider"
        " work again, then: newsletter send resume {send}. Who they are: newsletter send who {send}"
        " --state unknown",
        people,
        send=send.pk,
    )


def newest_attempt() -> int:
    """Return the last attempt: when a send is resumed, the count begins after it."""
    return Attempt.objects.aggregate(last=Max("pk"))["last"] or 0


def answered_attempts() -> QuerySet[Attempt]:
    """Return the attempts that were accepted, or whose answer was lost, since a person acted."""
    since = Send.objects.aggregate(last=Max("lost_answers_from"))["last"] or 0
    lost = Q(state=Attempt.State.UNKNOWN, provider_batch=None)
    return Attempt.objects.filter(Q(state=Attempt.State.ACCEPTED) | lost, pk__gt=since)


def in_a_row() -> int:
    """Return how many answers were lost since the last acceptance.

    A process that died lost all its answers at once: that counts as one.
    """
    newest = answered_attempts().order_by("-pk").values_list("state", "pk", "owner", "answer")
    found: set[str] = set()
    for state, pk, owner, answer in newest[:MAX_ATTEMPTS]:
        if state == Attempt.State.ACCEPTED:
            break
        found.add(owner.rpartition(":")[0] if answer == PROCESS_DIED else str(pk))
    return len(found)


def describe_share(send: Send, limit: float) -> str:
    """Return which share of a send is unknown, in words, if it is more than `limit` percent."""
    mine = answered_attempts().filter(batch__send=send).exclude(answer=PROCESS_DIED)
    counted = mine.aggregate(
        all=Sum("size"),
        lost=Sum("size", filter=Q(state=Attempt.State.UNKNOWN)),
        answers=Count("pk", filter=Q(state=Attempt.State.UNKNOWN)),
    )
    if counted["answers"] < MIN_FOR_A_SHARE or counted["lost"] * 100 <= limit * counted["all"]:
        return ""
    percent = counted["lost"] * 100 / counted["all"]
    return phrase(
        "{answers} answers were lost, for {percent} % of the people; the limit is {limit} %.",
        answers=counted["answers"],
        percent=f"{percent:.2g}",
        limit=f"{limit:g}",
    )
