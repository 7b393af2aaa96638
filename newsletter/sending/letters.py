"""Make what a transport takes from an edition and the deliveries of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet

from newsletter.publishing.models import Publication
from newsletter.rendering import Recipient, Variant
from newsletter.sending.editions import compiled
from newsletter.sending.models import Attempt, Delivery, Send
from newsletter.transports.base import Addressee, Letter
from subscribers.links import preferences_url, unsubscribe_url


@dataclass(frozen=True, kw_only=True, slots=True)
class Parcel:
    """What goes in one request: `addressees` stand in the order of `deliveries`."""

    letter: Letter
    deliveries: tuple[int, ...]
    addressees: tuple[Addressee, ...]


def compose(attempt: Attempt) -> list[Parcel]:
    """Return the parcels of a batch: one, or one per variant where the edition has several."""
    send = Send.objects.select_related("issue__publication").get(pk=attempt.batch.send_id)
    edition = compiled(send.edition_id)
    lists = tuple(send.lists.order_by("pk").values_list("pk", flat=True))
    groups: dict[str, list[tuple[Delivery, Recipient]]] = {}
    for delivery in waiting(attempt):
        person = recipient(delivery, lists)
        groups.setdefault(edition.variant(person).key, []).append((delivery, person))
    return [parcel(attempt, send, edition.variant(group[0][1]), group) for group in groups.values()]


def waiting(attempt: Attempt) -> QuerySet[Delivery]:
    """Return the deliveries to hand over, with their subscribers, always in one order."""
    rows = Delivery.objects.filter(batch=attempt.batch_id, outcome=None)
    return rows.select_related("subscriber").order_by("pk")


def parcel(
    attempt: Attempt, send: Send, variant: Variant, group: Sequence[tuple[Delivery, Recipient]]
) -> Parcel:
    """Return one request for people who get the same variant."""
    publication = send.issue.publication
    letter = Letter(
        from_email=publication.from_email,
        from_name=publication.from_name,
        reply_to=publication.reply_to,
        subject=variant.subject,
        html=variant.html,
        text=variant.text,
        headers=list_headers(publication, send),
        categories=(publication.slug,),
        labels={"nl_send": str(send.pk)},
    )
    addressees = tuple(
        Addressee(
            address=delivery.address,
            values=variant.values(person),
            headers=unsubscribe_headers(person.unsubscribe_url),
            labels={"nl_delivery": str(delivery.pk), "nl_attempt": attempt.key},
        )
        for delivery, person in group
    )
    numbers = tuple(delivery.pk for delivery, _ in group)
    return Parcel(letter=letter, deliveries=numbers, addressees=addressees)


def recipient(delivery: Delivery, lists: tuple[int, ...]) -> Recipient:
    """Return what an edition may know of a person."""
    person, base_url = delivery.subscriber, settings.CONFIG.site.base_url
    return Recipient(
        email=delivery.address,
        name=person.name,
        first_name=person.first_name,
        attributes=person.attributes,
        unsubscribe_url=unsubscribe_url(base_url, person.pk, lists),
        preferences_url=preferences_url(base_url, person.pk, lists),
    )


def unsubscribe_headers(url: str) -> dict[str, str]:
    """Return the headers of RFC 2369 and RFC 8058 for leaving with one click."""
    return {
        "List-Unsubscribe": f"<{url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def list_headers(publication: Publication, send: Send) -> dict[str, str]:
    """Return the headers that name the list (RFC 2919, RFC 2369) and the send (Feedback-ID)."""
    domain = publication.from_email.rpartition("@")[2]
    return {
        "List-Id": f"<{publication.slug}.{domain}>",
        "List-Owner": f"<mailto:{publication.reply_to or publication.from_email}>",
        "List-Post": "NO",
        "Feedback-ID": f"{send.pk}:{publication.slug}:newsletter:{feedback_sender(domain)}",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
    }


def feedback_sender(domain: str) -> str:
    """Return the constant last field of Feedback-ID: letters and digits of the domain."""
    return "".join(sign for sign in domain if sign.isalnum())[:15]
