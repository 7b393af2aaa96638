"""Make what a transport takes from an edition and the deliveries of a batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet

from newsletter.errors import UnfilledField
from newsletter.publishing.models import Publication
from newsletter.rendering import CompiledEdition, Recipient, Variant
from newsletter.sending.editions import compiled
from newsletter.sending.models import Attempt, Delivery, Send
from newsletter.sending.splitting import portions
from newsletter.transports.base import ATTEMPT, DELIVERY, Addressee, Letter, Transport
from subscribers.links import preferences_url, unsubscribe_url


@dataclass(frozen=True, kw_only=True, slots=True)
class Parcel:
    """What goes in one request: `addressees` stand in the order of `deliveries`."""

    letter: Letter
    deliveries: tuple[int, ...]
    addressees: tuple[Addressee, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """What one person is to get: the variant, and the values for its keys."""

    delivery: Delivery
    recipient: Recipient
    variant: Variant
    values: Mapping[str, str]


def compose(attempt: Attempt, transport: Transport) -> tuple[list[Parcel], dict[int, str]]:
    """Return the parcels of a batch, and the deliveries that cannot be mailed, with why.

    There is one parcel, or one per variant where the edition has several, and none holds more
    people than the transport takes at a time.
    """
    send = Send.objects.select_related("issue__publication").get(pk=attempt.batch.send_id)
    return packed(send, waiting(attempt), attempt.key, transport)


def packed(
    send: Send, deliveries: Iterable[Delivery], key: str, transport: Transport
) -> tuple[list[Parcel], dict[int, str]]:
    """Return the parcels for some deliveries of a send, saved or not; `key` is the attempt's."""
    edition = compiled(send.edition_id)
    lists = tuple(send.lists.order_by("pk").values_list("pk", flat=True))
    groups: dict[str, list[Mail]] = {}
    unfit: dict[int, str] = {}
    for delivery in deliveries:
        try:
            mail = filled(edition, delivery, recipient(delivery, lists))
        except UnfilledField as error:
            unfit[delivery.pk] = str(error)
        else:
            groups.setdefault(mail.variant.key, []).append(mail)
    parcels: list[Parcel] = []
    for mails in groups.values():
        letter = letter_of(send, mails[0].variant)
        people = [(mail.delivery.pk, addressee(mail, key)) for mail in mails]
        beyond = {pk: why for pk, person in people if (why := transport.unfit(letter, person))}
        fit = [(pk, person) for pk, person in people if pk not in beyond]
        parcels += parcels_of(letter, fit, transport.largest_batch)
        unfit |= beyond
    return parcels, unfit


def parcels_of(
    letter: Letter, people: Sequence[tuple[int, Addressee]], size: int
) -> Iterator[Parcel]:
    """Yield a letter to people, at most `size` of them at a time."""
    for portion in portions(people, size):
        numbers, addressees = zip(*portion, strict=True)
        yield Parcel(letter=letter, deliveries=numbers, addressees=addressees)


def filled(edition: CompiledEdition, delivery: Delivery, person: Recipient) -> Mail:
    """Return the mail of one person, or raise `UnfilledField`."""
    variant = edition.variant(person)
    return Mail(delivery=delivery, recipient=person, variant=variant, values=variant.values(person))


def waiting(attempt: Attempt) -> QuerySet[Delivery]:
    """Return the deliveries to hand over, with their subscribers, always in one order."""
    rows = Delivery.objects.filter(batch=attempt.batch_id, outcome=None)
    return rows.select_related("subscriber").order_by("pk")


def letter_of(send: Send, variant: Variant) -> Letter:
    """Return what people who get the same variant share."""
    publication = send.issue.publication
    return Letter(
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


def addressee(mail: Mail, key: str) -> Addressee:
    """Return one person as a transport takes them."""
    return Addressee(
        address=mail.delivery.address,
        values=mail.values,
        headers=unsubscribe_headers(mail.recipient.unsubscribe_url),
        labels={DELIVERY: str(mail.delivery.pk), ATTEMPT: key},
    )


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
